"""A message off the wire as text: ours is what Python's text_format makes of it."""

import itertools
import re
import struct
import subprocess

import pytest
from conftest import Program
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

CUT = "# cut: the rest is left out\n"
BROKEN = "# the rest cannot be read\n"
DEEP = "# nested too deep\n"
MARKS = (CUT, BROKEN, DEEP)

INTEGERS = ["int32", "int64", "uint32", "uint64", "sint32", "sint64", "bool"]
INTEGERS += ["fixed32", "fixed64", "sfixed32", "sfixed64"]
SCALARS = [*INTEGERS, "float", "double", "string", "bytes"]
MAP_KEYS = [*INTEGERS, "string"]


def fields(start: int, label: str) -> str:
    """A field of each type, in no order."""
    names = SCALARS + ["E", "M", "Inner.E", "Inner"]
    lines = [
        f"  {label} {name} f{start + i}_{label} = {start + i};" for i, name in enumerate(names)
    ]
    return "\n".join(lines[::2] + lines[1::2])


def maps(start: int) -> str:
    pairs = list(zip(MAP_KEYS, itertools.cycle(["E", "M", *SCALARS]), strict=False))
    pairs += [("string", name) for name in ["M", "E", "Inner", *SCALARS]]
    return "\n".join(
        f"  map<{key}, {value}> m{start + i} = {start + i};" for i, (key, value) in enumerate(pairs)
    )


INNER = """
  message Inner { enum E { ZERO = 0; ONE = 1; MINUS = -1; } LABEL int32 a = 1; LABEL E e = 2;
    repeated M m = 3; }
  oneof one { int32 o1 = 120; string o2 = 121; M o3 = 122; Inner o4 = 119; }
  oneof other { E o5 = 130; M o6 = 131; }
"""
PROTO3 = f"""syntax = "proto3";
package pd.test3;
import "google/protobuf/any.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
enum E {{ option allow_alias = true; Z = 0; ONE = 1; EIN = 1; BIG = 2147483647; MINUS = -5; }}
message M {{
{INNER.replace("LABEL", "")}
  int32 i1 = 1;
{fields(2, "optional")}
{fields(30, "repeated")}
{maps(60)}
  double d = 140; float f = 141; string s = 142; bytes b = 143; bool t = 144; E e = 145;
  sint64 x = 146; uint32 u = 147;
  repeated int32 unpacked = 150 [packed = false];
  google.protobuf.Any any = 160;
  google.protobuf.Timestamp when = 161;
  google.protobuf.Struct tree = 162;
  int32 far = 536870911;
}}
"""
PROTO2 = f"""syntax = "proto2";
package pd.test2;
enum E {{ Z = 0; ONE = 1; BIG = 2147483647; MINUS = -5; }}
message M {{
{INNER.replace("LABEL", "optional")}
{fields(2, "optional")}
{fields(30, "repeated")}
{maps(60)}
  optional group Group = 140 {{ optional int32 a = 1; optional M m = 2; repeated group In = 3 {{
    optional string s = 1; }} }}
  repeated group Groups = 141 {{ optional int32 a = 1; optional E e = 2; }}
  repeated E packed = 142 [packed = true];
  extensions 200 to 300;
  extend M {{ optional M inside = 201; }}
}}
extend M {{ optional int32 number = 200; repeated M more = 202; optional string word = 300; }}
"""


class Text:
    """One proto, in Python and in ours."""

    def __init__(self, folder, name: str, proto: str):
        self.name = name
        self.path = folder / "model.proto"
        self.path.write_text(proto)
        self.program = Program("proto-text")
        subprocess.run(
            ["protoc", f"-I{folder}", "--include_imports", f"--descriptor_set_out={folder}/set"]
            + ["model.proto"],
            check=True,
        )
        files = descriptor_pb2.FileDescriptorSet.FromString((folder / "set").read_bytes())
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        self.type = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
        message_factory.GetMessageClassesForFiles(["model.proto"], pool)  # extensions

    def ours(self, wire: bytes, *args) -> str:
        done = self.program(self.path, self.name, *args, stdin=wire)
        assert done.status == 0, done.err
        return done.out.decode("ascii")

    def theirs(self, wire: bytes) -> str | None:
        """None: that is no such message."""
        try:
            return text_format.MessageToString(self.type.FromString(wire))
        except DecodeError:
            return None

    def refusal_of_text(self, text: str) -> str:
        try:
            text_format.Parse(text, self.type())
        except text_format.ParseError as error:
            return str(error)
        return ""


@pytest.fixture(scope="module")
def proto3(tmp_path_factory) -> Text:
    return Text(tmp_path_factory.mktemp("proto3"), "pd.test3.M", PROTO3)


@pytest.fixture(scope="module")
def proto2(tmp_path_factory) -> Text:
    return Text(tmp_path_factory.mktemp("proto2"), "pd.test2.M", PROTO2)


