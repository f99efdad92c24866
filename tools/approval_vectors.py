"""The vectors of docs/spec/approval.md: the field at the top of a record, and the digest that is approved.

The digests come from hashlib over canonical text spelt here by hand. Nothing here imports comity.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, Case, Fields

__all__ = ["cases", "known_keys"]

NAMED, OTHER = "d3" * 32, "d4" * 32
GOOD: Fields = {"operator": "pavel", "record": NAMED}
MADE_AT, EXPIRES_AT = "2026-11-28T13:55:00.000Z", "2026-11-29T13:55:00.000Z"
SAID: Fields = {
    "body": {"peer": BRAVO.id, "reason": "both have looked at the proof"},
    "exercise": False,
    "kind": "peer.unfreeze",
    "kind_version": 1,
    "labels": [],
    "recipients": [],
}


def what(said: Fields) -> str:
    """A5, for ASCII bodies without numbers that Python spells otherwise than RFC 8785."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"comity approval v1\n" + text.encode()).hexdigest()


PROPOSAL: Fields = {**SAID, "expires_at": EXPIRES_AT, "what": what(SAID)}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    for kind in ("agreement.signature", "peer.unfreeze", "party.key"):
        body = {"agreement": NAMED} if kind == "agreement.signature" else {}
        name = kind.replace(".", "-")
        yield field(f"{name}-by-two", "A1", "", kind, body, approval=GOOD)
        yield field(f"{name}-by-one", "A12", "", kind, body)
        yield field(
            f"{name}-own", "A4", "second-person", kind, body, approval={**GOOD, "operator": "olga"}
        )
    for name, rule, value in (
        ("null", "A1", None),
        ("text", "A1", "pavel"),
        ("empty", "A1", {}),
        ("more", "A1", {**GOOD, "at": MADE_AT}),
        ("no-record", "A1", {"operator": "pavel"}),
        ("node", "A2", {**GOOD, "operator": "node"}),
        ("capital", "A2", {**GOOD, "operator": "Pavel"}),
        ("number", "A2", {**GOOD, "operator": 7}),
        ("short", "A3", {**GOOD, "record": NAMED[:-1]}),
        ("upper", "A3", {**GOOD, "record": NAMED.upper()}),
    ):
        yield field(
            name, rule, "field-form", "agreement.signature", {"agreement": NAMED}, approval=value
        )
    yield own("proposal", "A7", "", PROPOSAL)
    yield own("proposal-other-what", "A5", "approval-what", {**PROPOSAL, "what": OTHER})
    changed = {**PROPOSAL, "body": {**SAID["body"], "reason": "another"}}
    yield own("proposal-other-body", "A5", "approval-what", changed)
    late = {**PROPOSAL, "expires_at": "2026-11-29T13:55:00.001Z"}
    yield own("proposal-a-day-and-1-ms", "A7", "field-limit", late)
    yield own("proposal-at-once", "A7", "field-limit", {**PROPOSAL, "expires_at": MADE_AT})
    single = {**SAID, "kind": "intent.proposal"}
    one = {**single, "expires_at": EXPIRES_AT, "what": what(single)}
    yield own("proposal-of-one", "A8", "field-form", one)
    for name in ("kind", "body", "kind_version", "exercise", "labels", "recipients"):
        without = {key: value for key, value in PROPOSAL.items() if key != name}
        yield own(f"proposal-no-{name.replace('_', '-')}", "A7", "field-form", without)


def field(name: str, rule: str, reason: str, kind: str, body: Fields, **more: Any) -> Case:
    """A record with the field, or without."""
    fields = {"kind": kind, "operator": "olga", "made_at": MADE_AT, "body": body}
    to = [] if kind == "peer.unfreeze" else [BRAVO.id]
    envelope = sealed(payload(**fields, recipients=to, author=ALFA.id, **more), ALFA)
    end = "_reject" if reason else ""
    return Case(
        f"field-{name}{end}", rule, name, {"envelope.json": envelope}, reason=reason or None
    )


def own(name: str, rule: str, reason: str, body: Fields) -> Case:
    """A record of the author's own."""
    fields = {"kind": "operator.proposal", "operator": "olga", "made_at": MADE_AT, "body": body}
    envelope = sealed(payload(**fields, recipients=[], author=ALFA.id), ALFA)
    end = "_reject" if reason else ""
    return Case(f"{name}{end}", rule, name, {"envelope.json": envelope}, reason=reason or None)
