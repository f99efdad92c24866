import itertools
from dataclasses import replace

import pytest
from tests.agreement_world import (
    DAY_S,
    NODE,
    NOON,
    OPERATOR,
    Actor,
    actors,
    agreement_between,
    book_with,
    text_between,
)

from comity.domain.agreement import (
    AgreementBook,
    LegalState,
    StatementAction,
    parse_agreement,
    proposal_draft,
    signature_draft,
    statement_draft,
)
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import AgreementDigest
from comity.kernel.instants import Instant

SUSPEND, RESTORE, WITHDRAW = StatementAction


def later(seconds: float):
    return NOON.plus_s(seconds)


def signed_world(*slugs: str, **changed: object):
    people = actors(*(slugs or ("north", "south")))
    agreement = agreement_between(*people, **changed)
    records = [people[0].propose(agreement), *(each.sign(agreement) for each in people)]
    return people, agreement, records


def refused(book: AgreementBook, record) -> str:
    before = (book.history(), book.agreements(), book.legal_status(later(DAY_S)))
    with pytest.raises(RecordError) as caught:
        book.apply(record, record.made_at)
    assert (book.history(), book.agreements(), book.legal_status(later(DAY_S))) == before
    return caught.value.reason


@pytest.mark.requirement("AGREE-011")
def test_it_is_in_force_only_when_every_party_has_signed_the_same_text():
    people = actors("north", "south", "east")
    agreement = agreement_between(*people)
    book = AgreementBook(people[0].id)
    at = later(60)
    assert book.legal_status(at).state is LegalState.DRAFT
    book.apply(people[0].propose(agreement), at)
    assert book.legal_status(at).state is LegalState.PROPOSED
    for missing in (2, 1, 0):
        assert book.in_force(at) is None
        assert not book.may_accept_new(at)
        record = people[missing].sign(agreement)
        book.apply(record, at)
        if missing:
            status = book.legal_status(at)
            assert status.state is LegalState.PARTLY_SIGNED
            assert people[0].id in status.waiting_for
    assert book.in_force(at) == agreement.terms
    assert book.may_accept_new(at)
    assert book.legal_status(at).state is LegalState.IN_FORCE


@pytest.mark.requirement("AGREE-011")
def test_signatures_under_another_text_do_not_count():
    people, agreement, records = signed_world()
    other = agreement_between(*people, title="Another text")
    book = book_with(people[0], *records[:2], people[1].sign(other))
    assert book.in_force(later(60)) is None
    assert book.status_of(agreement.digest, later(60)).waiting_for == (people[1].id,)


@pytest.mark.requirement("AGREE-011")
def test_terms_bind_only_while_the_text_is_valid():
    people, _, records = signed_world(valid_from=later(1000), valid_until=later(2000))
    book = book_with(people[0], *records)
    expected = [
        (999.999, LegalState.SIGNED, False),
        (1000, LegalState.IN_FORCE, True),
        (1999.999, LegalState.IN_FORCE, True),
        (2000, LegalState.EXPIRED, False),
    ]
    for seconds, state, binds in expected:
        assert book.legal_status(later(seconds)).state is state
        assert (book.in_force(later(seconds)) is not None) == binds
        assert book.may_accept_new(later(seconds)) == binds


@pytest.mark.requirement("AGREE-012")
def test_an_amendment_takes_over_when_all_have_signed_it_and_not_before():
    people, first, records = signed_world()
    second = agreement_between(*people, version=2, amends=first.digest, horizontal_m=5000.0)
    north, south = people
    book = book_with(north, *records, south.propose(second, 10), south.sign(second, 10))
    assert book.in_force(later(100)) == first.terms
    book.apply(north.sign(second, 200), later(300))
    assert book.in_force(later(100)) == first.terms
    assert book.in_force(later(300)) == second.terms
    assert book.status_of(first.digest, later(300)).state is LegalState.SUPERSEDED


