"""HTTP/2 frame by frame (RFC 9113, RFC 7541), for peers that do what no library lets them."""

import contextlib
import socket
import struct
from typing import NamedTuple

from process import PATIENCE_S

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEAD_BYTES = 9

(
    DATA,
    HEADERS,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    PUSH_PROMISE,
    PING,
    GOAWAY,
    WINDOW_UPDATE,
    CONTINUATION,
) = range(10)

END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE = 1, 2, 3, 4
MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = 5, 6

NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR = 0, 1, 2, 3
FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR = 6, 7, 8, 9, 10
ENHANCE_YOUR_CALM = 11


class Frame(NamedTuple):
    kind: int
    flags: int
    stream: int
    payload: bytes


# Frames, out


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    head = struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream)
    return head + payload


def settings(**values: int) -> bytes:
    pairs = [struct.pack(">HI", globals()[name], value) for name, value in values.items()]
    return frame(SETTINGS, payload=b"".join(pairs))


def data(stream: int, payload: bytes, flags: int = 0) -> bytes:
    return frame(DATA, flags, stream, payload)


def headers(stream: int, lines, flags: int = 0) -> bytes:
    """In one frame. `lines`: pairs, or a block that is written already."""
    block = lines if isinstance(lines, bytes) else write_block(lines)
    return frame(HEADERS, END_HEADERS | flags, stream, block)


def reset(stream: int, code: int = CANCEL) -> bytes:
    return frame(RST_STREAM, stream=stream, payload=struct.pack(">I", code))


def ping(payload: bytes = b"8 bytes!", flags: int = 0) -> bytes:
    return frame(PING, flags, payload=payload)


def goaway(last_stream: int, code: int = NO_ERROR, text: bytes = b"") -> bytes:
    return frame(GOAWAY, payload=struct.pack(">II", last_stream, code) + text)


def window_update(stream: int, size: int) -> bytes:
    return frame(WINDOW_UPDATE, stream=stream, payload=struct.pack(">I", size))


def message(payload: bytes, flag: int = 0) -> bytes:
    """Of gRPC: with its prefix."""
    return struct.pack(">BI", flag, len(payload)) + payload


# Header lines, out: literals that nobody remembers


def _integer(value: int, bits: int, first: int = 0) -> bytes:
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    out = bytearray([first | limit])
    value -= limit
    while value >= 0x80:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes([*out, value])


def _string(text: bytes) -> bytes:
    return _integer(len(text), 7) + text


def write_block(lines) -> bytes:
    return b"".join(
        b"\0"
        + _string(name.encode())
        + _string(value if isinstance(value, bytes) else value.encode())
        for name, value in lines
    )


def indexed(index: int) -> bytes:
    """A line out of the tables."""
    return _integer(index, 7, 0x80)


def remembered(name: bytes, value: bytes) -> bytes:
    """A line that goes into the dynamic table: index 62."""
    return b"\x40" + _string(name) + _string(value)


# Header lines, in, from a peer that was told HEADER_TABLE_SIZE 0; it uses these of the static table

_STATIC = {
    8: (":status", "200"),
    13: (":status", "404"),
    31: ("content-type", ""),
}

# The canonical code of appendix B, printable signs alone: those of each length, in order.
_HUFFMAN_LENGTHS = {
    5: "012aceiost",
    6: " %-./3456789=A_bdfghlmnpru",
    7: ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
    8: "&*,;XZ",
    10: '!"()?',
    11: "'+|",
    12: "#>",
    13: "\0$@[]~",
    14: "^}",
    15: "<`{",
}


def _huffman_table() -> dict[str, str]:
    table, code, before = {}, 0, 5
    for length, signs in _HUFFMAN_LENGTHS.items():
        code <<= length - before
        before = length
        for sign in signs:
            table[format(code, f"0{length}b")] = sign
            code += 1
    return table


_HUFFMAN = _huffman_table()


def _read_huffman(coded: bytes) -> str:
    text, word = "", ""
    for bit in "".join(format(byte, "08b") for byte in coded):
        word += bit
        if word in _HUFFMAN:
            text += _HUFFMAN[word]
            word = ""
    assert word in ("1" * n for n in range(8)), "padding"
    return text


