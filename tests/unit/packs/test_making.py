"""Packs are made of what their recipients may hold, on record, and the next one lacks what was taken back."""

import pytest
from tests.pack_world import AREA, HOUR_S, consent_to, enter, opened, pack_of, wish_of
from tests.simulation.world import OFFICER, World

from comity.application.keep_sites import end_site, take_back_consent
from comity.application.make_pack import PackWish, make_pack, note_export, packs_holding
from comity.domain.packs import Condition, ExportFormat, What
from comity.kernel.errors import AgreementError, InputError, RecordError


@pytest.fixture
def world():
    return World(seed=9)


@pytest.fixture
def sides(world):
    return tuple(world.places.values())


@pytest.mark.requirement("PACK-010")
def test_ones_own_people_get_what_the_party_speaks_for_and_was_told_as_it_was_told(world, sides):
    here, there = sides
    (own,) = enter(world, here, wish_of(kind="school"))
    (theirs,) = enter(world, there, wish_of())
    consent_to(world, there, here.party.id, 1_000_000)
    world.run(8)
    pack = opened(pack_of(world, here))
    told = {site: each.notified for site, each in pack.sites.sites.items()}
    assert set(told) == {own, theirs}
    assert told[own].precision_mm == 0
    assert told[own].names
    assert told[theirs].precision_mm == 1_000_000
    assert not told[theirs].names
    assert told[theirs].contact is None
    assert pack.sites.sites[theirs].record is not None
    assert b"duty desk" in pack_of(world, here).pack_bytes, "one's own contact"


@pytest.mark.requirement("PACK-010")
def test_another_party_gets_what_its_consents_allow_to_the_letter_and_nothing_before(world, sides):
    here, there = sides
    enter(world, here, wish_of())
    (foreign,) = enter(world, there, wish_of(kind="school"))
    consent_to(world, there, here.party.id, 0)
    world.run(8)
    empty = pack_of(world, here, there.party.id)
    assert opened(empty).sites.sites == {}
    consent_to(world, here, there.party.id, 2_000_000)
    made = pack_of(world, here, there.party.id)
    (packed,) = opened(made).sites.sites.values()
    assert packed.notified == here.node.sites.notified(
        packed.notified.site, there.party.id, made.record.made_at
    )
    assert packed.notified.precision_mm == 2_000_000
    for secret in (b"Invented hospital", b"duty desk", b"-100000000", foreign.encode()):
        assert secret not in made.pack_bytes


@pytest.mark.requirement("PACK-010")
def test_the_release_gate_is_asked_for_what_is_carried_on_a_stick(world, sides):
    here, there = sides
    enter(world, here, wish_of())
    consent_to(world, here, there.party.id, 2_000_000)
    here.node.agreements.in_force = lambda _at: None
    here.node._stood = None
    wish = PackWish(there.party.id, "their crew", None, HOUR_S, HOUR_S)
    before = here.node.journal_size
    with pytest.raises(AgreementError, match="not-releasable"):
        make_pack(here.node, wish, OFFICER, world.at(here))
    assert here.node.journal_size == before
    assert len(here.node.packs) == 0


@pytest.mark.requirement("PACK-011", "PACK-014")
def test_each_pack_and_each_form_is_on_record_and_replaying_gives_the_same_book(world, sides):
    here, _ = sides
    sites = enter(world, here, wish_of(), wish_of(latitude_e7=-101_000_000))
    made = pack_of(world, here, area=AREA)
    (held,) = here.node.packs.packs()
    assert held.record == made.record.digest
    assert [held.finest_mm(What.SITE, each) for each in sites] == [0, 0]
    assert [
        held.condition(held.made_at.plus_s(late_s)).value for late_s in (-301.0, -300.0, 0.0)
    ] == ["from-the-future", "current", "current"]
    assert held.condition(held.manifest.stale_from) is Condition.STALE
    assert held.condition(held.expires_at) is Condition.EXPIRED
    world.do(
        here,
        lambda n, at: note_export(
            n, made.record.digest, ExportFormat.KML, "tablet 7", "ab" * 32, OFFICER, at
        ),
    ).result()
    assert [(each.format, each.viewer) for each in held.exports] == [(ExportFormat.KML, "tablet 7")]
    again = here.runner.open_node()
    (replayed,) = again.packs.packs()
    assert replayed.manifest == held.manifest
    assert replayed.exports == held.exports
    assert [list(each.ids()) for each in replayed.held] == [list(each.ids()) for each in held.held]
    with pytest.raises(RecordError, match="unknown-pack"):
        note_export(
            here.node, made.record.digest[:-1] + "0", ExportFormat.KML, "x", "ab" * 32, OFFICER,
            world.at(here),
        )  # fmt: skip