@pytest.mark.requirement("AGREE-012")
def test_the_version_before_binds_until_the_amendment_is_valid():
    people, first, records = signed_world()
    second = agreement_between(
        *people, version=2, amends=first.digest, valid_from=later(5000), valid_until=later(9000)
    )
    more = [people[0].propose(second), *(each.sign(second) for each in people)]
    book = book_with(people[0], *records, *more)
    assert book.in_force(later(4999)) == first.terms
    assert book.status_of(second.digest, later(4999)).state is LegalState.SIGNED
    assert book.in_force(later(5000)) == second.terms
    assert book.in_force(later(9000)) is None, "what was superseded does not come back"


@pytest.mark.requirement("AGREE-012")
def test_two_amendments_of_one_version_never_both_come_into_force():
    people, first, records = signed_world()
    rivals = [
        agreement_between(*people, version=2, amends=first.digest, title=title)
        for title in ("One way", "Another way")
    ]
    more = [people[0].propose(each) for each in rivals]
    more += [person.sign(each, 5) for each in rivals for person in people]
    book = book_with(people[0], *records, *more)
    at = later(600)
    states = [book.status_of(each.digest, at).state for each in rivals]
    assert sorted(states) == [LegalState.IN_FORCE, LegalState.RIVAL]
    assert book.in_force(at) == rivals[states.index(LegalState.IN_FORCE)].terms


@pytest.mark.requirement("AGREE-012")
def test_a_person_is_kept_from_signing_two_texts_for_one_place():
    people, first, records = signed_world()
    north = people[0]
    book = book_with(north, *records)
    one, two = (
        agreement_between(*people, version=2, amends=first.digest, title=title)
        for title in ("One way", "Another way")
    )
    for each in (one, two):
        book.apply(north.propose(each), later(60))
    assert book.check_may_sign(one.digest, north.id, later(60)) == one
    book.apply(north.sign(one), later(60))
    for digest, reason in (
        (one.digest, "already-signed"),
        (two.digest, "rival-signed"),
        (AgreementDigest("0" * 64), "unknown-agreement"),
    ):
        with pytest.raises(AgreementError, match=reason):
            book.check_may_sign(digest, north.id, later(60))
    with pytest.raises(AgreementError, match="not-a-party"):
        book.check_may_sign(two.digest, Actor("west").id, later(60))
    with pytest.raises(AgreementError, match="agreement-expired"):
        book.check_may_sign(two.digest, people[1].id, later(40 * DAY_S))


@pytest.mark.requirement("AGREE-013")
def test_a_suspension_is_one_sides_and_only_that_side_restores():
    people, agreement, records = signed_world()
    north, south = people
    book = book_with(north, *records, south.state(agreement, SUSPEND, 10))
    at = later(60)
    status = book.legal_status(at)
    assert (status.state, status.by, status.unilateral) == (
        LegalState.SUSPENDED, (south.id,), True,
    )  # fmt: skip
    assert not book.may_accept_new(at)
    assert book.in_force(at) == agreement.terms, "accepted flights stand by the terms"
    assert refused(book, north.state(agreement, RESTORE)) == "nothing-to-restore"
    with pytest.raises(AgreementError, match="nothing-to-restore"):
        book.check_may_state(agreement.digest, north.id, "restore")
    book.apply(south.state(agreement, RESTORE, 60), later(90))
    assert book.may_accept_new(later(90))
    assert not book.may_accept_new(at), "the past stays as it was"
    words = [entry.words for entry in book.history() if entry.unilateral]
    assert len(words) == 2
    assert "by its own statement: said at the table" in words[0]


@pytest.mark.requirement("AGREE-013")
def test_a_suspension_waits_for_its_notice():
    people = actors("north", "south")
    north, south = people
    drafted = text_between(*(each.draft_party() for each in people))
    agreement = parse_agreement(
        drafted.replace("suspension_notice_h = 0", "suspension_notice_h = 2")
    )
    records = [north.propose(agreement), north.sign(agreement), south.sign(agreement)]
    said = south.state(agreement, SUSPEND)
    book = book_with(north, *records, said)
    assert book.may_accept_new(said.made_at.plus_s(7_199.999))
    assert not book.may_accept_new(said.made_at.plus_s(7_200.0))


