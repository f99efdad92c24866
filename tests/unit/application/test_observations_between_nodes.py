"""Observations between whole nodes: released by policy, counted by origin, taken back, consented to."""

import json

import pytest
from tests.observations_world import (
    ADA,
    AREA,
    BEN,
    do,
    enter,
    entry,
    passed_on,
    put_policy,
    release,
    rests_on,
    rule,
)
from tests.simulation.settings import Setting
from tests.simulation.world import Place, World

from comity.application.node import Node
from comity.application.observe import (
    approve_release,
    give_consent,
    preview_release,
    revise_observation,
    verify_observation,
    withdraw_consent,
    withdraw_observation,
)
from comity.domain.geometry.nested_cells import coarser
from comity.domain.observations import (
    REPORT,
    VERIFICATION,
    Consent,
    Link,
    ObservationKind,
    ObservationState,
    Relation,
    Reliability,
    Source,
    SourceKind,
    Subject,
    SubjectKind,
    Verified,
    to_body,
)
from comity.domain.records import Draft, Record, encode_canonical
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import ObservationId


@pytest.fixture
def world() -> World:
    return World(seed=11, setting=Setting(nodes=3))


def three(world: World) -> tuple[Place, Place, Place]:
    a, b, c = world.places.values()
    return a, b, c


def seen(place: Place, record: Record):
    return place.node.observations.get(record.digest)


@pytest.mark.requirement("OBSERVE-008")
@pytest.mark.requirement("OBSERVE-009")
@pytest.mark.requirement("OBSERVE-011")
def test_what_goes_is_what_the_preview_showed_to_the_byte(world: World) -> None:
    a, b, c = three(world)
    record = enter(world, a)
    name = ObservationId(record.body["observation"])
    assert seen(b, record) is None
    with pytest.raises(AgreementError, match="no policy"):
        release(world, a, record, b)
    put_policy(world, a, open=rule(b.party.id))
    shown = do(world, a, lambda n, at: preview_release(n, name, (), ADA, at))
    by_party = {each.recipient: each for each in shown}
    assert by_party[c.party.id].form is None
    assert "does not name" in by_party[c.party.id].why
    [report] = release(world, a, record, b)
    there = seen(b, report)
    assert there is not None
    form = by_party[b.party.id].form
    stored = json.loads(json.dumps(report.body))
    assert encode_canonical(stored) == form.body_bytes
    assert there.report.area == coarser(AREA, 13)
    assert there.report.words == "Position lost."
    assert there.report.begins.unix_ms % 600_000 == 0
    assert there.report.begins <= entry(record.made_at).begins
    assert there.report.source.kind is None
    assert there.labels == ("tlp:amber",)
    with pytest.raises(AgreementError, match="not-releasable"):
        release(world, a, record, c)


@pytest.mark.requirement("OBSERVE-008")
def test_the_gate_lets_nothing_out_that_the_policy_does_not_make(world: World) -> None:
    a, b, _ = three(world)
    put_policy(world, a, open=rule(b.party.id))
    record = enter(world, a)
    name = ObservationId(record.body["observation"])
    [shown] = do(world, a, lambda n, at: preview_release(n, name, (b.party.id,), ADA, at))
    for changed in (
        {"words": "Position lost. And SECRETWORD."},
        {"area": {"level": AREA.level, "row": AREA.row, "column": AREA.column}},
        {"begins": str(entry(record.made_at).begins)},
        {"source": {"kind": "crew", "reliability": "B"}},
        {"onward": [b.party.id]},
        {"unit": "3rd battalion"},
        {"observation": f"{b.party.id}/0000000000000001"},
    ):
        draft = Draft(REPORT, (b.party.id,), {**shown.form.body, **changed}, ADA, shown.form.labels)
        with pytest.raises(AgreementError, match="not-releasable"):
            do(world, a, lambda n, at, d=draft: n.issue(d, at))
    clear = Draft(REPORT, (b.party.id,), shown.form.body, ADA, ("tlp:clear",))
    with pytest.raises(AgreementError, match="not-releasable"):
        do(world, a, lambda n, at: n.issue(clear, at))
    drill = Draft(REPORT, (b.party.id,), shown.form.body, ADA, shown.form.labels, exercise=True)
    with pytest.raises(AgreementError, match="not-releasable"):
        do(world, a, lambda n, at: n.issue(drill, at))


