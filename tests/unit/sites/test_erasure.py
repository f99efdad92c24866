"""A site is erased: its bytes are gone from the store, its commitments stay, and only an erasure leaves a stub."""

import pytest
from tests.pack_world import consent_to, enter, opened, pack_of, wish_of
from tests.simulation.world import OFFICER, World

from comity.adapters.memory.record_store import SimulatedCrash
from comity.application.erase_site import erase_site
from comity.application.keep_sites import end_site, enter_sites
from comity.application.verify_store import verify_store
from comity.domain.records import make_stub, open_stub, payload_of_stub, unwrap
from comity.domain.sites import SiteState
from comity.kernel.errors import InputError, RecordError, StoreError

SECRETS = (b"Invented hospital", b"duty desk", b"-100000000", b"Invented Health Trust")


@pytest.fixture
def world():
    return World(seed=21)


@pytest.fixture
def here(world):
    return next(iter(world.places.values()))


def erase(world, here, site):
    world.do(here, lambda n, at: end_site(n, site, "moved", OFFICER, at)).result()
    return world.do(here, lambda n, at: erase_site(n, site, "asked for", OFFICER, at)).result()


def bytes_of(store):
    return b"".join(each.envelope_bytes for each in store.journal())


def verified(here):
    return verify_store(here.store, here.node.directory)


@pytest.mark.requirement("SITES-060")
def test_what_was_entered_is_gone_and_the_others_of_its_record_stay(world, here):
    site, other = enter(world, here, wish_of(), wish_of(latitude_e7=-123_000_000, kind="school"))
    root = here.node.own_log(here.node.party).tree.root()
    size = here.node.own_log(here.node.party).tree.size
    erased = erase(world, here, site)
    assert len(erased.records) == 1
    left = here.store.stub(erased.records[0])
    assert here.store.read(erased.records[0]) is None
    rows = payload_of_stub(left.stub_bytes)["body"]["entries"]
    assert set(rows[0]) == {"erased", "renew_by", "site", "version"}
    assert rows[1]["kind"] == "school"
    again = here.runner.open_node()
    for node in (here.node, again):
        assert node.sites.own(site).erased
        assert node.sites.own(site).recorded is SiteState.ENDED
        assert node.sites.own(site).entry.names == ()
        assert not node.sites.own(other).erased
        assert node.sites.own(other).entry.names
        assert node.sites.disc_of(site) is None
    assert again.own_log(again.party).tree.root(size) == root, "the log is what it was"
    report = verified(here)
    assert report.faults == []
    assert report.erased == 1


@pytest.mark.requirement("SITES-060")
def test_every_version_goes_and_not_a_byte_of_the_place_is_left(world, here):
    (site,) = enter(world, here, wish_of())
    world.do(
        here,
        lambda n, at: enter_sites(
            n, [{**wish_of(latitude_e7=-100_000_000), "site": site}], OFFICER, at
        ),
    ).result()
    for secret in SECRETS:
        assert secret in bytes_of(here.store) or secret in _payloads(here.store)
    erased = erase(world, here, site)
    assert len(erased.records) == 2
    for secret in SECRETS:
        assert secret not in bytes_of(here.store)
        assert secret not in _payloads(here.store)


def _payloads(store):
    return b"".join(
        unwrap(each.envelope_bytes).payload_bytes
        for each in store.journal()
        if each.erased_sha256 is None
    )


@pytest.mark.requirement("SITES-061")
def test_two_sites_of_one_record_are_erased_one_after_the_other(world, here):
    one, other = enter(world, here, wish_of(), wish_of(latitude_e7=-123_000_000))
    erase(world, here, one)
    erase(world, here, other)
    again = here.runner.open_node()
    assert again.sites.own(one).erased
    assert again.sites.own(other).erased
    assert verified(here).faults == []


