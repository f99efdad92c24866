"""The owner of a site is told of packs that others make of it for their crews."""

from dataclasses import replace

import pytest
from tests.pack_world import consent_to, enter, pack_of, wish_of
from tests.simulation.invariants import logs_agree
from tests.simulation.world import OFFICER, World

from comity.application.keep_sites import take_back_consent
from comity.application.make_pack import note_export, packs_holding
from comity.application.node import Node
from comity.domain.packs import TOLD, ExportFormat, What, read_told, told_to_body
from comity.kernel.errors import RecordError


@pytest.fixture
def told():
    world = World(seed=9)
    here, there = world.places.values()
    sites = enter(world, here, wish_of(), wish_of(latitude_e7=-101_000_000))
    enter(world, there, wish_of(kind="school"))
    consent_to(world, here, there.party.id, 2_000_000)
    world.run(8)
    made = pack_of(world, there, holder="crew of relief 7")
    world.run(8)
    return world, here, there, sites, made


def records(place):
    found = [place.node.open_envelope(each.envelope_bytes) for each in place.store.journal()]
    return [each for each in found if each.kind == TOLD]


@pytest.mark.requirement("PACK-015")
def test_its_owner_has_who_made_it_when_for_whom_until_when_and_which_sites_how_finely(told):
    world, here, there, sites, made = told
    [pack] = here.node.told_packs.packs()
    assert (pack.maker, pack.pack, pack.record) == (
        there.party.id, made.manifest.pack, made.record.digest,
    )  # fmt: skip
    assert (pack.by, pack.holder) == (OFFICER, "crew of relief 7")
    assert (pack.made_at, pack.expires_at) == (made.record.made_at, made.record.expires_at)
    assert [(each.what, each.precision_mm, tuple(each.ids())) for each in pack.held] == [
        (What.SITE, 2_000_000, tuple(sorted(sites)))
    ]
    [told_once] = records(here)
    assert told_to_body(read_told(told_once)) == told_to_body(pack)
    assert told_to_body(pack) == dict(told_once.body)
    assert there.node.packs.get(pack.pack).manifest.counts["sites"] == 3
    assert sum(len(each.numbers) for each in pack.held) == 2, "nothing of what others speak for"
    assert [each.digest for each in records(there)] == [told_once.digest]
    assert logs_agree(world)


@pytest.mark.requirement("PACK-012", "PACK-015")
def test_taking_a_consent_back_lists_the_recipients_own_packs(told):
    world, here, there, (site, _), made = told
    world.do(
        here, lambda n, at: take_back_consent(n, there.party.id, [site], "enough", OFFICER, at)
    ).result()
    for asked, count in (([site], 1), (None, 2)):
        [still] = packs_holding(here.node, there.party.id, asked)
        assert (still.pack, still.maker, still.by, still.holder, still.count, still.finest_mm) == (
            made.manifest.pack, there.party.id, OFFICER, "crew of relief 7", count, 2_000_000,
        )  # fmt: skip
    assert packs_holding(here.node, here.party.id, [site]) == ()
    world.run(8)
    pack_of(world, there, holder="crew of relief 8")
    world.run(8)
    last = list(here.node.told_packs.packs())[-1]
    assert last.finest_mm(What.SITE, site) is None, "the next one lacks it, and its owner sees so"


@pytest.mark.requirement("PACK-014", "PACK-015")
def test_a_restart_tells_nothing_twice_and_knows_the_same(told):
    _, here, there, _, _ = told
    for place in (here, there):
        node = place.node
        again = Node.open(
            node.store, node.signer, node.entropy, node.card, node.make_finder, node.kernel
        )
        assert again.told_packs.next_owed(again.peers()) is None
        known = [told_to_body(each) for each in again.told_packs.packs()]
        assert known == [told_to_body(each) for each in node.told_packs.packs()]


@pytest.mark.requirement("PACK-015")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pack": "carol.aaaaaaaa/0000000000000001"}, "pack-holding"),
        ({"rows": []}, "field-form"),
        ({"rows": [{"numbers": [], "precision_mm": 0}]}, "field-form"),
        ({"rows": [{"numbers": ["1"], "precision_mm": 0}]}, "field-form"),
        ({"rows": [{"numbers": ["0" * 16], "precision_mm": -1}]}, "field-limit"),
        ({"rows": [{"numbers": ["0" * 16] * 2, "precision_mm": 0}]}, "field-form"),
        ({"what": "target"}, "field-form"),
        ({"holder": ""}, "field-form"),
        ({"by": None}, "field-form"),
        ({"expires_at": "tomorrow"}, "field-form"),
    ],
)
def test_what_is_not_of_the_form_is_refused_and_changes_nothing(told, changed, reason):
    _, here, _, _, _ = told
    [record] = records(here)
    before = list(here.node.told_packs.packs())
    with pytest.raises(RecordError) as caught:
        here.node.told_packs.apply(replace(record, body={**record.body, **changed}))
    assert caught.value.reason == reason
    with pytest.raises(RecordError, match="one-recipient"):
        here.node.told_packs.apply(replace(record, recipients=("a", "b")))
    assert list(here.node.told_packs.packs()) == before
    assert record.kind == TOLD


@pytest.mark.requirement("PACK-015")
def test_its_owner_is_told_of_each_other_form_that_a_pack_is_written_in(told):
    world, here, there, (site, _), made = told

    def written(viewer):
        world.do(
            there,
            lambda n, at: note_export(
                n, made.record.digest, ExportFormat.KML, viewer, "ab" * 32, OFFICER, at
            ),
        ).result()
        world.run(8)

    written("tablet of relief 7")
    [pack] = here.node.told_packs.packs()
    assert [(each.format, each.viewer) for each in pack.forms] == [
        (ExportFormat.KML, "tablet of relief 7")
    ]
    assert len(records(here)) == 2
    written("tablet of relief 8")
    [pack] = here.node.told_packs.packs()
    assert [each.viewer for each in pack.forms] == ["tablet of relief 7", "tablet of relief 8"]
    [held] = packs_holding(here.node, there.party.id, [site])
    assert len(held.forms) == 2
    assert len(records(here)) == 3, "said again once a form, and no more"
    for place in (here, there):
        node = place.node
        again = Node.open(
            node.store, node.signer, node.entropy, node.card, node.make_finder, node.kernel
        )
        assert again.told_packs.next_owed(again.peers()) is None
        assert [each.forms for each in again.told_packs.packs()] == [
            each.forms for each in node.told_packs.packs()
        ]
    with pytest.raises(RecordError, match="forms"):
        read_told(replace(records(here)[-1], body={**records(here)[-1].body, "forms": [1]}))