@pytest.mark.requirement("OBSERVE-012")
def test_two_persons_stand_in_the_record_where_the_policy_asks_for_them(world: World) -> None:
    a, b, _ = three(world)
    put_policy(world, a, open=rule(b.party.id, two_persons=True))
    record = enter(world, a)
    name, to = ObservationId(record.body["observation"]), b.party.id
    with pytest.raises(AgreementError, match="second-person"):
        release(world, a, record, b)
    [shown] = do(world, a, lambda n, at: preview_release(n, name, (to,), ADA, at))
    digest = shown.form.digest
    with pytest.raises(InputError, match="look at the preview again"):
        do(world, a, lambda n, at: approve_release(n, name, to, "0" * 64, BEN, at))
    do(world, a, lambda n, at: approve_release(n, name, to, digest, ADA, at))
    with pytest.raises(AgreementError, match="second-person"):  # nobody approves for themselves
        release(world, a, record, b)
    approval = do(world, a, lambda n, at: approve_release(n, name, to, digest, BEN, at))
    [report] = release(world, a, record, b)
    assert report.operator == ADA
    assert report.body["approval"] == {"operator": "ben", "record": approval.digest}
    assert seen(b, report).report.approval.operator == BEN
    revised = entry(world.at(a), words_below="Position and time lost.")
    do(world, a, lambda n, at: revise_observation(n, name, revised, ADA, at))
    with pytest.raises(AgreementError, match="second-person"):  # another form, another approval
        release(world, a, record, b)


@pytest.mark.requirement("OBSERVE-005")
@pytest.mark.requirement("OBSERVE-006")
@pytest.mark.requirement("OBSERVE-007")
def test_three_reports_of_one_origin_are_one_and_what_comes_back_is_circular(world: World) -> None:
    a, b, c = three(world)
    ids = [each.party.id for each in (a, b, c)]
    put_policy(world, a, open=rule(*ids[1:], onward=tuple(sorted(ids))))
    put_policy(world, b, open=rule(ids[0], ids[2], onward=tuple(sorted(ids))))
    put_policy(world, c, open=rule(ids[0], ids[1]))
    first = enter(world, a)
    to_b, to_c = release(world, a, first, b, c)
    if to_b.recipients != (b.party.id,):
        to_b, to_c = to_c, to_b
    by_b = passed_on(world, b, to_b)
    [back], [on] = (release(world, b, by_b, each) for each in (a, c))
    book = a.node.observations
    assert book.circular(back.digest)
    found = book.support((first.digest, back.digest))
    assert (found.reports, found.stated, found.counted) == (2, 1, 1)
    assert found.circular == (back.digest,)
    assert found.words == "two reports, one origin; 1 is circular: it came back to its author"
    by_c = passed_on(world, c, on)
    [third] = release(world, c, by_c, a)
    found = book.support((first.digest, back.digest, third.digest))
    assert found.words.startswith("three reports, one origin; 2 are circular")
    there = c.node.observations.support((to_c.digest, on.digest))
    assert (there.stated, there.counted, there.circular) == (1, 1, ())
    with pytest.raises(RecordError, match="observation-one-origin"):
        do(world, a, lambda n, at: verify_observation(n, first.digest, (back.digest,), "", BEN, at))
    other = enter(world, c, source=Source(SourceKind.SENSOR, Reliability.A, "mast 4"))
    [independent] = release(world, c, other, a)
    with pytest.raises(RecordError, match="observation-second-person"):
        do(world, a,
           lambda n, at: verify_observation(n, first.digest, (independent.digest,), "", ADA, at))  # fmt: skip
    do(world, a,
       lambda n, at: verify_observation(n, first.digest, (independent.digest,), "", BEN, at))  # fmt: skip
    held = book.get(first.digest)
    assert book.state(held) is ObservationState.VERIFIED
    named = ObservationId(other.body["observation"])
    do(world, c, lambda n, at: withdraw_observation(n, named, "the mast was off", ADA, at))
    world.run(5)
    assert book.state(held) is ObservationState.UNVERIFIED
    assert book.left_out((first.digest, independent.digest)) == (independent.digest,)
    assert book.support((first.digest, independent.digest)).counted == 1
    with pytest.raises(RecordError, match="observation-revision"):
        do(world, a,
           lambda n, at: verify_observation(n, first.digest, (independent.digest,), "", BEN, at))  # fmt: skip


