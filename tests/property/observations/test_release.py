"""Over random labels, recipients and edits no byte outside the policy ever leaves: looked for at the peers' stores."""

import random
from dataclasses import dataclass
from typing import Any

import pytest
from tests.observations_world import ADA, BEN, do, entry
from tests.simulation.settings import Setting
from tests.simulation.world import Place, World

from comity.application.node import Node
from comity.application.observe import (
    approve_release,
    enter_observation,
    preview_release,
    release_observation,
    set_policy,
)
from comity.application.ports.record_store import LogId
from comity.domain.geometry.nested_cells import cell_of
from comity.domain.observations import (
    REPORT,
    TIME_STEPS_S,
    Entry,
    LabelRule,
    Marking,
    ObservationKind,
    Policy,
    Reliability,
    Source,
    SourceKind,
    SourceTold,
    WordsTold,
)
from comity.domain.records import Draft, open_record
from comity.kernel.errors import ComityError
from comity.kernel.ids import ObservationId, PartyId

KINDS = (ObservationKind.HAZARD_TO_FLIGHT, ObservationKind.AIRSPACE_EVENT)
LABELS = ("open", "near", "closed", "unruled")  # the last has no rule
CASES = 40  # of one world, times the seeds below


@dataclass
class Secret:
    """What was entered, and what the policy then let out to whom, by this test's own reading."""

    entry: Entry
    let_out: dict[PartyId, dict[str, Any]]


def random_rule(rng: random.Random, others: list[PartyId]) -> LabelRule:
    marking = rng.choice(list(Marking))
    kept = marking in (Marking.RED, Marking.AMBER_STRICT)
    return LabelRule(
        recipients=tuple(sorted(rng.sample(others, rng.choice((1, 2, 2, 2))))),
        kinds=tuple(sorted(rng.sample(KINDS, rng.choice((1, 2, 2))))),
        marking=marking,
        level_max=rng.randint(9, 14),
        time_step_s=rng.choice(TIME_STEPS_S),
        words=rng.choice(list(WordsTold)),
        source=rng.choice(list(SourceTold)),
        two_persons=rng.random() < 0.3,
        onward=() if kept else tuple(sorted(rng.sample(others, rng.randint(0, 2)))),
    )


def random_entry(rng: random.Random, at: Any, number: int) -> Entry:
    level = rng.randint(9, 14)
    return entry(
        at,
        kind=rng.choice(KINDS),
        nature="other",
        area=cell_of(
            rng.randint(-900_000_000, 900_000_000),
            rng.randint(-1_800_000_000, 1_800_000_000),
            level,
        ),
        begins=at.plus_s(-rng.random() * 86_400),
        ends=at.plus_s(rng.random() * 86_400),
        words=f"ABOVELINE{number:04d} seen",
        words_below=f"UNDERLINE{number:04d} seen",
        source=Source(
            rng.choice([SourceKind.CREW, SourceKind.SENSOR]),
            rng.choice(list(Reliability)),
            f"INFORMANT{number:04d}",
        ),
        labels=tuple(sorted(rng.sample(LABELS, rng.choice((0, 1, 1, 1, 2))))),
    )  # fmt: skip


def let_out(policy: Policy, stated: Entry, recipient: PartyId) -> dict[str, Any] | None:
    """What may go, read once more from the page and not from the code."""
    rules = [policy.rules.get(label) for label in stated.labels]
    if not rules or any(
        each is None or recipient not in each.recipients or stated.kind not in each.kinds
        for each in rules
    ):
        return None
    words = [list(WordsTold).index(each.words) for each in rules]
    return {
        "level": min([stated.area.level, *(each.level_max for each in rules)]),
        "step_ms": max(each.time_step_s for each in rules) * 1000,
        "above": min(words) == 2,
        "below": min(words) >= 1,
        "source_kind": all(each.source is SourceTold.KIND for each in rules),
        "source": all(each.source is not SourceTold.NOTHING for each in rules),
        "two_persons": any(each.two_persons for each in rules),
        "marking": list(Marking)[max(list(Marking).index(each.marking) for each in rules)].value,
    }  # fmt: skip


def edited(body: dict[str, Any], stated: Entry, rng: random.Random) -> dict[str, Any]:
    """A body that somebody made more of."""
    area = stated.area
    finer = {"level": area.level, "row": area.row, "column": area.column}
    edits = [
        {"words": stated.words},
        {"words": stated.source.name},
        {"area": finer},
        {"area": {**body["area"], "latitude_deg_e7": 1}},
        {"begins": str(stated.begins), "ends": str(stated.ends)},
        {
            "source": {
                "kind": stated.source.kind.value,
                "reliability": stated.source.reliability.value,
            }
        },
        {"source": {"kind": None, "reliability": "A", "name": stated.source.name}},
        {"remark": stated.words},
        {"credibility": 1 + body["credibility"] % 6},
        {"onward": ["zelkova.aaaaaaaa"]},
        {"approval": {"operator": "ben", "record": "ab" * 32}},
    ]
    return {**body, **rng.choice(edits)}


