"""Faults planted in the node, by name; each must be found by the simulator's invariants.

Those of the handshake are the BUG_ mutants of models/intent_handshake.pml that break safety, and its
deaf peer, which keeps a lone flight waiting. LEASE and EARLYDEAD are harmless there and not planted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from comity.application.node import Node
from comity.application.ports.record_store import JournalEntry
from comity.domain.intents import applying, decisions
from comity.domain.intents.answers import Answer, Move, answer_to
from comity.domain.intents.bodies import Acceptance
from comity.domain.intents.holdings import Holdings
from comity.domain.intents.states import IntentState
from comity.domain.intents.versions import Version
from comity.domain.records import unwrap


class ForgetfulNode(Node):
    """A restart forgets what was said about intents."""

    def _replay(self, entry: JournalEntry) -> None:
        if b'"kind":"intent.' not in _payload(entry.envelope_bytes):
            super()._replay(entry)


def _payload(envelope_bytes: bytes) -> bytes:
    return unwrap(envelope_bytes).payload_bytes


def _assent_in_any_case(blockers: Any) -> Answer:
    answer = answer_to(blockers)
    own = all(each.own and each.state is IntentState.PROPOSED for each in answer.blockers)
    return Answer(Move.ASSENT) if own else answer


def _assent_without_withdrawing(blockers: Any) -> Answer:
    answer = answer_to(blockers)
    return Answer(Move.ASSENT) if answer.move is Move.WITHDRAW_OWN else answer


def _lapsed_is_gone(blockers: Any) -> Answer:
    return answer_to([each for each in blockers if each.state is not IntentState.LAPSED])


def _without_waiting(blockers: Any) -> Answer:
    return answer_to([each for each in blockers if each.state is not IntentState.HELD])


_admit = Holdings.admit


def _admit_and_let_go(holdings: Holdings, version: Version) -> None:
    _admit(holdings, version)
    if version.proposal.replaces in holdings.versions:
        holdings._drop(version.proposal.replaces)


def _deaf(*_args: object) -> None:
    return None


def _always_complete(*_args: object) -> None:
    return None


def _accept_in_silence(holdings: Any, version: Version, context: Any, terms: Any) -> Any:
    proposal = version.proposal
    if version.refusals:
        return _owed(holdings, version, context, terms)
    acceptance = Acceptance(
        version.digest, proposal.basis.agreement, tuple(sorted(version.assents.items()))
    )
    body = decisions.acceptance_to_body(acceptance)
    return decisions.draft(
        holdings, decisions.ACCEPTANCE, proposal.required, body, decisions.NODE_OPERATOR
    )


_owed = decisions._owed_about_own_proposal


def _count_assents_to_any_version(holdings: Any, version: Version, context: Any, terms: Any) -> Any:
    for digest in holdings.history[version.intent]:
        for party, assent in holdings.versions[digest].assents.items():
            version.assents.setdefault(party, assent)
    return _owed(holdings, version, context, terms)


@contextmanager
def planted(name: str) -> Iterator[dict[str, Any]]:
    """Plant one fault; yields what the world has to be made with."""
    world: dict[str, Any] = {}
    patches: list[Any] = []
    match name:
        case "both-assent":
            patches = [patch.object(decisions, "answer_to", _assent_in_any_case)]
        case "not-withdrawn":
            patches = [patch.object(decisions, "answer_to", _assent_without_withdrawing)]
        case "stale":
            patches = [
                patch.object(decisions, "_owed_about_own_proposal", _count_assents_to_any_version),
                patch.object(applying, "_why_not_complete", _always_complete),
            ]
        case "silence":
            patches = [
                patch.object(decisions, "_owed_about_own_proposal", _accept_in_silence),
                patch.object(applying, "_why_not_complete", _always_complete),
            ]
        case "lapse-forgotten":
            patches = [patch.object(decisions, "answer_to", _lapsed_is_gone)]
        case "not-waited":
            patches = [patch.object(decisions, "answer_to", _without_waiting)]
        case "early-swap":
            patches = [patch.object(Holdings, "admit", _admit_and_let_go)]
        case "deaf":
            patches = [patch.object(decisions, "_owed_by_holder", _deaf)]
        case "amnesia":
            world["node_class"] = ForgetfulNode
        case "unsynced":
            world["unsynced_commits"] = 3
        case _:
            raise ValueError(name)
    for each in patches:
        each.start()
    try:
        yield world
    finally:
        for each in patches:
            each.stop()


FOUND_BY_SEED = {
    "both-assent": 0,
    "stale": 36,
    "silence": 0,
    "not-waited": 23,
    "early-swap": 7,
    "deaf": 0,
    "amnesia": 0,
    "unsynced": 1,
}
"""A seed whose run shows the fault; the two that are not here have a schedule of their own."""

PLANTED = (*FOUND_BY_SEED, "not-withdrawn", "lapse-forgotten")
