"""Two nodes: a site is told as its owner consented, disputed by who was told, and taken back."""

import pytest
from tests.hazards_world import enter_convoy
from tests.simulation.invariants import logs_agree
from tests.simulation.world import OFFICER, World
from tests.sites_world import entry_body

from comity.application.keep_sites import (
    ask_sites,
    check_site,
    consent,
    end_site,
    enter_sites,
    take_back_consent,
)
from comity.application.pair_peers import accept_peer, remove_peer
from comity.domain.agreement import encode_card
from comity.domain.records import Draft, seal
from comity.domain.sites import SiteState, Touches, point_question

WISH = {
    name: value
    for name, value in entry_body(1).items()
    if name not in ("site", "version", "blind", "renew_by")
}


def said(recipient, at, precision_mm):
    return {
        "recipient": recipient,
        "sites": None,
        "precision_mm": precision_mm,
        "names": False,
        "contact": False,
        "until": str(at.plus_s(86_400.0)),
        "words": "agreed",
    }


@pytest.mark.requirement("SITES-011", "SITES-012")
def test_a_site_goes_to_the_other_side_as_consented_and_comes_back_disputed_and_withdrawn():
    world = World(seed=3)
    here, there = world.places.values()
    _, (site,) = world.do(
        here, lambda n, at: enter_sites(n, [{**WISH, "contact": None}], OFFICER, at)
    ).result()
    world.run(5)
    assert there.node.sites.theirs(site) is None
    world.do(
        here, lambda n, at: consent(n, said(there.party.id, at, 2_000_000), OFFICER, at)
    ).result()
    world.run(5)
    held = there.node.sites.theirs(site)
    assert held.notified.precision_mm == 2_000_000
    assert held.notified.place.radius_mm > 2_000_000
    assert not held.notified.names
    truth = here.node.sites.own(site).entry.place
    assert held.notified.place.latitude_e7 != truth.latitude_e7
    told = [there.node.open_envelope(each.envelope_bytes) for each in there.store.journal()]
    assert any("sites" in each.body for each in told)
    for each in told:
        assert "Invented hospital" not in str(each.body), "nothing finer is in the other's store"
    question = point_question(-10.0, -150.0, 0.0)
    answer = world.do(there, lambda n, at: ask_sites(n, question, at)).result()
    assert isinstance(answer, Touches)
    origin = {"name": "imagery", "kind": "imagery"}
    world.do(
        there, lambda n, at: check_site(n, site, "disputed", origin, "no building", OFFICER, at)
    ).result()
    world.run(5)
    assert here.node.sites.own(site).recorded is SiteState.DISPUTED
    assert there.node.sites.theirs(site).notified.state is SiteState.DISPUTED, (
        "and its owner tells so"
    )
    _, copies = world.do(
        here, lambda n, at: take_back_consent(n, there.party.id, None, "enough", OFFICER, at)
    ).result()
    assert [(copy.viewer, copy.finest_mm) for copy in copies] == [(there.party.id, 2_000_000)]
    world.run(5)
    assert there.node.sites.theirs(site).withdrawn
    assert here.node.sites.copies([site])[0].withdrawal is not None
    assert logs_agree(world)


@pytest.mark.requirement("DOORS-018")
def test_nothing_is_owed_to_a_removed_peer_until_it_is_paired_anew_and_then_what_holds_by_then():
    world = World(seed=4)
    here, there = world.places.values()
    party, card = there.party.id, encode_card(there.node.card)
    own_log = here.node.own_log(party)
    size = own_log.tree.size
    world.do(here, lambda n, at: remove_peer(n, party, "talks ended", OFFICER, at)).result()
    wishes = [{**WISH, "contact": None}] * 2
    _, (kept, ended) = world.do(here, lambda n, at: enter_sites(n, wishes, OFFICER, at)).result()
    world.do(here, lambda n, at: consent(n, said(party, at, 0), OFFICER, at)).result()
    movement = enter_convoy(world, here, there)
    assert not here.node.line_context(world.at(here)).room((party,)), "what is held back stays so"
    world.do(here, lambda n, at: end_site(n, ended, "closed", OFFICER, at)).result()
    world.run(5)
    assert own_log.tree.size == size
    world.do(here, lambda n, at: accept_peer(n, card, OFFICER, at)).result()
    world.run(10)
    assert there.node.sites.theirs(kept) is not None
    assert there.node.sites.theirs(ended) is None, "it was told of to nobody, and is no more"
    assert there.node.movements.theirs(movement) is not None
    assert here.node.line_context(world.at(here)).room((party,))
    assert logs_agree(world)


@pytest.mark.requirement("SITES-003", "SITES-010")
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("site.consent", "private-kind"),
        ("site.erasure", "private-kind"),
        ("site.notice", "not-owner"),
        ("site.withdrawal", "not-owner"),
        ("site.erasure-request", "not-owner"),
    ],
)
def test_a_peer_that_speaks_for_anothers_site_is_refused_and_changes_nothing(kind, code):
    world = World(seed=2)
    here, there = world.places.values()
    theirs = there.party.id
    site, hashed = f"{theirs}/00000000000000a1", "ab" * 32
    item = {
        name: entry_body(1)[name]
        for name in ("version", "kind", "place", "valid_from", "valid_until", "renew_by")
    } | {"site": site, "state": "verified", "precision_mm": 0, "names": [], "contact": None}
    row = {"record": hashed, "envelope_sha256": hashed, "stub_sha256": hashed}
    body = {
        "site.consent": said(here.party.id, world.at(here), 0),
        "site.erasure": {"site": site, "words": "x", "records": [row]},
        "site.notice": {"sites": [item]},
        "site.withdrawal": {"sites": [site], "why": "ended"},
        "site.erasure-request": {"sites": [site], "words": "x", "records": [row]},
    }[kind]
    last = here.node._places[here.party.id, (theirs,)]
    draft = Draft(kind, (theirs,), body, OFFICER)
    forged = seal(
        draft, here.party.id, last.sequence + 1, last.digest, world.at(here), here.node.signer
    )
    log = here.node.own_log(theirs)
    salt = bytes(32)
    world.do(here, lambda n, _: n.append_leaf(log, salt, forged.envelope_bytes, forged.digest))
    world.run(5)
    leaves = list(there.store.leaves(there.node.peer_log(here.party.id).log))
    assert (leaves[-1].digest, leaves[-1].quarantine_reason) == (forged.digest, code)
    assert not there.node.knows(forged.digest)
    assert there.node.sites.theirs(site) is None
    assert not list(there.node.sites.peer_erasures.all())