@pytest.mark.requirement("AGREE-013")
@pytest.mark.parametrize("ahead_s", [0.5, 600.0])
@pytest.mark.parametrize("across_versions", [False, True])
def test_a_restoration_ends_a_suspension_made_with_a_clock_ahead(ahead_s, across_versions):
    people, agreement, records = signed_world()
    north, south = people
    suspended = agreement
    if across_versions:
        agreement = agreement_between(*people, version=2, amends=suspended.digest)
        records += [north.propose(agreement), south.sign(agreement)]
    records.append(south.state(suspended, SUSPEND, ahead_s))
    if across_versions:
        records.append(north.sign(agreement, 2 * ahead_s))
    book = book_with(north, *records)
    after = later(2 * ahead_s + 60)
    assert not book.may_accept_new(after)
    restored = south.state(agreement, RESTORE, 0.1 - ahead_s)  # the clock was set right meanwhile
    book.apply(restored, restored.made_at)
    assert book.may_accept_new(after)
    book.apply(south.state(agreement, SUSPEND), after)
    assert not book.may_accept_new(after), "a later one holds anew"


@pytest.mark.requirement("AGREE-013")
def test_a_suspension_restored_before_it_takes_effect_never_does():
    people, agreement, records = signed_world()
    north, south = people
    planned = south.state(agreement, SUSPEND, 1, effective_at=later(500))
    book = book_with(north, *records, planned, south.state(agreement, RESTORE, 10))
    assert book.may_accept_new(later(499))
    assert book.may_accept_new(later(501))


@pytest.mark.requirement("AGREE-013")
def test_both_sides_may_suspend_and_both_must_restore():
    people, agreement, records = signed_world()
    north, south = people
    book = book_with(
        north,
        *records,
        north.state(agreement, SUSPEND, 10),
        south.state(agreement, SUSPEND, 20),
        north.state(agreement, RESTORE, 30),
    )
    assert book.legal_status(later(60)).by == (south.id,)
    book.apply(south.state(agreement, RESTORE, 60), later(100))
    assert book.may_accept_new(later(100))


@pytest.mark.requirement("AGREE-013")
def test_a_statement_takes_effect_when_it_says_but_never_before_the_agreed_notice():
    people, agreement, records = signed_world()
    north, south = people
    planned = south.state(agreement, SUSPEND, 1, effective_at=later(500))
    backdated = north.state(agreement, SUSPEND, 1, effective_at=later(-500))
    book = book_with(north, *records, planned)
    assert book.may_accept_new(later(499))
    assert not book.may_accept_new(later(500))
    book.apply(backdated, later(10))
    assert book.legal_status(north.clock.plus_s(-0.001)).state is not LegalState.SUSPENDED
    assert book.legal_status(north.clock).by == (north.id,)


@pytest.mark.requirement("AGREE-013")
@pytest.mark.parametrize("signed_first", [True, False])
def test_a_suspension_outlives_an_amendment_that_was_signed_before_it(signed_first):
    people, first, records = signed_world()
    north, south = people
    second = agreement_between(*people, version=2, amends=first.digest)
    records.append(north.propose(second))
    if signed_first:
        records += [south.sign(second), south.state(first, SUSPEND)]
    else:
        records += [south.state(first, SUSPEND), south.sign(second)]
    book = book_with(north, *records, north.sign(second, 20))
    at = later(60)
    assert book.in_force(at) == second.terms
    assert book.may_accept_new(at) == (not signed_first), "signing anew is consent anew"
    if signed_first:
        book.apply(south.state(second, RESTORE, 60), later(90))
        assert book.may_accept_new(later(90))


