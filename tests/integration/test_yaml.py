"""What we write and read as YAML means the same to others: PyYAML (1.1), ruamel.yaml (1.2)."""

import json
import string

import pytest
import ruamel.yaml
from conftest import Program
from hypothesis import given
from hypothesis import strategies as st

import yaml

INVALID = 2  # exit status

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
LOOKS_LIKE_MORE = """
    y No on TRUE null ~ 1 0x1F 010 0o17 0b1 1_000 1e3 1.5 .5 .inf .NaN - --- ... << = 12:30
    2001-12-14 ?a *a &a !a %a @a `a | > [a {a ' " \\ a#b
"""
ODD = ["", " a", "a ", "? a", "a: b", "# a", "a #b", "\n", "a\n\n b", "\t", "\r", "\x07", "\x7f"]
ODD += ["\x85", "\xa0", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\U0001f600"]
ODD += ["\U0010ffff", "x" * 200, '"' * 200, "x y " * 50]
STRINGS = TEXT | st.sampled_from(LOOKS_LIKE_MORE.split() + ODD)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | STRINGS
)
TREES = st.recursive(
    SCALARS, lambda inside: st.lists(inside) | st.dictionaries(STRINGS, inside), max_leaves=30
)
# What a scalar without quotes may look like when it is a number, or nearly one.
PLAIN = st.text("0123456789._+-eExXobaAfF:", min_size=1, max_size=8) | st.text(
    string.ascii_letters + string.digits + "._~=<", min_size=1, max_size=5
)


@pytest.fixture(scope="session")
def echo() -> Program:
    return Program("yaml-echo")


def exact(tree) -> str:
    """Text that differs where trees do: in order, and 1 is neither 1.0 nor true."""
    return json.dumps(tree)


def ruamel_yaml(text):
    return ruamel.yaml.YAML(typ="safe", pure=True).load(text)


def read(echo, text: str):
    """(tree, None), or (None, the message) where our reader refuses it."""
    done = echo("-r", stdin=text.encode())
    assert done.status in (0, INVALID), done.err
    return (json.loads(done.out), None) if done.status == 0 else (None, done.err)


@given(tree=TREES)
def test_what_we_write_is_the_same_tree_to_all_readers(echo, tree):
    done = echo(stdin=json.dumps(tree).encode())
    assert done.status == 0, done.err
    assert exact(yaml.safe_load(done.text)) == exact(tree)
    assert exact(ruamel_yaml(done.text)) == exact(tree)
    assert exact(read(echo, done.text)[0]) == exact(tree)


@given(tree=TREES)
def test_characters_of_json_may_be_escaped_or_not(echo, tree):
    escaped = echo(stdin=json.dumps(tree).encode())
    plain = echo(stdin=json.dumps(tree, ensure_ascii=False).encode())
    assert escaped.status == 0, escaped.err
    assert escaped.out == plain.out


@given(tree=TREES, flow=st.booleans())
def test_what_pyyaml_writes_is_read_alike_or_refused(echo, tree, flow):
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    ours, refusal = read(echo, text)
    assert refusal or exact(ours) == exact(tree)


@given(plain=PLAIN)
def test_plain_scalars_are_read_as_others_read_them_or_refused(echo, plain):
    text = f"- {plain}\n"
    try:
        old, new = yaml.safe_load(text), ruamel_yaml(text)
    except (yaml.YAMLError, ruamel.yaml.YAMLError, ValueError):
        return  # no YAML, or `=`, or a date that is none
    ours, refusal = read(echo, text)
    if refusal:
        return
    assert exact(ours) == exact(new)
    if ours != [plain]:  # what is text to us may be a date or a number to the base 60 in YAML 1.1
        assert exact(ours) == exact(old)
