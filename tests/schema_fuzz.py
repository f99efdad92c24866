"""Requests made from the API's own description, by every role, against a real node: what may never happen."""

import itertools
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.fuzz_pool import Pool, family_of
from tests.fuzz_world import peer_acts, populated
from tests.node_homes import OFFICER, RunningNode, make_home

from comity.domain.operators import Role
from comity.entrypoints.api.api_examples import examples as written_examples
from comity.entrypoints.home import load_operator_token, read_running
from comity.kernel.ids import OperatorId

ANSWER_S_MAX = 60.0
PROCESSOR_S_MAX = 5.0  # of the node in one request
ROUNDS = 4
WORLDLY = 0.8  # of the requests of a populated world: written from what stands there
WRONG_OF_RIGHT = 4  # of so many requests as described, one that is not
STREAMS = frozenset({"/v1/events", "/v1/air/stream"})  # answers that go on
ENDS_ITS_OWN_CALLER = frozenset({"/v1/operators/{person}/revoke", "/v1/operators/{person}/roles"})
REFUSED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 502, 503})
FIELD = re.compile(
    r"([A-Za-z0-9_.\[\]-]|'[ -~]{0,500}'|\"[ -~]{0,500}\")+"
)  # what is no name is quoted
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
        dearest_s: the most processor time that the node spent during one request, and of which operation.
    """

    told: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    slowest_s: tuple[float, str] = (0.0, "")
    dearest_s: tuple[float, str] = (0.0, "")

    def asked(self, person: str) -> int:
        """How many requests of one person were answered."""
        return sum(count for (_, by, _), count in self.told.items() if by == person)

    def done_by(self) -> dict[str, tuple[int, int]]:
        """Of each person: how many operations they were told 200 of, and how many they asked."""
        people = sorted({by for _, by, _ in self.told})
        return {
            person: (
                len({o for o, by, status in self.told if by == person and status == 200}),
                len({o for o, by, _ in self.told if by == person}),
            )
            for person in people
        }

    def table(self) -> str:
        """Operation by person by status, as a table with tabs."""
        people = sorted({by for _, by, _ in self.told})
        lines = ["\t".join(["operation", *people])]
        for operation in sorted({o for o, _, _ in self.told}):
            cells = []
            for person in people:
                told = sorted(
                    (s, n) for (o, by, s), n in self.told.items() if (o, by) == (operation, person)
                )
                cells.append(" ".join(f"{status}:{count}" for status, count in told))
            lines.append("\t".join([operation, *cells]))
        return "\n".join(lines) + "\n"

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
            "dearest_s": [round(self.dearest_s[0], 2), self.dearest_s[1]],
            "slowest_s": [round(self.slowest_s[0], 2), self.slowest_s[1]],
        }
        return msgspec.json.encode(figures).decode()


def fuzz(folder: Path, examples: int, number: int, under: str = "/v1/") -> Fuzzed:
    """Ask every endpoint below a path `examples` times, by each role in turn, then with what is not as described.

    A fault does not end it: the rest is asked as well, and each is told.
    """
    node = RunningNode(make_home(folder / "a"))
    try:
        asking = _Asking(node)
        for operation in asking.operations(under):
            asking.ask(operation, examples, number)
        assert node.process.is_alive()
    finally:
        node.stop()
    return asking.came


def fuzz_populated(folder: Path, examples: int, number: int, under: str = "/v1/") -> Fuzzed:
    """As `fuzz`, with a peer under an agreement and something of everything on record at both.

    Each round asks every endpoint, those that end something last, so that what one made is read, changed and ended.
    """
    with populated(folder) as (node, other, pools):
        pool = pools[0]
        asking = _Asking(node, pool)
        document = asking.document
        operations = sorted(asking.operations(under), key=_ends)
        for turn in range(ROUNDS):
            for each in pools:
                each.look(document)
            peer_acts(other, pools[1], Random(number * ROUNDS + turn), document)
            for operation in operations:
                if _ends(operation) == ENDS_ALL and turn < ROUNDS - 1:
                    continue
                asking.ask(operation, max(1, examples // ROUNDS), number * ROUNDS + turn)
        assert node.process.is_alive()
        assert other.process.is_alive()
    return asking.came


ENDING = (
    "/end", "/erase", "/withdraw", "/cancel", "/leave", "/decline", "/remove", "/revoke", "/revoke-all", "/logout",
    "/refuse",
)  # fmt: skip
ENDS_ALL = 2


def _ends(operation: Any) -> int:
    """0 where it ends nothing; 2 where most of the world ends with it."""
    if operation.path in {"/v1/peers/{peer}/remove", "/v1/agreements/{digest}/state"}:
        return ENDS_ALL
    return int(operation.path.endswith(ENDING))


class _Asking:
    """Asks one node, and keeps what came of it."""

    def __init__(self, node: RunningNode, pool: Pool | None = None) -> None:
        self.came = Fuzzed()
        self.document = node.client.get("/v1/openapi.json", dict)
        self._pool = pool
        self._process_id = node.process.pid
        people = [OperatorId(f"only-{role}") for role in Role]
        for person, role in zip(people, Role, strict=True):
            body = {"id": person, "name": person, "roles": [role.value]}
            node.client.post("/v1/operators", body, dict)
        self._tokens = {each: load_operator_token(node.layout, each) for each in (*people, OFFICER)}
        turns = [*people, OFFICER]
        if (
            pool is not None
        ):  # who may do everything asks every other time, so that there is something to ask about
            turns = [each for person in people for each in (OFFICER, person)]
        self._turns: Iterator[OperatorId] = itertools.cycle(turns)
        running = read_running(node.layout)
        assert running is not None
        self._base = f"http://{running.api_address}"
        components = self.document["components"]
        self._problem = jsonschema_rs.Draft202012Validator(
            {"$ref": "#/components/schemas/Problem", "components": components}
        )

    def operations(self, under: str) -> list[Any]:
        """Those that are asked: below a path, and answered at once."""
        found = [
            each.ok() for each in schemathesis.openapi.from_dict(self.document).get_all_operations()
        ]
        left_out = STREAMS | ENDS_ITS_OWN_CALLER
        return [each for each in found if each.path.startswith(under) and each.path not in left_out]

    def ask(self, operation: Any, examples: int, number: int) -> None:
        """One endpoint: as its written example says, as described, and not as described."""
        name = f"{operation.method.upper()} {operation.path}"
        try:
            self._as_written(operation, name)
            self._generated(operation, examples, number, GenerationMode.POSITIVE)
            if operation.body or operation.query or operation.path_parameters:
                wrong = max(1, examples // WRONG_OF_RIGHT)
                self._generated(operation, wrong, number, GenerationMode.NEGATIVE)
        except Exception as error:  # noqa: BLE001 - whatever it is: told, and the rest asked as well
            self._fault(name, error)

    def _fault(self, name: str, error: BaseException) -> None:
        told = error.exceptions if isinstance(error, FailureGroup) else (error,)
        why = "; ".join(f"{type(e).__name__}: {e}" for e in told)[:1500]
        self.came.faults.setdefault(name, why)

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
        @given(case=operation.as_strategy(generation_mode=mode), chance=st.integers(0, 2**32))
        def one(case: Any, chance: int) -> None:
            if self._pool is not None and mode is GenerationMode.POSITIVE:
                _settle(case, self._pool, Random(chance))
            try:  # nothing is asked a second time: another would ask, of another world
                self._one(case)
            except (Exception, FailureGroup) as error:  # noqa: BLE001 - as above
                self._fault(f"{operation.method.upper()} {operation.path}", error)

        one()

    def _one(self, case: Any) -> None:
        person = next(self._turns)
        headers = {"Authorization": f"Bearer {self._tokens[person]}"}
        case.headers = {}
        case.cookies = {}
        name = f"{case.operation.method.upper()} {case.operation.path}"
        began_s, spent_s = time.monotonic(), _spent_s(self._process_id)
        answer = case.call(base_url=self._base, headers=headers, timeout=ANSWER_S_MAX)
        self.came.slowest_s = max(self.came.slowest_s, (time.monotonic() - began_s, name))
        status = answer.status_code
        self.came.told[name, str(person), status] += 1
        where = f"{name} by {person}: {status} {answer.text[:300]}"
        spent_s = _spent_s(self._process_id) - spent_s
        self.came.dearest_s = max(self.came.dearest_s, (spent_s, name))
        assert spent_s <= PROCESSOR_S_MAX, f"{spent_s:.1f} s of processor: {where}"
        assert status == 200 or status in REFUSED, where
        if status == 200 and self._pool is not None and answer.text.startswith(("{", "[")):
            self._pool.take(family_of(case.operation.path), answer.json())
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
        named = problem.get("field")
        assert named is None or FIELD.fullmatch(named), f"no name of a field: {where}"
        if problem["reason"] == "field-form":
            assert problem["field"], f"no field named: {where}"
        if problem["kind"] == "input" and answer.status_code == 400:
            assert problem["field"], f"no field named: {where}"
            assert problem["why"], f"no reason given: {where}"


def _settle(case: Any, pool: Pool, chance: Random) -> None:
    """Have most requests speak of what stands in the world: as written, with a part as generated, or all generated."""
    path = case.operation.path
    if case.path_parameters and chance.random() < 0.9:
        case.path_parameters = pool.path(path, chance)
    about = pool.about(case.path_parameters or {})
    if chance.random() > WORLDLY:
        return
    required = {each.name for each in case.operation.query if each.is_required}
    stated = case.query or {}
    case.query = {
        name: pool.query(name, chance) if name in required else value
        for name, value in stated.items()
        if name in required or (name != "exercise" and chance.random() < 0.15)
    }
    body = pool.body(f"{case.operation.method.upper()} {path}", chance, about)
    if body is None:
        return
    if isinstance(body, dict) and isinstance(case.body, dict) and chance.random() < 0.3:
        both = sorted(body.keys() & case.body.keys())
        if both:
            name = chance.choice(both)
            body[name] = case.body[name]
    case.body = body


def _spent_s(process_id: int | None) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _of_mode(case: Any) -> list[Any]:
    wrong = case.meta is not None and case.meta.generation.mode.is_negative
    return [negative_data_rejection] if wrong else []


def _names(path: str) -> list[str]:
    return [each[1:-1] for each in path.split("/") if each.startswith("{")]