@pytest.mark.requirement("AGREE-014")
def test_a_withdrawal_ends_the_agreement_after_the_notice_and_for_good():
    people, agreement, records = signed_world()
    north, south = people
    book = book_with(north, *records, south.state(agreement, WITHDRAW, 10))
    assert book.may_accept_new(later(3600)), "24 h of notice are agreed"
    at = later(DAY_S + 60)
    assert book.in_force(at) is None
    status = book.legal_status(at)
    assert (status.state, status.by) == (LegalState.WITHDRAWN, (south.id,))
    for action in StatementAction:
        assert refused(book, south.state(agreement, action)) == "agreement-withdrawn"
    with pytest.raises(AgreementError, match="agreement-withdrawn"):
        book.check_may_state(agreement.digest, south.id, "restore")


@pytest.mark.requirement("AGREE-014")
def test_a_signature_taken_back_in_time_leaves_the_version_before_in_force():
    people, first, records = signed_world()
    north, south = people
    second = agreement_between(*people, version=2, amends=first.digest)
    book = book_with(
        north,
        *records,
        north.propose(second),
        north.sign(second),
        north.state(second, WITHDRAW),
        south.sign(second, 30),
    )
    assert book.in_force(later(DAY_S * 3)) == first.terms
    assert book.status_of(second.digest, later(60)).state is LegalState.WITHDRAWN


@pytest.mark.requirement("AGREE-014")
def test_after_a_withdrawal_only_a_new_first_version_brings_terms_again():
    people, first, records = signed_world()
    north, south = people
    records.append(south.state(first, WITHDRAW, 1))
    amended = agreement_between(*people, version=2, amends=first.digest)
    anew = agreement_between(*people, title="A new beginning")
    for each in (amended, anew):
        records += [north.propose(each, 2 * DAY_S), north.sign(each), south.sign(each, 4 * DAY_S)]
    book = book_with(north, *records)
    at = later(20 * DAY_S)
    assert book.in_force(at) == anew.terms
    assert book.status_of(amended.digest, at).state is LegalState.RIVAL


@pytest.mark.requirement("AGREE-015")
def test_the_standing_is_the_same_in_whatever_order_authors_records_come():
    people, first, records = signed_world()
    north, south = people
    second = agreement_between(*people, version=2, amends=first.digest)
    of_north = [records[0], records[1], north.propose(second), north.sign(second, 4),
                north.state(second, SUSPEND, 30)]  # fmt: skip
    of_south = [records[2], south.state(first, SUSPEND), south.sign(second, 9),
                south.state(second, RESTORE, 3), south.state(second, WITHDRAW, 40)]  # fmt: skip
    instants = [later(seconds) for seconds in (0, 2, 5, 8, 12, 15, 20, 36, 50, 60, 2 * DAY_S)]
    seen = set()
    slots = range(len(of_north) + len(of_south))
    for chosen in itertools.islice(itertools.combinations(slots, len(of_north)), 0, None, 7):
        rest = {True: iter(of_north), False: iter(of_south)}
        book = book_with(north, *(next(rest[slot in chosen]) for slot in slots))
        seen.add(tuple((book.legal_status(at), book.in_force(at) is None) for at in instants))
    assert len(seen) == 1
    states = [status.state for status, _ in seen.pop()]
    assert LegalState.SUSPENDED in states
    assert states[-1] is LegalState.WITHDRAWN


@pytest.mark.requirement("AGREE-016")
@pytest.mark.parametrize("make", [proposal_draft, signature_draft])
def test_a_node_signs_and_proposes_nothing_by_itself(make):
    people, agreement, records = signed_world()
    book = book_with(people[1], records[0])
    record = people[0].say(make(agreement, people[0].id, NODE))
    assert refused(book, record) == "person-required"