def varint(number: int) -> bytes:
    number &= 2**64 - 1
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def tag(number: int, kind: int) -> bytes:
    return varint(number << 3 | kind)


def sized(number: int, content: bytes) -> bytes:
    return tag(number, 2) + varint(len(content)) + content


NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, -1, -5, 2**31 - 1, -(2**31), 2**32, 2**32 + 1, 2**63, 2**64 - 1]),
    st.integers(-(2**63), 2**64 - 1),
)
FLOATS = st.one_of(
    st.floats(width=32),
    st.sampled_from(
        [0.0, -0.0, 0.1, 1e10, 16777216.0, 1e22, 1.1754943508222875e-38, 3.4028234663852886e38]
    ),
)
DOUBLES = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 0.1, 1e10, 1e15, 1e16, 5e-324]))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(str.encode)
BYTES = st.one_of(TEXTS, st.binary(max_size=8))
KEYS = NUMBERS | st.integers(-2, 2)  # the same again, too

VARINT, FIXED64, SIZED, GROUP, GROUP_END, FIXED32 = range(6)
FIXED_64_BITS = [Field.TYPE_FIXED64, Field.TYPE_SFIXED64]
FIXED_32_BITS = [Field.TYPE_FIXED32, Field.TYPE_SFIXED32]
DEEPEST = 3  # messages in messages that are drawn


@st.composite
def values(draw, field, depth: int) -> tuple[int, bytes]:
    """How a value of the field is written, and the value itself."""
    if field.type in FIXED_64_BITS:
        return FIXED64, struct.pack("<Q", draw(KEYS) & 2**64 - 1)
    if field.type in FIXED_32_BITS:
        return FIXED32, struct.pack("<I", draw(KEYS) & 2**32 - 1)
    if field.type == Field.TYPE_DOUBLE:
        return FIXED64, struct.pack("<d", draw(DOUBLES))
    if field.type == Field.TYPE_FLOAT:
        return FIXED32, struct.pack("<f", draw(FLOATS))
    if field.type in (Field.TYPE_STRING, Field.TYPE_BYTES):
        text = draw(TEXTS if field.type == Field.TYPE_STRING else BYTES)
        return SIZED, varint(len(text)) + text
    if field.message_type:
        inside = draw(messages(field.message_type, depth + 1)) if depth < DEEPEST else b""
        if field.type == Field.TYPE_GROUP:
            return GROUP, inside + tag(field.number, GROUP_END)
        return SIZED, varint(len(inside)) + inside
    return VARINT, varint(draw(KEYS))


@st.composite
def one_field(draw, field, depth: int) -> bytes:
    kind, value = draw(values(field, depth))
    if (
        field.label == Field.LABEL_REPEATED
        and kind in (VARINT, FIXED64, FIXED32)
        and draw(st.booleans())
    ):
        more = draw(st.lists(values(field, depth), max_size=3))
        return sized(field.number, value + b"".join(value for _, value in more))
    return tag(field.number, kind) + value


@st.composite
def unknown_fields(draw) -> bytes:
    number = draw(st.sampled_from([1, 2, 3, 33, 40, 70, 120, 9999]))
    kind = draw(st.sampled_from([VARINT, FIXED64, FIXED32, GROUP]))
    content = {VARINT: b"\x05", FIXED64: b"12345678", FIXED32: b"1234"}
    return tag(number, kind) + content.get(kind, tag(number, GROUP_END))


@st.composite
def messages(draw, descriptor, depth: int = 0) -> bytes:
    """Fields in any order, some more than once, some unknown or of another type."""
    is_entry = descriptor.GetOptions().map_entry
    extensions = descriptor.file.pool.FindAllExtensions(descriptor)
    known = st.sampled_from([*descriptor.fields, *extensions]).flatmap(
        lambda field: one_field(field, depth)
    )
    if is_entry or draw(st.integers(0, 4)):
        return b"".join(draw(st.lists(known, max_size=3 if depth else 8)))
    return b"".join(draw(st.lists(known | unknown_fields(), max_size=8)))


def assert_same(text: Text, wire: bytes):
    ours, theirs = text.ours(wire), text.theirs(wire)
    if theirs is not None:
        assert ours == theirs
    return theirs is not None


@settings(max_examples=150)
@given(data=st.data())
def test_a_message_of_proto3_is_shown_as_python_shows_it(proto3, data):
    assert assert_same(proto3, data.draw(messages(proto3.type.DESCRIPTOR)))


@settings(max_examples=150)
@given(data=st.data())
def test_a_message_of_proto2_is_shown_as_python_shows_it(proto2, data):
    assert assert_same(proto2, data.draw(messages(proto2.type.DESCRIPTOR)))


