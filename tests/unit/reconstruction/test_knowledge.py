"""Who knew what, when: every statement with what it rests on, and the unknown told as unknown."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from comity.domain.reconstruction import Act, Basis, Heard, Knowledge, LogView, who_knew
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

HERE, THERE, THIRD = (PartyId(f"{name}.aaaaaaaa") for name in ("alfa", "bravo", "charlie"))
T = Instant(1_795_000_000_000)
SITE = f"{HERE}/site/hospital"


def digest(name: str) -> RecordDigest:
    return RecordDigest(hashlib.sha256(name.encode()).hexdigest())


class Journal:
    """Records as they came, and the logs they stand in."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.places: dict[tuple[PartyId, PartyId], dict[RecordDigest, int]] = {}
        self.cosigned: dict[tuple[PartyId, PartyId], dict[int, Instant | None]] = {}

    def say(
        self, name: str, kind: str, author: PartyId, to: tuple[PartyId, ...], made_s: float,
        body: Mapping[str, Any], operator: str = "ada", received_s: float | None = None,
        logged: bool = True,
    ) -> RecordDigest:  # fmt: skip
        made_at = T.plus_s(made_s)
        received_at = made_at if received_s is None else T.plus_s(received_s)
        self.heard.append(
            Heard(
                position=len(self.heard), digest=digest(name), kind=kind, author=author,
                operator=OperatorId(operator), recipients=to, made_at=made_at,
                received_at=received_at, exercise=False, body=body,
            )
        )  # fmt: skip
        for reader in to if logged else ():
            if HERE in {author, reader}:
                places = self.places.setdefault((author, reader), {})
                places[digest(name)] = len(places)
        return digest(name)

    def cosign(self, owner: PartyId, reader: PartyId, size: int, at_s: float | None) -> None:
        at = None if at_s is None else T.plus_s(at_s)
        self.cosigned.setdefault((owner, reader), {})[size] = at

    def knew(self, subject: str) -> Knowledge:
        logs = []
        for pair, places in self.places.items():
            sizes = self.cosigned.get(pair, {})
            logs.append(LogView(*pair, places, tuple(sorted(sizes)), sizes.__getitem__))
        return who_knew(subject, self.heard, logs, HERE)


def of(known: Knowledge, act: Act, party: PartyId) -> list[Any]:
    return [each for each in known.statements if each.act is act and each.party == party]


def message(journal: Journal, to: tuple[PartyId, ...] = (THERE,), **more: Any) -> RecordDigest:
    body = {"text": "Jets in the area.", "particulars": PARTICULARS}
    return journal.say("message", "line.message", HERE, to, 10, body, **more)


PARTICULARS = {
    "position": None,
    "height": None,
    "time": None,
    "number": {"value": 12, "of": "aircraft"},
}


@pytest.mark.requirement("RECON-001")
@pytest.mark.requirement("RECON-003")
def test_a_receipt_says_between_which_cosignatures_a_party_had_it():
    journal = Journal()
    journal.say("before", "line.check", HERE, (THERE,), 0, {})
    journal.cosign(HERE, THERE, 1, 5.0)
    mine = message(journal)
    journal.cosign(HERE, THERE, 2, 14.0)
    (received,) = of(journal.knew(mine), Act.RECEIVED, THERE)
    assert (received.not_before, received.not_after) == (T.plus_s(5), T.plus_s(14.999))
    assert received.at is None
    assert received.basis is Basis.COSIGNED
    (made,) = of(journal.knew(mine), Act.MADE, HERE)
    assert (made.at, made.person, made.basis) == (T.plus_s(10), "ada", Basis.OWN_CLOCK)
    assert made.not_after == T.plus_s(14.999)


@pytest.mark.requirement("RECON-003")
def test_a_cosignature_whose_signatures_do_not_hold_is_no_receipt():
    journal = Journal()
    mine = message(journal)
    journal.cosign(HERE, THERE, 1, None)
    (received,) = of(journal.knew(mine), Act.RECEIVED, THERE)
    assert received.known is False
    journal.cosign(HERE, THERE, 2, 30.0)
    (received,) = of(journal.knew(mine), Act.RECEIVED, THERE)
    assert received.not_after == T.plus_s(30.999)


@pytest.mark.requirement("RECON-002")
def test_each_statement_names_what_a_third_party_checks():
    journal = Journal()
    mine = message(journal)
    journal.cosign(HERE, THERE, 1, 14.0)
    known = journal.knew(mine)
    (received,) = of(known, Act.RECEIVED, THERE)
    for words in ("size 1", f"comity.invalid/log/{HERE}/{THERE}", "leaf 0", str(T.plus_s(14))):
        assert words in received.words
    assert all(each.rests_on for each in known.statements)
    assert {digest for each in known.statements for digest in each.rests_on} == {mine}


@pytest.mark.requirement("RECON-004")
def test_without_a_receipt_or_an_answer_it_is_unknown_and_never_delivered():
    journal = Journal()
    mine = message(journal, (THERE, THIRD))
    journal.cosign(HERE, THIRD, 1, 12.0)
    known = journal.knew(mine)
    (there,) = of(known, Act.RECEIVED, THERE)
    assert there.known is False
    assert there.at is there.not_after is None
    assert "no receipt" in there.words
    assert {each.party for each in known.unknown() if each.act is Act.ACKNOWLEDGED} == {
        THERE,
        THIRD,
    }
    (third,) = of(known, Act.RECEIVED, THIRD)
    assert third.known is True