@pytest.mark.requirement("AGREE-016")
def test_a_node_states_nothing_by_itself():
    people, agreement, records = signed_world()
    draft = statement_draft(agreement, people[0].id, NODE, action=SUSPEND, reason="x")
    assert refused(book_with(people[1], *records), people[0].say(draft)) == "person-required"


def draft_of(kind: str):
    north, south = actors("north", "south")
    agreement = agreement_between(north, south)
    drafts = {
        "agreement.proposal": proposal_draft(agreement, north.id, OPERATOR),
        "agreement.signature": signature_draft(agreement, north.id, OPERATOR),
        "agreement.statement": statement_draft(
            agreement, north.id, OPERATOR, action=SUSPEND, reason="because"
        ),
    }
    return north, south, drafts[kind]


@pytest.mark.parametrize(
    ("kind", "changed", "reason"),
    [
        ("agreement.proposal", {"text": None}, "field-form"),
        ("agreement.proposal", {"text": "no front matter"}, "agreement-text"),
        ("agreement.proposal", {"agreement": "0" * 64}, "agreement-digest"),
        ("agreement.proposal", {"agreement": "0" * 63}, "field-form"),
        ("agreement.proposal", {"previous": "0" * 64}, "agreement-digest"),
        ("agreement.proposal", {"previous": 3}, "field-form"),
        ("agreement.proposal", {"languages": ["fr"]}, "field-form"),
        ("agreement.proposal", {"languages": "en"}, "field-form"),
        ("agreement.signature", {"agreement": 7}, "field-form"),
        ("agreement.statement", {"action": "destroy"}, "field-form"),
        ("agreement.statement", {"action": ["suspend"]}, "field-form"),
        ("agreement.statement", {"reason": ""}, "field-form"),
        ("agreement.statement", {"reason": "x" * 2001}, "field-form"),
        ("agreement.statement", {"reason": "a\u202eb"}, "field-form"),
        ("agreement.statement", {"effective_at": "2026-11-23T12:00:00"}, "field-form"),
        ("agreement.statement", {"effective_at": 12}, "field-form"),
    ],
)
def test_a_malformed_body_is_refused_and_changes_nothing(kind, changed, reason):
    north, south, draft = draft_of(kind)
    record = north.say(replace(draft, body={**draft.body, **changed}))
    assert refused(AgreementBook(south.id), record) == reason


@pytest.mark.parametrize("field", ["agreement", "text", "languages", "action", "reason"])
def test_a_missing_field_is_named(field):
    for kind in ("agreement.proposal", "agreement.signature", "agreement.statement"):
        north, south, draft = draft_of(kind)
        if field not in draft.body:
            continue
        body = {name: value for name, value in draft.body.items() if name != field}
        with pytest.raises(RecordError) as caught:
            AgreementBook(south.id).apply(north.say(replace(draft, body=body)), NOON)
        assert (caught.value.reason, caught.value.detail) == ("missing-field", field)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kind_version": 2}, "field-limit"),
        ({"exercise": True}, "field-form"),
        ({"kind": "agreement.wish"}, "unknown-kind"),
        ({"recipients": ()}, "agreement-recipients"),
    ],
)
def test_another_version_an_exercise_or_another_audience_is_refused(changed, reason):
    north, south, draft = draft_of("agreement.proposal")
    record = north.say(replace(draft, **changed))
    assert refused(AgreementBook(south.id), record) == reason


def test_an_outsider_can_neither_propose_sign_nor_state():
    north, south, west = actors("north", "south", "west")
    agreement = agreement_between(north, south)
    with pytest.raises(AgreementError, match="not-a-party"):
        proposal_draft(agreement, west.id, OPERATOR)
    forged = replace(
        proposal_draft(agreement, north.id, OPERATOR),
        recipients=tuple(sorted((north.id, south.id))),
    )
    assert refused(AgreementBook(south.id), west.say(forged)) == "not-a-party"
    book = book_with(south, north.propose(agreement))
    for draft in (
        signature_draft(agreement, north.id, OPERATOR),
        statement_draft(agreement, north.id, OPERATOR, action=WITHDRAW, reason="mischief"),
    ):
        record = west.say(replace(draft, recipients=forged.recipients))
        assert refused(book, record) == "not-a-party"


