"""Requests made from the API's own description, by every role, against a real node: what may never happen."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.node_homes import OFFICER, RunningNode, make_home

from comity.domain.operators import Role
from comity.entrypoints.api.api_examples import examples as written_examples
from comity.entrypoints.home import load_operator_token, read_running
from comity.kernel.ids import OperatorId

ANSWER_S_MAX = 20.0
WRONG_OF_RIGHT = 4  # of so many requests as described, one that is not
STREAMS = frozenset({"/v1/events", "/v1/air/stream"})  # answers that go on
ENDS_ITS_OWN_CALLER = frozenset({"/v1/operators/{person}/revoke", "/v1/operators/{person}/roles"})
REFUSED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 502, 503})
ALWAYS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@dataclass
class Fuzzed:
    """What came of it.

    Attributes:
        told: how often each status was told, by operation and person.
        faults: the first of each operation; empty when all held.
        slowest_s: the longest answer, and of which operation.
    """

    told: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    slowest_s: tuple[float, str] = (0.0, "")

    def asked(self, person: str) -> int:
        """How many requests of one person were answered."""
        return sum(count for (_, by, _), count in self.told.items() if by == person)

    def never_done(self) -> list[str]:
        """Operations that nobody was ever told 200 of."""
        done = {operation for operation, _, status in self.told if status == 200}
        return sorted({operation for operation, _, _ in self.told} - done)

    def as_told(self) -> str:
        """One line of figures."""
        by_status = Counter[int]()
        for (_, _, status), count in self.told.items():
            by_status[status] += count
        figures = {
            "requests": self.told.total(),
            "operations": len({operation for operation, _, _ in self.told}),
            "done": len({o for o, _, status in self.told if status == 200}),
            "faults": len(self.faults),
            "by_status": {str(status): by_status[status] for status in sorted(by_status)},
            "slowest_s": [round(self.slowest_s[0], 2), self.slowest_s[1]],
        }
        return msgspec.json.encode(figures).decode()


def fuzz(folder: Path, examples: int, number: int, under: str = "/v1/") -> Fuzzed:
    """Ask every endpoint below a path `examples` times, by each role in turn, then with what is not as described.

    A fault does not end it: the rest is asked as well, and each is told.
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
        asking = _Asking(f"http://{running.api_address}", tokens, document)
        schema = schemathesis.openapi.from_dict(document)
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.path in STREAMS | ENDS_ITS_OWN_CALLER:
                continue
            if operation.path.startswith(under):
                asking.ask(operation, examples, number)
        assert node.process.is_alive()
    finally:
        node.stop()
    return asking.came


class _Asking:
    """Asks one node, and keeps what came of it."""

    def __init__(self, base: str, tokens: dict[OperatorId, str], document: dict[str, Any]) -> None:
        self.came = Fuzzed()
        self._base = base
        self._tokens = tokens
        self._turns: Iterator[OperatorId] = itertools.cycle(tokens)
        self._problem = jsonschema_rs.Draft202012Validator(
            {"$ref": "#/components/schemas/Problem", "components": document["components"]}
        )

    def ask(self, operation: Any, examples: int, number: int) -> None:
        """One endpoint: as its written example says, as described, and not as described."""
        name = f"{operation.method.upper()} {operation.path}"
        try:
            self._as_written(operation, name)
            self._generated(operation, examples, number, GenerationMode.POSITIVE)
            if operation.body or operation.query or operation.path_parameters:
                wrong = max(1, examples // WRONG_OF_RIGHT)
                self._generated(operation, wrong, number, GenerationMode.NEGATIVE)
        except (Exception, FailureGroup) as error:  # noqa: BLE001 - whatever it is: told, and the rest asked as well
            told = error.exceptions if isinstance(error, FailureGroup) else (error,)
            self.came.faults[name] = "; ".join(f"{type(e).__name__}: {e}" for e in told)[:1500]

    def _as_written(self, operation: Any, name: str) -> None:
        example = written_examples().get(name)
        if example is None:
            return
        stated: dict[str, Any] = {} if example.body is None else {"body": example.body}
        path = {each: example.path.get(each, "x") for each in _names(operation.path)}
        self._one(operation.Case(path_parameters=path, **stated))

    def _generated(self, operation: Any, examples: int, number: int, mode: GenerationMode) -> None:
        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            self._one(case)

        one()

    def _one(self, case: Any) -> None:
        person = next(self._turns)
        headers = {"Authorization": f"Bearer {self._tokens[person]}"}
        case.headers = {}
        case.cookies = {}
        name = f"{case.operation.method.upper()} {case.operation.path}"
        began_s = time.monotonic()
        answer = case.call(base_url=self._base, headers=headers, timeout=ANSWER_S_MAX)
        self.came.slowest_s = max(self.came.slowest_s, (time.monotonic() - began_s, name))
        status = answer.status_code
        self.came.told[name, str(person), status] += 1
        where = f"{name} by {person}: {status} {answer.text[:300]}"
        assert status == 200 or status in REFUSED, where
        told = {header: answer.headers.get(header, [None])[0] for header in ALWAYS}
        assert told == ALWAYS, f"{where} {told}"
        if status != 200:
            self._refused(answer, where)
        if case.meta is None:
            return
        case.validate_response(answer, checks=[*CHECKS, *_of_mode(case)])

    def _refused(self, answer: Any, where: str) -> None:
        """A refusal is a problem as described, with a code; one of input names the field and says why."""
        problem = answer.json()
        assert self._problem.is_valid(problem), where
        assert problem["status"] == answer.status_code, where
        assert problem["reason"], where
        assert problem["reason"] != "internal", where
        if problem["kind"] == "input" and answer.status_code == 400:
            assert problem["field"], f"no field named: {where}"
            assert problem["why"], f"no reason given: {where}"


def _of_mode(case: Any) -> list[Any]:
    wrong = case.meta is not None and case.meta.generation.mode.is_negative
    return [negative_data_rejection] if wrong else []


def _names(path: str) -> list[str]:
    return [each[1:-1] for each in path.split("/") if each.startswith("{")]
