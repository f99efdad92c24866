"""Bytes of claim files: what is refused before anybody looks at a field."""

import json

import pytest
from tests.claim_trees import tree

from comity.adapters.claim_files import CLAIM_BYTES_MAX, tree_of
from comity.domain.incidents import claim_of
from comity.kernel.errors import InputError


def test_toml_and_json_give_the_same_tree():
    as_toml = b'format = "comity-claim/1"\n[[sources]]\nname = "a"\n'
    as_json = b'\xef\xbb\xbf{"format": "comity-claim/1", "sources": [{"name": "a"}]}'
    assert tree_of(as_toml, "a.toml") == tree_of(as_json, "a.json")


@pytest.mark.requirement("INCIDENT-001")
@pytest.mark.parametrize(
    ("file_bytes", "why"),
    [
        (b"x" * (CLAIM_BYTES_MAX + 1), "more than"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "malformed"),
        (b'{"a": "1", "a": "2"}', "there twice"),
        (b'a = "1"\na = "2"\n', "malformed"),
        (b"{" + b'"a":{' * 40_000, "nested"),
        (b"a = " + b"[" * 50_000, "nested"),
        (b'{"a":' + b"[" * 20 + b"]" * 20 + b"}", "nested"),
        (b".".join([b"a"] * 20) + b' = "1"', "nested"),
        (b".".join([b"a"] * 60_000) + b' = "1"', "nested"),
        (b"[" + b" . ".join([b'"a"'] * 30_000) + b"]", "nested"),
        (b"x = { y = 1, " + b".".join([b"a"] * 60_000) + b" = 1 }", "nested"),
    ],
    ids=lambda each: str(each)[:12],
)
def test_bytes_that_cannot_be_a_claim_are_refused(file_bytes, why):
    with pytest.raises(InputError) as caught:
        tree_of(file_bytes, "claim")
    assert why in str(caught.value)


@pytest.mark.requirement("INCIDENT-001")
@pytest.mark.parametrize(
    "text",
    [
        '"1.15 mi"', "1.15", "17", "true", "null", "NaN", "1" * 5_000, "[]", "{}",
    ],
)  # fmt: skip
def test_only_a_text_with_its_unit_is_a_figure(text):
    made = json.dumps(tree()).replace('"words"', f'"length": {text}, "words"')
    if text == '"1.15 mi"':
        assert claim_of(tree_of(made.encode(), "claim")).statements[0].figures
        return
    with pytest.raises(InputError) as caught:
        claim_of(tree_of(made.encode(), "claim"))
    assert caught.value.field == "statements[0].length"


@pytest.mark.requirement("INCIDENT-001")
@pytest.mark.parametrize(
    "file_bytes",
    [
        b'format = "comity-claim/1"\n"\\u001b[2J" = "x"\n',
        b'"\\u001b[2J" = "x"\n"\\u001b[2J" = "x"\n',
        b'{"\\u001b[2J": "a", "\\u001b[2J": "b"}',
        b"\x1b[2J = 3",
    ],
)
def test_a_refusal_sends_no_control_characters_to_a_terminal(file_bytes):
    def read() -> None:
        claim_of({**tree(), **tree_of(file_bytes, "claim")})

    with pytest.raises(InputError) as caught:
        read()
    assert str(caught.value).isprintable()


def test_a_date_of_toml_is_refused_for_it_is_no_longer_as_stated():
    text = '[[statements]]\nname="a"\nstarts = { stated = 2015-11-24T09:24:05 }'
    made = tree()
    made["statements"][0]["starts"] = tree_of(text.encode(), "c")["statements"][0]["starts"]
    with pytest.raises(InputError, match="in quotes"):
        claim_of(made)