@settings(max_examples=100)
@given(data=st.data())
def test_a_message_that_is_cut_or_changed_is_shown_or_marked(proto3, data):
    wire = bytearray(data.draw(messages(proto3.type.DESCRIPTOR).filter(bool)))
    wire = wire[: data.draw(st.integers(0, len(wire)))]
    for _ in range(data.draw(st.integers(0, 3)) if wire else 0):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    ours, theirs = proto3.ours(bytes(wire)), proto3.theirs(bytes(wire))
    if theirs is None:
        refusal = proto3.refusal_of_text(ours)  # what was read is text format, marks and all
        assert not refusal or "codec can't decode" in refusal  # a string that is no UTF-8
    else:
        assert ours == theirs


@given(data=st.data(), room=st.integers(0, 200))
def test_a_text_that_is_cut_is_the_beginning_of_the_whole(proto3, data, room):
    wire = data.draw(messages(proto3.type.DESCRIPTOR))
    whole, part = proto3.ours(wire), proto3.ours(wire, str(room + len(CUT)))
    assert len(part) <= room + len(CUT)
    if part.endswith(CUT):
        beginning = part.removesuffix(CUT).removesuffix('"\n')
        assert whole.startswith(beginning)
        assert len(whole) > room
    else:
        assert part == whole


def nested(depth: int) -> bytes:
    wire = b""
    for _ in range(depth):
        wire = sized(122, wire)  # o3
    return wire


def test_as_deep_as_python_reads_and_no_deeper(proto3):
    assert assert_same(proto3, nested(100))
    assert not assert_same(proto3, nested(101))
    assert DEEP in proto3.ours(nested(101))
    assert DEEP in proto3.ours(nested(10000))


def test_groups_too(proto2):
    for depth, is_read in ((99, True), (100, True), (101, False)):
        unknown = tag(99, GROUP) * depth + tag(99, GROUP_END) * depth
        assert assert_same(proto2, unknown) == is_read
        assert (proto2.ours(unknown) == BROKEN) != is_read


@pytest.mark.parametrize(
    "wire",
    [
        b"\x08",  # no value
        b"\x08" + b"\xff" * 10 + b"\x01",  # a number of eleven bytes
        b"\x88" + b"\x80" * 5 + b"\x00\x05",  # a tag of too many
        b"\x88\x80\x80\x80\x10\x05",  # a field over the largest number
        b"\x00\x05",  # field 0
        b"\x0e\x05",  # a type that does not exist
        b"\x0c",  # the end of no group
        b"\x0b\x14",  # the end of another group
        b"\x0b\x08\x01",  # no end
        sized(142, b"abc")[:-1],
        tag(142, 2) + b"\xff\xff\xff\xff\x0fa",  # a length over all
        sized(31, b"\x01\xff"),  # packed, and the last one cut
        sized(42, b"123"),  # packed, half of one
    ],
)
def test_what_python_refuses_is_marked(proto3, wire):
    good = tag(1, VARINT) + b"\x07"
    assert proto3.theirs(good + wire) is None
    shown = proto3.ours(good + wire)
    assert shown.startswith("i1: 7\n")
    assert shown.endswith(BROKEN)


def test_what_stands_behind_a_broken_message_is_shown(proto3):
    broken = sized(122, tag(1, VARINT) + b"\x07" + b"\x08")
    assert proto3.ours(broken + sized(142, b"x")) == f'o3 {{\n  i1: 7\n  {BROKEN}}}\ns: "x"\n'


def test_text_that_is_no_utf8_is_shown_as_bytes(proto3):
    assert proto3.ours(sized(142, b"a\xff")) == 's: "a\\377"\n'


def test_an_any_is_shown_as_it_was_sent(proto3):
    message = proto3.type()
    message.any.type_url, message.any.value = "type.googleapis.com/pd.test3.M", b"\x08\x03"
    assert proto3.ours(message.SerializeToString()) == (
        'any {\n  type_url: "type.googleapis.com/pd.test3.M"\n  value: "\\010\\003"\n}\n'
    )


def test_a_long_string_shows_its_beginning(proto3):
    shown = proto3.ours(sized(143, b"x" * 1000000), "100")
    assert re.fullmatch(r'b: "x+"\n' + re.escape(CUT), shown)
    assert len(shown) == 100


def test_more_fields_than_are_held_are_cut(proto3):
    whole = proto3.ours(tag(150, VARINT) + b"\x01") * 65535
    wire = (tag(150, VARINT) + b"\x01") * 65535
    assert proto3.ours(wire) == whole
    assert proto3.ours(wire + tag(150, VARINT) + b"\x01") == whole + CUT


def test_an_entry_that_is_unknown_leaves_the_one_before(proto2):
    known, unknown = sized(73, b""), sized(73, tag(2, VARINT) + b"\x02")
    assert assert_same(proto2, known + unknown)
    assert 'key: ""' in proto2.ours(known + unknown)
    assert proto2.ours(unknown) == ""