def test_an_outsiders_signature_that_came_before_the_text_has_no_effect():
    north, south, west = actors("north", "south", "west")
    agreement = agreement_between(north, south)
    draft = signature_draft(agreement, north.id, OPERATOR)
    early = west.say(replace(draft, recipients=tuple(sorted((north.id, south.id)))))
    book = book_with(south, early, north.propose(agreement), north.sign(agreement))
    assert book.status_of(agreement.digest, later(60)).waiting_for == (south.id,)


def test_a_text_between_others_is_not_for_this_book():
    north, south, west = actors("north", "south", "west")
    assert refused(AgreementBook(west.id), north.propose(agreement_between(north, south))) == (
        "not-a-party"
    )


@pytest.mark.requirement("AGREE-007")
def test_a_text_with_another_root_key_than_the_one_enrolled_is_refused():
    north, south = actors("north", "south")
    record = north.propose(agreement_between(north, south))
    enrolled = {north.id: Actor("west").root.public_key}
    assert refused(AgreementBook(south.id, enrolled.get), record) == "root-key"


def test_texts_and_stray_signatures_have_limits():
    north, south = actors("north", "south")
    texts = [agreement_between(north, south, title=f"Text {number}") for number in range(34)]
    book = AgreementBook(south.id)
    for each in texts[:32]:
        book.apply(north.propose(each), NOON)
    assert refused(book, north.propose(texts[32])) == "too-many"
    book.apply(south.propose(texts[32]), NOON)
    stray = AgreementBook(south.id)
    draft = signature_draft(texts[0], north.id, OPERATOR)
    for number in range(64):
        body = {"agreement": f"{number:064x}"}
        stray.apply(north.say(replace(draft, body=body)), NOON)
    last = north.say(replace(draft, body={"agreement": "f" * 64}))
    assert refused(stray, last) == "unknown-agreement"


def test_a_reason_that_people_could_not_read_is_refused_before_it_is_signed():
    north, south = actors("north", "south")
    agreement = agreement_between(north, south)
    for reason in ("", "   ", "a\nb", "x" * 2001, "\u202e"):
        with pytest.raises(InputError, match="reason"):
            statement_draft(agreement, north.id, OPERATOR, action=SUSPEND, reason=reason)


def test_signing_or_proposing_again_changes_nothing():
    people, agreement, records = signed_world()
    book = book_with(people[0], *records)
    before = book.legal_status(later(60))
    book.apply(people[1].sign(agreement, 10), later(10))
    book.apply(people[1].propose(agreement), later(10))
    assert book.legal_status(later(60)) == before


@pytest.mark.requirement("AGREE-011")
def test_an_answer_kept_for_a_stretch_of_time_is_the_one_worked_out_anew():
    (north, south), agreement, records = signed_world()
    records += [
        north.state(agreement, SUSPEND, 100.0, later(500)),
        north.state(agreement, RESTORE, 800.0),
        south.state(agreement, WITHDRAW, 1_000.0),
    ]
    book = book_with(north, *records)
    validity = [agreement.terms.valid_from, agreement.terms.valid_until]
    said = [each.made_at for each in records]
    turns = [*validity, *said, later(500), *(each.plus_s(DAY_S) for each in said)]
    asked = [Instant(turn.unix_ms + step) for turn in turns for step in (-1, 0, 1)]
    seen = set()
    for at in [*asked, *reversed(asked)]:
        assert book.in_force(at) == book._terms_at(at)
        assert book.legal_status(at) == book._status_at(at)
        seen.add(book.legal_status(at).state)
    assert {LegalState.IN_FORCE, LegalState.SUSPENDED, LegalState.WITHDRAWN} <= seen
