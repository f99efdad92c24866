"""What the book refuses by what it holds: strangers' claims, floods, and words about what is not there."""

from collections.abc import Iterable
from typing import Any

import pytest
from tests.intents_world import ALPHA, BRAVO, CHARLIE, NOON, RecordMaker
from tests.observations_world import entry

from comity.domain.observations import (
    CONSENT,
    CONSENT_WITHDRAWAL,
    ENDING,
    ENTRY,
    REPORT,
    VERIFICATION,
    WITHDRAWAL,
    Consent,
    ConsentWithdrawal,
    Ending,
    ObservationBook,
    ObservationKind,
    ObservationState,
    Policy,
    Report,
    SubjectKind,
    Verified,
    Withdrawal,
    policy_from_body,
    position_in,
    to_body,
)
from comity.domain.observations import book as book_module
from comity.domain.observations import consents as consents_module
from comity.domain.records import Draft, Record
from comity.kernel.errors import RecordError
from comity.kernel.ids import ObservationId, OperatorId, OriginId, PartyId
from comity.kernel.instants import Instant

NOWHERE: Any = "ab" * 32


class Desk:
    """A book of bravo, and parties that speak to it."""

    def __init__(self, *, exercise: bool = False) -> None:
        self.book = ObservationBook(BRAVO, exercise=exercise)
        self.makers = {party: RecordMaker(party) for party in (ALPHA, BRAVO, CHARLIE)}

    def say(
        self, party: PartyId, kind: str, body: dict[str, Any], to: Iterable[PartyId] = (),
        operator: str = "ada", at: Instant = NOON, exercise: bool = False,
    ) -> Record:  # fmt: skip
        draft = Draft(kind, tuple(to), body, OperatorId(operator), (), exercise)
        record = self.makers[party].make(draft, at)
        self.book.apply(record, at)
        return record


def number(party: PartyId, index: int) -> str:
    return f"{party}/{index:016x}"


def entry_body(index: int = 1, **changed: Any) -> dict[str, Any]:
    named = ObservationId(number(BRAVO, index))
    stated = {"id": named, "origin": OriginId(number(BRAVO, 100 + index)), **changed}
    return to_body(entry(NOON, **stated))


def report_body(party: PartyId = ALPHA, index: int = 1, **changed: Any) -> dict[str, Any]:
    stated = entry(NOON)
    report = Report(
        id=ObservationId(number(party, index)), supersedes=None, kind=stated.kind,
        nature=stated.nature, area=stated.area, subject=None, begins=stated.begins,
        ends=stated.ends, words="Position lost.", source=None, credibility=3,
        origins=(OriginId(number(party, 100 + index)),), provenance=(), onward=(),
        legal_basis="flight-safety", consent=None, approval=None,
    )  # fmt: skip
    return {**to_body(report), **changed}


def refused(reason: str, work: Any) -> None:
    with pytest.raises(RecordError) as caught:
        work()
    assert caught.value.reason == reason


@pytest.mark.requirement("OBSERVE-001")
def test_nobody_changes_what_is_anothers_and_nothing_that_is_not_there_is_changed() -> None:
    desk = Desk()
    said = desk.say(ALPHA, REPORT, report_body(), [BRAVO])
    mine = desk.say(BRAVO, ENTRY, entry_body())
    theirs, own = ObservationId(number(ALPHA, 1)), ObservationId(number(BRAVO, 1))
    foreign = ObservationId(number(CHARLIE, 1))

    def withdraw(party: PartyId, named: ObservationId, record: Any) -> Any:
        body = to_body(Withdrawal(named, record, ""))
        return lambda: desk.say(party, WITHDRAWAL, body, [BRAVO])

    refused("observation-owner", withdraw(CHARLIE, theirs, said.digest))
    refused("observation-owner", withdraw(CHARLIE, foreign, said.digest))
    refused("observation-unknown", withdraw(ALPHA, theirs, NOWHERE))
    refused("observation-owner", lambda: desk.say(CHARLIE, REPORT, report_body(ALPHA), [BRAVO]))
    refused(
        "observation-revision",
        lambda: desk.say(CHARLIE, REPORT, report_body(CHARLIE, supersedes=said.digest), [BRAVO]),
    )
    refused("observation-revision", lambda: desk.say(BRAVO, ENTRY, entry_body()))
    again = {**entry_body(), "revision": 2, "replaces": NOWHERE}
    refused("observation-revision", lambda: desk.say(BRAVO, ENTRY, again))
    ending = to_body(Ending(own, said.digest, ""))
    refused("observation-unknown", lambda: desk.say(BRAVO, ENDING, ending))
    check = to_body(Verified(mine.digest, (NOWHERE,), ""))
    refused("observation-unknown", lambda: desk.say(BRAVO, VERIFICATION, check, operator="ben"))
    assert {desk.book.state(each) for each in desk.book.held()} == {ObservationState.UNVERIFIED}