@pytest.mark.requirement("PACK-012", "PACK-013")
def test_taking_a_consent_back_lists_the_packs_and_the_next_one_names_what_was_taken_back(
    world, sides
):
    here, there = sides
    (site, other) = enter(world, here, wish_of(), wish_of(latitude_e7=-101_000_000))
    consent_to(world, here, there.party.id, 2_000_000)
    world.run(8)
    first = pack_of(world, here, there.party.id)
    crew = pack_of(world, there, holder="their crew 3")
    world.do(
        here, lambda n, at: take_back_consent(n, there.party.id, [site], "enough", OFFICER, at)
    ).result()
    ((still),) = packs_holding(here.node, there.party.id, [site])
    assert still.pack == first.manifest.pack
    assert (still.count, still.finest_mm) == (1, 2_000_000)
    assert packs_holding(here.node, here.party.id, [site]) == ()
    (all_of_them,) = packs_holding(here.node, there.party.id, None)
    assert all_of_them.count == 2
    second = opened(pack_of(world, here, there.party.id))
    assert set(second.sites.sites) == {other}
    assert [(each.id, each.why) for each in second.taken_back] == [(site, "consent-withdrawn")]
    world.run(8)
    alarms = [each for each in there.node.alarms.since(0) if each.code == "pack-outdated"]
    assert crew.manifest.pack in alarms[0].text
    assert "their crew 3" in alarms[0].text
    theirs = opened(pack_of(world, there))
    assert set(theirs.sites.sites) == {other}
    assert [each.id for each in theirs.taken_back] == [site]


@pytest.mark.requirement("PACK-013")
def test_a_site_that_ended_is_in_no_further_pack(world, sides):
    here, _ = sides
    (site,) = enter(world, here, wish_of())
    pack_of(world, here)
    world.do(here, lambda n, at: end_site(n, site, "pulled down", OFFICER, at)).result()
    pack = opened(pack_of(world, here))
    assert not pack.sites.sites
    assert [(each.id, each.why) for each in pack.taken_back] == [(site, "ended")]
    again = opened(pack_of(world, here, area=AREA))
    assert [each.id for each in again.taken_back] == [site], "also in a pack of an area"


@pytest.mark.requirement("PACK-010")
def test_a_pack_of_an_area_holds_what_meets_it_and_not_what_lies_elsewhere(world, sides):
    here, _ = sides
    near, edge, far = enter(
        world, here,
        wish_of(), wish_of(latitude_e7=-109_100_000, radius_mm=1_000_000),
        wish_of(latitude_e7=-120_000_000),
    )  # fmt: skip
    assert far
    pack = opened(pack_of(world, here, area=AREA))
    assert set(pack.sites.sites) == {near, edge}


def test_a_pack_for_nobody_known_or_with_wrong_times_is_refused_by_field(world, sides):
    here, _ = sides
    for wish, field in (
        (PackWish("nobody.aaaaaaaa", "x", None, HOUR_S, HOUR_S), "recipient"),
        (PackWish(None, "x", None, 2 * HOUR_S, HOUR_S), "stale_s"),
    ):
        with pytest.raises(InputError) as caught:
            make_pack(here.node, wish, OFFICER, world.at(here))
        assert caught.value.field == field
