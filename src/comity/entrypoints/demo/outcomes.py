"""What became of each flight, in the words of the nodes that hold it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comity.entrypoints.demo.flights import DemoFlight

ACCEPTED = frozenset({"accepted", "activated", "nonconforming", "contingent"})
"""States of a version that only an acceptance leads to (docs/rooms/intents.md)."""
OPEN = frozenset({"proposed", "pending", "held"})


class Outcome(StrEnum):
    """What a person wants to know of a flight first."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    HELD = "held"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class FlightOutcome:
    """One flight at the end of the day, as its owner's node tells it.

    Attributes:
        why: one word for the table: who or what stood in the way, or who assented.
        detail: the node's own words.
        met: intents it meets.
        flags: what the terms leave open about it.
    """

    callsign: str
    party: int
    role: str
    outcome: Outcome
    why: str
    detail: str
    intent: str | None = None
    digest: str | None = None
    assents: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def outcome_of(
    flight: DemoFlight, declared: Mapping[str, Any], told: Mapping[str, Any] | None
) -> FlightOutcome:
    """Put the answer to a declaration and what the owner's node shows into one outcome.

    Args:
        flight: as it was sent.
        declared: what the node answered to the declaration (`DeclaredTold`).
        told: what the node shows of the intent now (`IntentTold`), None where nothing was sent.
    """
    flags = tuple(declared.get("flags", ()))
    met = tuple(str(each["intent"]) for each in declared.get("met", ()))
    if declared["outcome"] != "proposed" or told is None:
        why = _own_refusal(declared)
        return FlightOutcome(
            flight.callsign,
            flight.party,
            flight.role.value,
            Outcome.REFUSED,
            f"own node: {why}",
            _detail(declared),
            met=met,
            flags=flags,
        )
    version = told["current"]
    state, answers = str(version["state"]), version["answers"]
    refusals = [each for each in answers if each["answer"] == "refusal"]
    if state in ACCEPTED:
        outcome, why = Outcome.ACCEPTED, "assented" if answers else "concerns nobody else"
    elif state in OPEN and not refusals:
        outcome, why = Outcome.HELD, str(version.get("put_off") or "no answer yet")
    else:
        outcome = Outcome.REFUSED
        why = str(version.get("withdrawn_because") or state)
        if refusals:
            why = f"peer: {refusals[0]['reason']}"
    return FlightOutcome(
        flight.callsign,
        flight.party,
        flight.role.value,
        outcome,
        why,
        "; ".join(map(str, version["why_not"])),
        intent=str(told["intent"]),
        digest=str(version["digest"]),
        assents=tuple(str(each["party"]) for each in answers if each["answer"] == "assent"),
        met=met,
        flags=flags,
    )


def by_reason(
    outcomes: Sequence[FlightOutcome], party_count: int = 2
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Outcome, reason, and how many flights of each party; the most frequent first."""
    counts = Counter((each.outcome.value, each.why, each.party) for each in outcomes)
    rows = {(outcome, why) for outcome, why, _ in counts}
    order = {outcome.value: number for number, outcome in enumerate(Outcome)}
    return sorted(
        ((o, why, tuple(counts[o, why, n] for n in range(party_count))) for o, why in rows),
        key=lambda row: (order[row[0]], -sum(row[2]), row[1]),
    )


def _own_refusal(declared: Mapping[str, Any]) -> str:
    """The own node's reason, and whose flights stand in the way."""
    reason, met = str(declared.get("reason") or "not proposed"), declared.get("met", ())
    if not met:
        return reason
    if all(each["verdict"]["verdict"] == "undetermined" for each in met):
        return f"{reason}: undetermined"
    party = str(declared.get("intent", "")).partition("/")[0]
    own = sum(each["owner"] == party for each in met)
    whose = "own flights" if own == len(met) else "the other's" if own == 0 else "flights of both"
    return f"{reason} with {whose}"


def _detail(declared: Mapping[str, Any]) -> str:
    met = declared.get("met", ())
    words = [f"{name} {value}" for name, value in declared.get("detail", {}).items()]
    words += [f"meets {each['intent']} ({_verdict(each['verdict'])})" for each in met]
    return "; ".join(words)


def _verdict(verdict: Mapping[str, Any]) -> str:
    if verdict["verdict"] != "conflict":
        return str(verdict.get("reason") or verdict["verdict"])
    return (
        f"{verdict['least_horizontal_m']:.0f} m and {verdict['least_vertical_m']:.0f} m apart"
        f" at {verdict['first_time']}"
    )