@pytest.mark.requirement("SITES-061")
def test_a_stub_without_an_erasure_on_record_or_another_one_is_refused(world, here):
    (site,) = enter(world, here, wish_of())
    erased = erase(world, here, site)
    digest = erased.records[0]
    left = here.store.stub(digest)
    changed = left.stub_bytes.replace(b'"school"', b'"shelter"').replace(
        b'"version":1', b'"version":2'
    )
    assert changed != left.stub_bytes
    here.store.erase(digest, changed)
    here.store.commit()
    assert [each.reason for each in verified(here).faults] == ["erased-without-record"]
    with pytest.raises(StoreError, match=r"erased-without-record|version-order"):
        here.runner.open_node()


@pytest.mark.requirement("SITES-061")
def test_a_record_that_nobody_erased_by_record_is_refused_as_a_stub(world, here):
    enter(world, here, wish_of())
    entry = list(here.store.journal())[-1]
    record = here.node.open_envelope(entry.envelope_bytes)
    here.store.erase(entry.digest, make_stub(record, record.body))
    here.store.commit()
    assert [each.reason for each in verified(here).faults] == ["erased-without-record"]
    with pytest.raises(StoreError, match="erased-without-record"):
        here.runner.open_node()


@pytest.mark.requirement("SITES-061")
def test_an_erasure_whose_bytes_are_still_there_is_a_fault(world, here):
    (site,) = enter(world, here, wish_of())
    whole = list(here.store.journal())
    erased = erase(world, here, site)
    kept = next(each for each in whole if each.digest == erased.records[0])
    place = next(n for n, e in enumerate(here.store._journal) if e.digest == kept.digest)
    here.store._journal[place] = kept
    assert "erasure-not-done" in {each.reason for each in verified(here).faults}


@pytest.mark.requirement("SITES-060")
def test_only_a_site_that_has_ended_and_is_ones_own_is_erased_and_only_once(world, here):
    (site,) = enter(world, here, wish_of())
    for wanted, why in ((site, "end it first"), (site[:-1] + "9", "not a site of this party")):
        with pytest.raises(InputError, match=why):
            erase_site(here.node, wanted, "x", OFFICER, world.at(here))
    erase(world, here, site)
    with pytest.raises(InputError, match="erased already"):
        erase_site(here.node, site, "x", OFFICER, world.at(here))


@pytest.mark.requirement("SITES-062")
def test_a_crash_at_any_write_leaves_all_of_it_or_nothing(world, here):
    (site,) = enter(world, here, wish_of(), wish_of(latitude_e7=-123_000_000))[:1]
    world.do(here, lambda n, at: end_site(n, site, "moved", OFFICER, at)).result()
    done = 0
    for point in range(1, 12):
        here.store.crash_at_write(point)
        try:
            erase_site(here.node, site, "asked for", OFFICER, world.at(here))
            here.node.settle()
            done += 1
        except SimulatedCrash:
            pass
        here.store.crash()
        here.runner.node = here.runner.open_node()
        report = verified(here)
        assert report.faults == []
        assert here.node.sites.own(site).erased == (report.erased == 1)
        if here.node.sites.own(site).erased:
            break
    assert here.node.sites.own(site).erased
    assert point > 3, "some of them fell before the commit"


@pytest.mark.requirement("SITES-063")
def test_what_was_told_to_another_party_is_in_its_log_and_the_exchange_goes_on(world, here):
    there = list(world.places.values())[1]
    (site,) = enter(world, here, wish_of())
    consent_to(world, here, there.party.id, 0)
    world.run(8)
    assert there.node.sites.theirs(site) is not None
    erased = erase(world, here, site)
    assert erased.told == (there.party.id,)
    world.run(8)
    assert there.node.sites.theirs(site).withdrawn
    assert (
        here.node.own_log(there.party.id).receipted_size
        == here.node.own_log(there.party.id).tree.size
    )
    pack = opened(pack_of(world, here))
    assert pack.sites.sites == {}


def test_a_stub_is_read_to_the_letter():
    with pytest.raises(RecordError):
        open_stub("ab" * 32, b'{"comity_stub":{"key_id":"x","payload":{}}}')
    with pytest.raises(RecordError):
        open_stub("ab" * 32, b'{"payload":{}}')