@pytest.mark.requirement("OBSERVE-010")
def test_a_consent_is_its_owners_alone_and_a_report_is_held_against_it() -> None:
    desk = Desk()
    site = number(CHARLIE, 9)
    consent = Consent(
        SubjectKind.SITE, site, ALPHA, (BRAVO,), (ObservationKind.SITE_DAMAGE,), NOON.plus_s(3_600)
    )
    given = desk.say(CHARLIE, CONSENT, to_body(consent), [ALPHA, BRAVO])
    damage: dict[str, Any] = {
        "kind": "site-damage", "nature": "water", "area": None, "consent": given.digest,
        "subject": {"digest": NOWHERE, "id": site, "kind": "site"},
    }  # fmt: skip
    desk.say(ALPHA, REPORT, report_body(**damage), [BRAVO])
    blocked = {**damage, "kind": "site-access-blocked", "nature": "road"}
    other = {**damage, "subject": {"digest": NOWHERE, "id": number(CHARLIE, 8), "kind": "site"}}
    late = NOON.plus_s(3_600)
    for said, at in ((blocked, NOON), (other, NOON), (damage, late)):
        body = report_body(index=2, **said)
        refused(
            "observation-consent", lambda b=body, t=at: desk.say(ALPHA, REPORT, b, [BRAVO], at=t)
        )
    ends = to_body(ConsentWithdrawal(given.digest, ""))
    refused("observation-owner", lambda: desk.say(ALPHA, CONSENT_WITHDRAWAL, ends, [BRAVO]))
    gone = to_body(ConsentWithdrawal(NOWHERE, ""))
    refused("observation-unknown", lambda: desk.say(CHARLIE, CONSENT_WITHDRAWAL, gone, [BRAVO]))
    desk.say(CHARLIE, CONSENT_WITHDRAWAL, ends, [ALPHA, BRAVO])
    body = report_body(index=2, **damage)
    refused("observation-consent", lambda: desk.say(ALPHA, REPORT, body, [BRAVO]))


@pytest.mark.requirement("OBSERVE-001")
def test_no_peer_fills_a_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "HELD_PER_PARTY_MAX", 3)
    monkeypatch.setattr(consents_module, "CONSENTS_PER_PARTY_MAX", 1)
    desk = Desk()
    for index in range(3):
        desk.say(ALPHA, REPORT, report_body(index=index), [BRAVO])
    refused("observation-limit", lambda: desk.say(ALPHA, REPORT, report_body(index=4), [BRAVO]))
    desk.say(CHARLIE, REPORT, report_body(CHARLIE), [BRAVO])  # another party has room
    kinds = (ObservationKind.SITE_DAMAGE,)
    consent = to_body(
        Consent(SubjectKind.SITE, number(ALPHA, 1), BRAVO, (), kinds, NOON.plus_s(60))
    )
    desk.say(ALPHA, CONSENT, consent, [BRAVO])
    refused("observation-limit", lambda: desk.say(ALPHA, CONSENT, consent, [BRAVO]))
    much_later = NOON.plus_s(200 * 86_400)
    body = report_body(index=9, begins=str(much_later), ends=str(much_later.plus_s(60)))
    desk.say(ALPHA, REPORT, body, [BRAVO], at=much_later)  # what is long over leaves the book
    assert len(list(desk.book.held())) == 1


@pytest.mark.requirement("OBSERVE-002")
def test_exercise_and_live_never_mix() -> None:
    desk = Desk()
    desk.say(ALPHA, REPORT, report_body(), [BRAVO], exercise=True)
    assert list(desk.book.held()) == []
    drill = Desk(exercise=True)
    drill.say(ALPHA, REPORT, report_body(), [BRAVO], exercise=True)
    assert len(list(drill.book.held())) == 1


@pytest.mark.requirement("OBSERVE-008")
def test_labels_that_run_in_a_loop_are_refused_and_nothing_goes_by_one() -> None:
    labels: dict[str, Any] = {f"l{n:02d}": {"same_as": f"l{(n + 1) % 64:02d}"} for n in range(64)}
    with pytest.raises(RecordError, match="observation-policy: labels: loop"):
        policy_from_body({"labels": labels})
    with pytest.raises(RecordError, match=r"missing-field: labels\.l7\.kinds"):
        policy_from_body({"labels": {"l7": {}}})
    looped = Policy({}, {"a": "b", "b": "a"})  # made by hand, past the reader: still nothing goes
    assert looped.rule_of("a") is None
    assert "no rule" in str(looped.strictest(["a"]))


@pytest.mark.requirement("OBSERVE-003")
@pytest.mark.parametrize(
    "words",
    [
        "46.3012, 7.5521", "at 46,30125 / 7,55215", "N 46 18.1 E 007 33.1", "46°18'30\"N 7°33'10\"E",
        "4618N00733E", "461830N0073310E", "32T LS 83307 10394", "32TLS8330710394", "8FR98H22+2C",
    ],
)  # fmt: skip
def test_a_position_with_figures_in_words_is_found(words: str) -> None:
    assert position_in(f"smoke {words} seen") is not None


@pytest.mark.requirement("OBSERVE-003")
@pytest.mark.parametrize(
    "words",
    [
        "", "Three aircraft at FL320 from 13:30 to 13:50 UTC.", "QNH 1013.25, wind 240 at 15 kt",
        "Grade B3; call on 123.45 MHz", "Flooded since 2026-11-28", "дым над дорогой", "5.5 km long",
    ],
)  # fmt: skip
def test_figures_that_are_no_position_pass(words: str) -> None:
    assert position_in(words) is None