def _read_integer(block: bytes, at: int, bits: int) -> tuple[int, int]:
    limit = (1 << bits) - 1
    value, at = block[at] & limit, at + 1
    if value < limit:
        return value, at
    shift = 0
    while True:
        value += (block[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not block[at - 1] & 0x80:
            return value, at


def _read_string(block: bytes, at: int) -> tuple[str, int]:
    is_huffman = block[at] & 0x80
    size, at = _read_integer(block, at, 7)
    text = block[at : at + size]
    return (_read_huffman(text) if is_huffman else text.decode("latin-1")), at + size


def read_block(block: bytes) -> list[tuple[str, str]]:
    lines, at = [], 0
    while at < len(block):
        first = block[at]
        if first & 0xE0 == 0x20:  # the table is small, as was asked for
            _, at = _read_integer(block, at, 5)
        elif first & 0x80:
            index, at = _read_integer(block, at, 7)
            lines.append(_STATIC[index])
        else:
            index, at = _read_integer(block, at, 6 if first & 0x40 else 4)
            name, at = (_STATIC[index][0], at) if index else _read_string(block, at)
            value, at = _read_string(block, at)
            lines.append((name, value))
    return lines


# Connections


class Ending(NamedTuple):
    """How a stream, or the connection, has ended: a grpc-status, or an error code of HTTP/2."""

    how: str  # status, reset, goaway, closed
    code: int = 0
    text: str = ""


class Connection:
    """One side of a connection. Answers SETTINGS and PING unless it is told not to."""

    def __init__(self, sock: socket.socket, is_polite: bool = True):
        self.sock = sock
        self.is_polite = is_polite
        self._bytes = b""
        self.seen: list[Frame] = []

    def send(self, *frames: bytes) -> bool:
        """False: the other side does not want it."""
        try:
            self.sock.sendall(b"".join(frames))
        except ConnectionError:
            return False
        return True

    def _fill(self, size: int) -> bool:
        while len(self._bytes) < size:
            try:
                piece = self.sock.recv(65536)
            except ConnectionError:
                piece = b""
            if not piece:
                return False
            self._bytes += piece
        return True

    def _take(self, size: int) -> bytes:
        taken, self._bytes = self._bytes[:size], self._bytes[size:]
        return taken

    def expect_preface(self) -> None:
        assert self._fill(len(PREFACE))
        assert self._take(len(PREFACE)) == PREFACE

    def receive(self) -> Frame | None:
        """The next frame; None: the connection has ended."""
        if not self._fill(HEAD_BYTES):
            return None
        length = int.from_bytes(self._bytes[:3], "big")
        if not self._fill(HEAD_BYTES + length):
            return None
        kind, flags, stream = struct.unpack(">BBI", self._take(HEAD_BYTES)[3:])
        got = Frame(kind, flags, stream, self._take(length))
        self.seen.append(got)
        if self.is_polite and kind == SETTINGS and not flags & ACK:
            self.send(frame(SETTINGS, ACK))
        if self.is_polite and kind == PING and not flags & ACK:
            self.send(ping(got.payload, ACK))
        return got

    def wait_for(self, kind: int) -> Frame:
        while got := self.receive():
            if got.kind == kind:
                return got
        raise AssertionError(f"the connection has ended before a frame of kind {kind}")

    def read_to_end(self) -> Ending:
        """How the connection ends; what comes before that is thrown away."""
        ending = Ending("closed")
        while got := self.receive():
            if got.kind == GOAWAY:
                _, code = struct.unpack(">II", got.payload[:8])
                ending = Ending("goaway", code, got.payload[8:].decode())
        return ending

    def ending_of(self, stream: int) -> Ending:
        """How the stream ends, or the connection before it."""
        while got := self.receive():
            if got.kind == GOAWAY and got.payload[4:8] != bytes(4):
                return Ending("goaway", int.from_bytes(got.payload[4:8], "big"))
            if got.stream != stream:
                continue
            if got.kind == RST_STREAM:
                return Ending("reset", int.from_bytes(got.payload, "big"))
            if got.kind == HEADERS and got.flags & END_STREAM:
                lines = dict(read_block(got.payload))
                if "grpc-status" not in lines:
                    return Ending("http", int(lines[":status"]))
                return Ending("status", int(lines["grpc-status"]), lines.get("grpc-message", ""))
        return Ending("closed")


@contextlib.contextmanager
def client(port: int, greets: bool = True, **values: int):
    """A connection to a server; `values` are settings."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as sock:
        connection = Connection(sock)
        if greets:
            connection.send(PREFACE, settings(HEADER_TABLE_SIZE=0, **values))
            connection.wait_for(SETTINGS)  # and say so: from then on the server's windows hold
        yield connection


def request(path: str, *more: tuple) -> list[tuple]:
    """The header lines of a call."""
    return [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "test"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        *more,
    ]
