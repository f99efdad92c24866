"""Whatever comes to the local API is answered, never with a fault of ours, and a refusal leaves nothing behind."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.node_homes import ApiUnderTest, api_over, make_home, plan_file

from comity.entrypoints.api.app import REQUEST_BODY_BYTES_MAX, ROUTES
from comity.entrypoints.api.routing import Route

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "150"))
Ask = Callable[..., tuple[int, Any]]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**63) - 1, 10**400, float("nan"), float("inf"), -0.0, 1e308]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "\x00", "node", "\U0001f681", "2030-01-02T09:00:00Z", "a" * 5_000]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
WORDS = st.one_of(
    st.sampled_from(
        ["0" * 64, "0" * 8, "aurelia.aaaaaaaa", "0123456789abcdef", "..", "%", "batch", "state"]
    ),
    st.text(min_size=1, max_size=12).filter(lambda each: each.isprintable() and "/" not in each),
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, bytes, dict[str, str]]:
    """A request to one of the paths, more or less of the form that it asks for."""
    route = draw(st.sampled_from([each for each in ROUTES if each.path != "/v1/events"]))
    path = "/".join(
        quote(draw(WORDS), safe="%") if each.startswith("{") else each for each in route.segments
    )
    names = st.sampled_from([*route.query, "colour"])
    query = draw(st.lists(st.tuples(names, st.text(max_size=12) | st.just("1")), max_size=2))
    body = draw(_bodies(route))
    headers = draw(
        st.sampled_from(
            [{}, {}, {}, {"content-type": "text/plain"}, {"content-type": ""},
             {"content-type": "application/json; charset=latin-1"}, {"authorization": ""},
             {"authorization": "Bearer x"}, {"content-length": "-1"}, {"content-length": "9" * 30}]
        )
    )  # fmt: skip
    return route.method, f"/{path}?{urlencode(query)}", body, headers


def _bodies(route: Route) -> st.SearchStrategy[bytes]:
    fields = getattr(route.body, "__struct_fields__", ())
    shaped = st.fixed_dictionaries(dict.fromkeys(fields, VALUES)).map(_json)
    plan = plan_file()
    cut = st.tuples(st.integers(0, len(plan)), st.binary(max_size=6)).map(
        lambda each: plan[: each[0]] + each[1] + plan[each[0] + len(each[1]) :]
    )
    deep = st.integers(1, 60_000).map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth)
    return st.one_of(shaped, VALUES.map(_json), cut, deep, st.binary(max_size=60), st.just(b""))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    layout = make_home(tmp_path_factory.mktemp("fuzz") / "a")
    with asyncio.Runner() as loop:

        @asynccontextmanager
        async def opened() -> AsyncIterator[ApiUnderTest]:
            async with api_over(layout) as api:
                yield api

        within = opened()
        api = loop.run(within.__aenter__())
        yield lambda *request: loop.run(api.ask(*request))
        loop.run(within.__aexit__(None, None, None))


@pytest.mark.requirement("DOORS-013")
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=requests())
def test_nothing_that_comes_is_a_fault_of_ours(
    ask: Ask, asked: tuple[str, str, bytes, dict[str, str]]
) -> None:
    before = ask("GET", "/v1/journal?limit=1000")
    method, target, body, headers = asked
    status, told = ask(method, target, body, headers)
    assert status < 500 or told["reason"] == "no-watch", (
        status,
        told,
    )  # none runs here, and says so
    if status != 200:
        assert told["status"] == status
        assert told["reason"]
        assert ask("GET", "/v1/journal?limit=1000") == before


@pytest.mark.requirement("DOORS-013")
@pytest.mark.parametrize(
    ("headers", "body", "status", "reason", "field"),
    [
        ({"content-type": "text/plain"}, b"{}", 415, "media-type", "content-type"),
        ({"content-length": str(REQUEST_BODY_BYTES_MAX + 1)}, b"{}", 413, "too-large", "body"),
        ({}, b'{"card": NaN}', 400, "input-refused", "body"),
        ({}, b'{"card": "\xff"}', 400, "input-refused", "body"),
        ({}, b'{"card": null}', 400, "input-refused", "card"),
        ({"authorization": ""}, b"{}", 401, "token-refused", "authorization"),
    ],
)
def test_a_refusal_names_the_field_and_the_limit(
    ask: Ask, headers: dict[str, str], body: bytes, status: int, reason: str, field: str
) -> None:
    told = ask("POST", "/v1/peers", body, headers)
    assert (told[0], told[1]["reason"], told[1]["field"]) == (status, reason, field), told
    assert told[1]["why"]


@pytest.mark.requirement("DOORS-013")
@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("/v1/intents?limt=5", "query"),
        ("/v1/intents?limit=5&limit=6", "limit"),
        ("/v1/intents?exercise=maybe", "exercise"),
        ("/v1/journal?" + "&".join(["start=0"] * 101), "query"),
    ],
)
def test_what_a_query_may_not_hold_is_refused_by_name(ask: Ask, target: str, field: str) -> None:
    status, told = ask("GET", target)
    assert (status, told["field"]) == (400, field), told


@pytest.mark.requirement("DOORS-013")
def test_brackets_beyond_what_a_reader_follows_are_refused(ask: Ask) -> None:
    depth = 50_000
    body = b'{"statement": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
    status, told = ask("POST", "/v1/keys", body)
    assert (status, told["reason"], told["field"]) == (400, "too-deep", "body")
