"""grpcio as the other side of our room grpc: the same modes and names as tests/go/grpc-peer.

grpc_python_peer.py server [name=value]...
grpc_python_peer.py client target=HOST:PORT [name=value]... [+name=value]... [~name=value]...

tests/go/README.md says what the names mean.
"""

import asyncio
import base64
import contextlib
import json
import resource
import signal
import sys
import time
from dataclasses import dataclass, field

import grpc

KINDS = {
    "Unary": "unary_unary",
    "ServerStream": "unary_stream",
    "ClientStream": "stream_unary",
    "Bidi": "stream_stream",
    "State": "unary_unary",
}
STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}
SHOWN_BYTES = 1000
NEVER = -1


def pattern(size: int) -> bytes:
    """What a message of that size holds where nothing else is asked for: printable, and not the
    same where a frame or a page begins."""
    period = 95 * 256
    once = bytes(ord(" ") + (i * 31 + i // 256) % 95 for i in range(min(size, period)))
    return (once * (size // period + 1))[:size]


def cpu_us() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int((used.ru_utime + used.ru_stime) * 1e6)


def settings(words: list[str], known: dict) -> dict:
    """`name=value` into what is known, as what its default is."""
    values = dict(known)
    for word in words:
        name, _, value = word.partition("=")
        assert name in known, f"what is '{word}'?"
        kind = type(known[name])
        values[name] = value == "true" if kind is bool else kind(value)
    return values


# --- The server ---


@dataclass
class Counters:
    begun: int = 0
    running: int = 0
    most_at_once: int = 0
    ended: dict = field(default_factory=dict)

    def json(self) -> bytes:
        return json.dumps(vars(self) | {"cpu_us": cpu_us()}).encode()


class Wishes:
    """What the metadata of a call ask of the server."""

    def __init__(self, context):
        self.metadata = list(context.invocation_metadata())
        self.code = self._number("code", 0)
        self.count = self._number("count", 1)
        self.size = self._number("size", NEVER)
        self.stop_reading = self._number("stop-reading", NEVER)
        self.end_after = self._number("end-after", NEVER)
        self.delay_s = self._number("delay-ms", 0) / 1000
        self.read_pause_s = self._number("read-pause-ms", 0) / 1000
        self.at_once = self._number("at-once", 0)
        self.late = self._number("late", 0)
        self.text = dict(self.metadata).get("text-bin", b"").decode()

    def _number(self, name: str, otherwise: int) -> int:
        return int(dict(self.metadata).get(name, otherwise))

    def named(self, prefix: str) -> tuple:
        return tuple((name, value) for name, value in self.metadata if name.startswith(prefix))


async def read(context):
    """The next message; None: there is none."""
    message = await context.read()
    return None if message is grpc.aio.EOF else message


class Server:
    def __init__(self, drain_after: int):
        self.counters = Counters()
        self.drain_after = drain_after
        self.wants_end = asyncio.Event()

    def begin(self) -> None:
        counters = self.counters
        counters.begun += 1
        counters.running += 1
        counters.most_at_once = max(counters.most_at_once, counters.running)
        if counters.begun == self.drain_after:
            print("draining", flush=True)
            self.wants_end.set()

    def end(self, outcome: str) -> None:
        self.counters.running -= 1
        self.counters.ended[outcome] = self.counters.ended.get(outcome, 0) + 1

    async def tell(self, _request: bytes, _context) -> bytes:
        return self.counters.json()

    def counted(self, run):
        """Before and after `run(context, wishes, request)`, what all methods do."""

        async def handle(request, context):
            self.begin()
            outcome = "CANCELLED"
            try:
                answer = await self.answer(run, request, context)
                outcome = "OK"
                return answer
            except grpc.aio.AbortError:
                outcome = "OK"
                raise
            finally:
                self.end(outcome)

        return handle

    async def answer(self, run, request, context):
        wishes = Wishes(context)
        left_s = context.time_remaining()
        left = () if left_s is None else (("left-ms", str(int(left_s * 1000))),)
        context.set_trailing_metadata(wishes.named("t-") + left)
        if headers := wishes.named("h-"):
            await context.send_initial_metadata(headers)
        await asyncio.sleep(wishes.delay_s)
        answer = None if wishes.at_once else await run(context, wishes, request)
        if wishes.code:
            await context.abort(STATUS_CODES[wishes.code], wishes.text)
        return answer

    @staticmethod
    async def echo(_context, wishes: Wishes, request: bytes) -> bytes:
        return request if wishes.size == NEVER else pattern(wishes.size)

    @staticmethod
    async def send_many(context, wishes: Wishes, request: bytes) -> None:
        message = request if wishes.size == NEVER else pattern(wishes.size)
        for _ in range(wishes.count):
            await context.write(message)

    @staticmethod
    async def messages(context, wishes: Wishes):
        count = 0
        while count != wishes.end_after:
            if count == wishes.stop_reading:
                await asyncio.Event().wait()
            if (message := await read(context)) is None:
                return
            await asyncio.sleep(wishes.read_pause_s)
            yield message
            count += 1

    async def take_many(self, context, wishes: Wishes, _requests) -> bytes:
        messages = size = 0
        async for message in self.messages(context, wishes):
            messages += 1
            size += len(message)
        return json.dumps({"messages": messages, "bytes": size}).encode()

    async def converse(self, context, wishes: Wishes, _requests) -> None:
        kept = []
        async for message in self.messages(context, wishes):
            if wishes.late:
                kept.append(message)
            else:
                await context.write(message)
        for message in kept:
            await context.write(message)

    def table(self) -> grpc.GenericRpcHandler:
        methods = {
            "Unary": self.counted(self.echo),
            "ServerStream": self.counted(self.send_many),
            "ClientStream": self.counted(self.take_many),
            "Bidi": self.counted(self.converse),
            "State": self.tell,
        }
        handlers = {
            name: getattr(grpc, f"{KINDS[name]}_rpc_method_handler")(method)
            for name, method in methods.items()
        }
        return grpc.method_handlers_generic_handler("test.Echo", handlers)


async def serve(words: list[str]) -> None:
    known = {"address": "127.0.0.1:0", "max_message": 4 << 20, "max_streams": 1000}
    with_ = settings(words, known | {"drain_after": NEVER})
    state = Server(with_["drain_after"])
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", with_["max_message"]),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_concurrent_streams", with_["max_streams"]),
            ("grpc.so_reuseport", 0),
        ]
    )
    server.add_generic_rpc_handlers((state.table(),))
    port = server.add_insecure_port(with_["address"])
    await server.start()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, state.wants_end.set)
    print(port, flush=True)
    await state.wants_end.wait()
    await server.stop(grace=20)
    print(state.counters.json().decode(), flush=True)