def attempt(world: World, place: Place, work: Any, told: list[str]) -> Any:
    try:
        return do(world, place, work)
    except ComityError as error:
        told.append(str(error))
        return None


def sending(named: ObservationId, recipient: PartyId) -> Any:
    return lambda n, at: release_observation(n, named, (recipient,), ADA, at)


def approving(named: ObservationId, recipient: PartyId, form: str) -> Any:
    return lambda n, at: approve_release(n, named, recipient, form, BEN, at)


@pytest.mark.requirement("OBSERVE-008")
@pytest.mark.requirement("OBSERVE-015")
@pytest.mark.parametrize("seed", range(6))
def test_no_byte_outside_the_policy_reaches_a_peer_or_an_error(seed: int) -> None:
    rng = random.Random(seed)
    world = World(seed=seed, setting=Setting(nodes=3))
    a, b, c = world.places.values()
    others = [b.party.id, c.party.id]
    secrets: dict[str, Secret] = {}
    errors: list[str] = []
    for number in range(CASES):
        policy = Policy({label: random_rule(rng, others) for label in LABELS[:3]}, {})
        do(world, a, lambda n, at, p=policy: set_policy(n, p, ADA, at))
        made = {}

        def put(n: Node, at: Any, number: int = number, made: dict[str, Any] = made) -> Any:
            made["entry"] = random_entry(rng, at, number)
            return enter_observation(n, made["entry"], ADA, at)

        record = do(world, a, put)
        named = ObservationId(record.body["observation"])
        secret = secrets[named] = Secret(made["entry"], {})
        for recipient in others:
            allowed = let_out(policy, secret.entry, recipient)
            [shown] = do(
                world, a, lambda n, at, r=recipient, o=named: preview_release(n, o, (r,), ADA, at)
            )
            assert (shown.form is None) == (allowed is None)
            if shown.form is None:
                attempt(world, a, sending(named, recipient), errors)
                continue
            secret.let_out[recipient] = allowed
            body = edited(shown.form.body, secret.entry, rng)
            if body != shown.form.body:
                draft = Draft(REPORT, (recipient,), body, ADA, shown.form.labels)
                sent = attempt(world, a, lambda n, at, d=draft: n.issue(d, at), errors)
                assert sent is None, "the gate let an edit out"
            if shown.form.two_persons and rng.random() < 0.5:
                attempt(world, a, approving(named, recipient, shown.form.digest), errors)
            attempt(world, a, sending(named, recipient), errors)
    world.run(60)
    arrived = check_store(a, b, secrets) + check_store(a, c, secrets)
    assert arrived > CASES // 8
    said = "\n".join(
        errors + [each.text for place in (a, b, c) for each in place.node.alarms.since(0)]
    )
    assert errors
    assert not [word for word in ("ABOVELINE", "UNDERLINE", "INFORMANT") if word in said]


def check_store(a: Place, there: Place, secrets: dict[str, Secret]) -> int:
    """Every byte of the other's store that came from here, held against what the policy let out."""
    arrived = 0
    for entry_there in there.store.journal():
        record = open_record(
            entry_there.envelope_bytes,
            there.node.directory.resolver_for(entry_there.envelope_bytes),
        )
        if record.author != a.party.id or not record.kind.startswith("observation."):
            continue
        assert record.kind == REPORT
        arrived += 1
        body, secret = record.body, secrets[record.body["observation"]]
        allowed = secret.let_out[there.party.id]
        payload = entry_there.envelope_bytes.decode() + str(record)
        stated = secret.entry
        assert stated.source.name not in str(body)
        assert allowed["above"] or stated.words not in payload
        assert (stated.words in str(body)) <= allowed["above"]
        assert (stated.words_below in str(body)) <= allowed["below"]
        assert body["area"]["level"] == allowed["level"]
        for name in ("begins", "ends"):
            at = getattr(there.node.observations.get(record.digest).report, name)
            assert at.unix_ms % allowed["step_ms"] == 0
        report = there.node.observations.get(record.digest).report
        assert report.begins <= stated.begins
        assert report.ends >= stated.ends
        source = body["source"]
        assert (source is not None) <= allowed["source"]
        assert (bool(source) and source["kind"] is not None) <= allowed["source_kind"]
        assert record.labels == (allowed["marking"],)
        assert (body["approval"] is not None) == allowed["two_persons"]
    for leaf in there.store.leaves(LogId(a.party.id, there.party.id)):
        assert b"INFORMANT" not in leaf.envelope_bytes
    return arrived