@pytest.mark.requirement("OBSERVE-004")
def test_provenance_that_runs_in_a_circle_is_refused(world: World) -> None:
    a, b, c = three(world)
    put_policy(world, a, open=rule(b.party.id, onward=(a.party.id, c.party.id)))
    put_policy(world, b, open=rule(a.party.id))
    first = enter(world, a)
    [to_b] = release(world, a, first, b)
    [back] = release(world, b, passed_on(world, b, to_b), a)
    name = ObservationId(first.body["observation"])
    looped = entry(world.at(a), provenance=rests_on(back))
    with pytest.raises(RecordError, match="observation-cycle"):
        do(world, a, lambda n, at: revise_observation(n, name, looped, ADA, at))


@pytest.mark.requirement("OBSERVE-013")
def test_the_originator_decides_how_far_it_goes(world: World) -> None:
    a, b, c = three(world)
    put_policy(world, a, open=rule(b.party.id))
    put_policy(world, b, open=rule(a.party.id, c.party.id))
    first = enter(world, a)
    [to_b] = release(world, a, first, b)
    by_b = passed_on(world, b, to_b)
    with pytest.raises(AgreementError, match="does not let it go to"):
        release(world, b, by_b, c)
    beyond = enter(world, b, provenance=rests_on(by_b))  # through an entry of one's own: the same
    with pytest.raises(AgreementError, match="does not let it go to"):
        release(world, b, beyond, c)
    unknown = enter(
        world, b, provenance=(Link(Relation.DERIVED_FROM, by_b.body["observation"], "ab" * 32),)
    )
    with pytest.raises(AgreementError, match="not here"):
        release(world, b, unknown, c)


@pytest.mark.requirement("OBSERVE-014")
def test_what_is_taken_back_is_told_to_each_who_has_it_and_rests_nothing(world: World) -> None:
    a, b, c = three(world)
    put_policy(world, a, open=rule(b.party.id, c.party.id, onward=(c.party.id,)))
    put_policy(world, b, open=rule(c.party.id))
    first = enter(world, a)
    reports = release(world, a, first, b, c)
    to_b = next(each for each in reports if each.recipients == (b.party.id,))
    by_b = passed_on(world, b, to_b)
    name = ObservationId(first.body["observation"])
    _, notices = do(world, a, lambda n, at: withdraw_observation(n, name, "an error", ADA, at))
    assert sorted(each.recipients for each in notices) == sorted(
        each.recipients for each in reports
    )
    world.run(5)
    for place in (b, c):
        held = next(each for each in reports if each.recipients == (place.party.id,))
        assert place.node.observations.state(seen(place, held)) is ObservationState.WITHDRAWN
    assert b.node.observations.rests_on_withdrawn(by_b.digest) == (to_b.digest,)
    assert by_b.digest in b.node.observations.resting_on(to_b.digest)
    with pytest.raises(AgreementError, match="took back"):
        release(world, b, by_b, c)
    with pytest.raises(InputError, match="does not stand"):
        release(world, a, first, b)