# --- The client ---


@dataclass
class Result:
    """The line of JSON; what belongs to one call is of the one that ended last."""

    calls: int = 0
    status: dict = field(default_factory=dict)
    unprocessed: int = 0  # grpcio does not say; it sends these again itself
    messages: int = 0
    bytes: int = 0
    wrong: int = 0
    text: str = ""
    last: str = ""
    headers: list = field(default_factory=list)
    trailers: list = field(default_factory=list)
    seconds: float = 0
    p50_us: float = 0
    p99_us: float = 0
    cpu_us: int = 0


def shown(metadata) -> list:
    return sorted(
        [name, base64.b64encode(value).decode() if name.endswith("-bin") else value]
        for name, value in metadata or ()
    )


def entry(word: str) -> tuple:
    name, _, value = word.partition("=")
    return name, base64.b64decode(value) if name.endswith("-bin") else value


class Client:
    known = {
        "target": "",
        "method": "Unary",
        "stalled": "",
        "calls": 1,
        "in_flight": 1,
        "size": 0,
        "stalled_size": 0,
        "count": 1,
        "max_message": 4 << 20,
        "cancel_after": NEVER,
        "seconds": 0,
        "deadline_ms": 0,
        "cancel_ms": 0,
        "read_pause_ms": 0,
        "waits": False,
        "checks": True,
        "gzip": False,
        "turns": False,
        "keeps_open": False,
    }

    def __init__(self, words: list[str]):
        self.metadata = tuple(entry(word[1:]) for word in words if word[0] == "+")
        self.stalled_metadata = tuple(entry(word[1:]) for word in words if word[0] == "~")
        self.is_ = settings([word for word in words if word[0] not in "+~"], self.known)
        self.message = pattern(self.is_["size"])
        self.result = Result()
        self.latencies = []

    def channel(self) -> grpc.aio.Channel:
        return grpc.aio.insecure_channel(
            self.is_["target"],
            options=[
                ("grpc.max_receive_message_length", self.is_["max_message"]),
                ("grpc.max_send_message_length", -1),
                ("grpc.initial_reconnect_backoff_ms", 50),
                ("grpc.min_reconnect_backoff_ms", 50),
                ("grpc.max_reconnect_backoff_ms", 1000),
            ],
            compression=grpc.Compression.Gzip if self.is_["gzip"] else None,
        )

    def begin(self, channel: grpc.aio.Channel, method: str, request: bytes, metadata: tuple):
        kind = KINDS.get(method, "unary_unary")
        path = method if method.startswith("/") else f"/test.Echo/{method}"
        begin = getattr(channel, kind)(path)
        with_request = (request,) if kind.startswith("unary") else ()
        return begin(
            *with_request,
            metadata=metadata,
            timeout=self.is_["deadline_ms"] / 1000 or None,
            wait_for_ready=self.is_["waits"] or None,
        )

    def take(self, message: bytes) -> None:
        self.result.messages += 1
        self.result.bytes += len(message)
        self.result.last = message[:SHOWN_BYTES].decode(errors="replace")

    def check(self, message: bytes) -> None:
        if self.is_["checks"] and message != self.message:
            self.result.wrong += 1

    async def send(self, call, answered: asyncio.Queue) -> None:
        for _ in range(self.is_["count"]):
            await call.write(self.message)
            if self.is_["turns"]:
                await answered.get()
        if not self.is_["keeps_open"]:
            await call.done_writing()

    async def receive(self, call, answered: asyncio.Queue) -> None:
        count = 0
        while (message := await call.read()) is not grpc.aio.EOF:
            self.take(message)
            self.check(message)
            count += 1
            if count == self.is_["cancel_after"]:
                call.cancel()
            await asyncio.sleep(self.is_["read_pause_ms"] / 1000)
            answered.put_nowait(None)

    async def go_through(self, call) -> None:
        """Everything that is sent and received on the call."""
        kind = KINDS.get(self.is_["method"], "unary_unary")
        answered = asyncio.Queue()
        sender = None
        if kind.startswith("stream"):
            sender = asyncio.create_task(self.send(call, answered))
        try:
            if kind.endswith("stream"):
                await self.receive(call, answered)
            else:
                message = await call
                self.take(message)
                if kind == "unary_unary":
                    self.check(message)
        finally:
            if sender:
                sender.cancel()
                # receiving tells why it could not send
                with contextlib.suppress(asyncio.CancelledError, grpc.RpcError, Exception):
                    await sender

    async def call(self, channel: grpc.aio.Channel) -> None:
        began = time.perf_counter()
        call = self.begin(channel, self.is_["method"], self.message, self.metadata)
        if self.is_["cancel_ms"]:
            asyncio.get_running_loop().call_later(self.is_["cancel_ms"] / 1000, call.cancel)
        with contextlib.suppress(grpc.RpcError, asyncio.CancelledError):  # the code says it
            await self.go_through(call)
        self.latencies.append((time.perf_counter() - began) * 1e6)
        await self.note_end(call)

    async def note_end(self, call) -> None:
        result = self.result
        name = (await call.code()).name
        result.calls += 1
        result.status[name] = result.status.get(name, 0) + 1
        result.text = await call.details() or ""
        result.headers = shown(await call.initial_metadata())
        result.trailers = shown(await call.trailing_metadata())

    async def run(self, channel: grpc.aio.Channel) -> None:
        began, cpu_before = time.perf_counter(), cpu_us()
        begun = 0

        async def work() -> None:
            nonlocal begun
            while (
                time.perf_counter() - began < self.is_["seconds"]
                if self.is_["seconds"]
                else begun < self.is_["calls"]
            ):
                begun += 1
                await self.call(channel)

        await asyncio.gather(*(work() for _ in range(self.is_["in_flight"])))
        self.result.seconds = time.perf_counter() - began
        self.result.cpu_us = cpu_us() - cpu_before

    async def stall(self, channel: grpc.aio.Channel) -> None:
        """A call that reads nothing, and that sends without end where its kind allows."""
        message = pattern(self.is_["stalled_size"])
        method = self.is_["stalled"]
        call = self.begin(channel, method, message, self.stalled_metadata)
        while KINDS[method].startswith("stream"):
            await call.write(message)
        await asyncio.Event().wait()

    def print(self) -> None:
        self.latencies.sort()
        if self.latencies:
            last = len(self.latencies) - 1
            self.result.p50_us = self.latencies[last // 2]
            self.result.p99_us = self.latencies[int(last * 0.99)]
        print(json.dumps(vars(self.result)), flush=True)

    async def main(self) -> None:
        async with self.channel() as channel:
            stalled = asyncio.create_task(self.stall(channel)) if self.is_["stalled"] else None
            await self.run(channel)
            self.print()
            if stalled:
                await asyncio.to_thread(sys.stdin.read)
                stalled.cancel()


def main() -> None:
    mode, *words = sys.argv[1:]
    asyncio.run(serve(words) if mode == "server" else Client(words).main())


if __name__ == "__main__":
    main()
