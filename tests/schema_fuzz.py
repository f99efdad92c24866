"""Requests made from the API's own description, by every role, against a real node: what may never happen."""

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)
from tests.node_homes import OFFICER, RunningNode, make_home

from comity.domain.operators import Role
from comity.entrypoints.home import load_operator_token, read_running
from comity.kernel.ids import OperatorId

ANSWER_S_MAX = 20.0
STREAMS = frozenset({"/v1/events", "/v1/air/stream"})  # answers that go on
ENDS_ITS_OWN_CALLER = frozenset({"/v1/operators/{person}/revoke", "/v1/operators/{person}/roles"})
REFUSED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 502, 503})


def fuzz(folder: Path, examples: int, number: int, under: str = "/v1/") -> Counter[str]:
    """Ask every endpoint below a path `examples` times, by each role in turn.

    Returns:
        How often each status was told, by role.

    Raises:
        AssertionError: a fault of ours, an answer that the description does not tell, or a refusal without a code.
    """
    node = RunningNode(make_home(folder / "a"))
    try:
        document = node.client.get("/v1/openapi.json", dict)
        people = [OperatorId(f"only-{role}") for role in Role]
        for person, role in zip(people, Role, strict=True):
            body = {"id": person, "name": person, "roles": [role.value]}
            node.client.post("/v1/operators", body, dict)
        tokens = {each: load_operator_token(node.layout, each) for each in (*people, OFFICER)}
        running = read_running(node.layout)
        assert running is not None
        told: Counter[str] = Counter()
        schema = schemathesis.openapi.from_dict(document)
        turns = itertools.cycle(tokens)
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.path in STREAMS | ENDS_ITS_OWN_CALLER:
                continue
            if not operation.path.startswith(under):
                continue
            _ask(operation, f"http://{running.api_address}", tokens, turns, examples, number, told)
        assert node.process.is_alive()
    finally:
        node.stop()
    return told


def _ask(
    operation: Any,
    base: str,
    tokens: dict[OperatorId, str],
    turns: Any,
    examples: int,
    number: int,
    told: Counter[str],
) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        person = next(turns)
        headers = {"Authorization": f"Bearer {tokens[person]}"}
        case.headers = {}
        case.cookies = {}
        answer = case.call(base_url=base, headers=headers, timeout=ANSWER_S_MAX)
        where = f"{operation.method.upper()} {operation.path} by {person}: {answer.status_code}"
        assert answer.status_code == 200 or answer.status_code in REFUSED, f"{where} {answer.text}"
        if answer.status_code == 200:
            case.validate_response(
                answer, checks=[schemathesis.checks.not_a_server_error, *_conforming()]
            )
        else:
            problem = answer.json()
            assert problem["reason"], where
            assert problem["reason"] != "internal", f"{where} {problem}"
        told[f"{person} {answer.status_code}"] += 1

    one()


def _conforming() -> list[Any]:
    return [content_type_conformance, response_schema_conformance]
