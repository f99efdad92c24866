"""Importing into a node: doubts wait for a person, and what is held stays as it is."""

import pytest
from tests.simulation.world import OFFICER, World
from tests.sites_world import entry_body

from comity.application.import_sites import ImportRow, answer_proposal_row, import_rows
from comity.domain.sites import Doubt
from comity.kernel.errors import InputError

SHA = "ab" * 32


def row(number, doubts=(), **changed):
    body = entry_body(number, **changed)
    wanted = ("kind", "names", "place", "owner", "contact", "origin", "valid_from", "valid_until")
    return ImportRow(number, {name: body[name] for name in wanted}, doubts)


@pytest.mark.requirement("SITES-043")
def test_doubts_wait_twins_wait_and_what_is_known_is_counted():
    world = World(seed=1)
    place = next(iter(world.places.values()))

    def take(*rows):
        return world.do(
            place, lambda node, at: import_rows(node, "list.csv", SHA, rows, OFFICER, at)
        ).result()

    first = take(
        row(1), row(2, latitude_e7=-90_000_000), row(3, (Doubt.AT_SEA,), latitude_e7=-80_000_000)
    )
    assert (len(first.entered), first.proposed, first.known) == (2, (3,), ())
    register = place.node.sites
    held = {site: register.own(site).entry for site in register.sites()}
    names = [{"text": "Another name", "script": "Latn", "language": "en"}]
    second = take(row(1), row(5, names=names), row(6, latitude_e7=-100_000_100))
    assert (second.entered, second.proposed, second.known) == ((), (5, 6), (1,))
    assert {site: register.own(site).entry for site in register.sites()} == held
    waiting = {proposal.number: (digest, proposal) for digest, _, proposal in register.proposals()}
    assert waiting[5][1].sites == (first.entered[0],)

    def answer(number, *, enter):
        digest = waiting[number][0]
        return world.do(
            place,
            lambda node, at: answer_proposal_row(
                node, digest, number, "looked", OFFICER, at, enter=enter
            ),
        ).result()

    assert answer(5, enter=False) is None
    entered = answer(6, enter=True)
    assert register.own(entered).entry.version == 1
    assert [proposal.number for _, _, proposal in register.proposals()] == [3]
    with pytest.raises(InputError, match="nothing waits"):
        answer(6, enter=True)


@pytest.mark.requirement("SITES-043")
def test_one_bad_row_is_named_and_nothing_of_the_batch_is_written():
    world = World(seed=1)
    place = next(iter(world.places.values()))
    before = place.node.journal_size
    rows = (row(1), row(2, kind="barracks"))
    outcome = world.do(place, lambda node, at: import_rows(node, "x", SHA, rows, OFFICER, at))
    with pytest.raises(InputError, match=r"rows\[1\].kind"):
        outcome.result()
    assert place.node.journal_size == before