@pytest.mark.requirement("OBSERVE-010")
def test_a_place_is_told_of_only_with_the_consent_of_its_owner(world: World) -> None:
    a, b, c = three(world)
    site = Subject(SubjectKind.SITE, f"{c.party.id}/00000000000000aa", "cd" * 32)
    put_policy(world, a, open=rule(b.party.id, c.party.id))
    damage = {"kind": ObservationKind.SITE_DAMAGE, "nature": "water", "area": None, "subject": site}
    record = enter(world, a, **damage)
    with pytest.raises(AgreementError, match="has not consented"):
        release(world, a, record, b)
    release(world, a, record, c)  # its owner hears of it
    consent = Consent(
        SubjectKind.SITE, site.id, a.party.id, (b.party.id,), (ObservationKind.SITE_DAMAGE,),
        world.at(a).plus_s(3_600.0),
    )  # fmt: skip
    with pytest.raises(RecordError, match="observation-consent"):  # nobody consents for another
        do(world, b, lambda n, at: give_consent(n, consent, BEN, at))
    given = do(world, c, lambda n, at: give_consent(n, consent, BEN, at))
    world.run(5)
    again = enter(world, a, **damage, consent=given.digest)
    [report] = release(world, a, again, b)
    book = b.node.observations
    held = seen(b, report)
    assert book.consents.word_of(held.author, held.report, b.party.id, world.at(b)) == "given"
    do(world, c, lambda n, at: withdraw_consent(n, given.digest, "no more", BEN, at))
    world.run(5)
    assert (
        book.consents.word_of(held.author, held.report, b.party.id, world.at(b)) == "not-any-more"
    )
    with pytest.raises(AgreementError, match="withdrew"):
        release(world, a, again, b)


@pytest.mark.requirement("OBSERVE-002")
def test_replaying_the_journal_rebuilds_the_book(world: World) -> None:
    a, b, _ = three(world)
    put_policy(world, a, open=rule(b.party.id))
    record = enter(world, a)
    [report] = release(world, a, record, b)
    for place in (a, b):
        again = Node.open(
            place.store, place.party.signer, None, place.party.card,
            make_finder=place.node.make_finder, kernel="k",
        )  # type: ignore[arg-type]  # fmt: skip
        old = {each.record: each for each in place.node.observations.held()}
        assert {each.record: each for each in again.observations.held()} == old
        assert again.observations.policy == place.node.observations.policy
        assert again.observations.get(record.digest if place is a else report.digest) is not None


@pytest.mark.requirement("OBSERVE-007")
def test_what_rests_on_a_record_is_no_check_of_it_whatever_origin_it_states_beside(
    world: World,
) -> None:
    a, _, _ = three(world)
    pilot, mast = (
        Source(SourceKind.PERSON, Reliability.B, "pilot"),
        Source(SourceKind.SENSOR, Reliability.A, "mast 4"),
    )
    first = enter(world, a)
    on_it = enter(world, a, provenance=rests_on(first), source=pilot)
    book = a.node.observations
    assert book.support((first.digest, on_it.digest)).counted == 2

    def check(record: Record, *beside: Record) -> None:
        named = tuple(each.digest for each in beside)
        do(world, a, lambda n, at: verify_observation(n, record.digest, named, "", BEN, at))

    for record, beside in ((first, on_it), (on_it, first)):
        with pytest.raises(RecordError, match=r"observation-one-origin.*no two of the records"):
            check(record, beside)
    assert not book.get(first.digest).checks
    other = enter(world, a, source=mast)
    check(on_it, first, other)  # the mast knows nothing of what the other two rest on
    assert book.state(book.get(on_it.digest)) is ObservationState.VERIFIED
    # A check that a version before this rule let through is kept, and makes nothing verified.
    body = to_body(Verified(first.digest, (on_it.digest,), ""))
    do(world, a, lambda n, at: n.issue(Draft(VERIFICATION, (), body, BEN), at))
    assert book.get(first.digest).checks
    assert book.state(book.get(first.digest)) is ObservationState.UNVERIFIED