@pytest.mark.requirement("RECON-004")
def test_receipts_between_two_others_are_unknown_here():
    journal = Journal()
    theirs = journal.say("theirs", "line.message", THERE, (HERE, THIRD), 0, {}, received_s=3)
    (third,) = of(journal.knew(theirs), Act.RECEIVED, THIRD)
    assert third.known is False
    assert "not here" in third.words
    (own,) = of(journal.knew(theirs), Act.RECEIVED, HERE)
    assert (own.at, own.basis) == (T.plus_s(3), Basis.OWN_CLOCK)


@pytest.mark.requirement("RECON-001")
def test_a_person_is_told_with_the_echelon_at_which_they_had_the_watch():
    journal = Journal()
    watch = {"echelon": "sector", "officer": "eve"}
    journal.say("watch", "line.watch", THERE, (HERE,), -60, watch, "eve", received_s=-59)
    mine = message(journal)
    body = {"message": mine, "remark": ""}
    ack = journal.say("ack", "line.acknowledgement", THERE, (HERE,), 40, body, "eve", received_s=41)
    step = {
        "message": mine,
        "party": THERE,
        "step": 1,
        "echelon": "headquarters",
        "channel": "line",
    }
    journal.say("step", "line.escalation", HERE, (THERE,), 25, step, "node")
    known = journal.knew(mine)
    (acknowledged,) = of(known, Act.ACKNOWLEDGED, THERE)
    assert (acknowledged.person, acknowledged.echelon) == ("eve", "sector")
    assert (acknowledged.at, acknowledged.basis) == (T.plus_s(40), Basis.PEER_CLAIM)
    assert acknowledged.rests_on == (ack, mine)
    (escalated,) = of(known, Act.ESCALATED, HERE)
    assert (escalated.person, escalated.echelon) == (None, "headquarters")
    assert known.unknown() == tuple(of(known, Act.RECEIVED, THERE)[:1])


@pytest.mark.requirement("RECON-005")
@pytest.mark.parametrize(("repeated", "act"), [(12, Act.READ_BACK), (13, Act.READ_BACK_WRONG)])
def test_a_read_back_counts_only_where_it_matches(repeated: int, act: Act):
    journal = Journal()
    mine = message(journal)
    particulars = PARTICULARS | {"number": {"value": repeated, "of": "aircraft"}}
    body = {"message": mine, "particulars": particulars}
    journal.say("back", "line.read-back", THERE, (HERE,), 20, body, "eve", received_s=21)
    (back,) = [e for e in journal.knew(mine).statements if e.party == THERE and e.person == "eve"]
    assert back.act is act
    assert ("13 read back, 12 said" in back.words) is (act is Act.READ_BACK_WRONG)


@pytest.mark.requirement("RECON-006")
def test_a_record_that_says_it_was_made_after_it_was_receipted_is_told():
    journal = Journal()
    theirs = journal.say("late", "line.message", THERE, (HERE,), 100, {}, received_s=4)
    journal.cosign(THERE, HERE, 1, 4.0)
    (told,) = journal.knew(theirs).contradictions
    assert "95.0 s apart, 5 s allowed" in str(told)
    near = Journal()
    theirs = near.say("near", "line.message", THERE, (HERE,), 8, {}, received_s=4)
    near.cosign(THERE, HERE, 1, 4.0)
    assert near.knew(theirs).contradictions == ()


@pytest.mark.requirement("RECON-001")
def test_a_site_is_found_by_its_id_with_the_precision_that_each_party_got():
    journal = Journal()
    journal.say(
        "entry", "site.entries", HERE, (), 0, {"entries": [{"site": SITE, "kind": "hospital"}]}
    )
    body = {"sites": [{"site": SITE, "precision_mm": 500_000}]}
    journal.say("coarse", "site.notice", HERE, (THERE,), 5, body, "node")
    journal.cosign(HERE, THERE, 1, 9.0)
    known = journal.knew(SITE)
    (received,) = of(known, Act.RECEIVED, THERE)
    assert received.precision == "within 500 m"
    entered = [each for each in of(known, Act.MADE, HERE) if each.kind == "site.entries"]
    assert entered[0].precision == "in full, to nobody else"


@pytest.mark.requirement("RECON-001")
def test_a_digest_by_its_beginning_and_what_is_no_name():
    journal = Journal()
    mine = message(journal)
    assert journal.knew(mine[:8]).records == 1
    assert journal.knew("0123456789").statements == ()
    for subject in ("", "x" * 129):
        with pytest.raises(InputError, match="subject"):
            journal.knew(subject)
    journal.heard[0] = journal.heard[0].__class__(
        **{name: getattr(journal.heard[0], name) for name in Heard.__slots__}
        | {"digest": RecordDigest("ab" * 32)}
    )
    journal.heard.append(
        journal.heard[0].__class__(
            **{name: getattr(journal.heard[0], name) for name in Heard.__slots__}
            | {"digest": RecordDigest("ab" * 31 + "cd")}
        )
    )
    with pytest.raises(InputError, match="2 records begin with ababab"):
        journal.knew("ababab")


@pytest.mark.requirement("RECON-001")
def test_a_record_that_lists_others_says_nothing_of_them():
    journal = Journal()
    mine = message(journal)
    journal.say("list", "evidence.bundle", HERE, (), 90, {"files": [{"record": mine}]})
    journal.say("post", "group.post", THERE, (HERE,), 95, {"about": mine}, "eve", received_s=96)
    acts = [each.act for each in journal.knew(mine).statements if each.at == T.plus_s(95)]
    assert acts == [Act.MENTIONED]
    assert journal.knew(mine).records == 2
