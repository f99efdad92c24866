"""Whoever reads the register of others' sites is put down and limited, as who previews a notice is."""

import pytest
from tests.hazards_world import (
    ADA,
    BEN,
    circle,
    consent_to,
    do,
    enter_convoy,
    listed,
    preview,
    query,
    sides,
    speak_for,
    wish,
)
from tests.simulation.invariants import logs_agree
from tests.simulation.world import World
from tests.sites_world import NOON

from comity.application.keep_sites import enter_sites, take_back_consent
from comity.application.node import Node
from comity.application.read_register import put_down_list, query_register
from comity.domain.airspace import Shape, ShapeKind
from comity.domain.hazards import (
    READING,
    ROWS_DAY_MAX,
    ROWS_SWEEP,
    Listed,
    ReadingLog,
    SweepRule,
    Way,
)
from comity.domain.sites import Question, Touches, Undetermined
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import OperatorId, RecordDigest, SiteId

DAY_S = 86_400.0
DIGEST = RecordDigest("ab" * 32)


def readings(place):
    found = [place.node.open_envelope(each.envelope_bytes) for each in place.store.journal()]
    return [each for each in found if each.kind == READING]


@pytest.mark.requirement("HAZARD-017")
def test_a_query_and_a_list_are_put_down_for_the_owner_at_the_precision_consented_to():
    world = World(seed=4)
    flies, speaks = sides(world)
    (site,) = speak_for(world, speaks, wish(), to=flies, precision_mm=2_000_000)
    answer, record = query(world, flies, circle())
    assert isinstance(answer, Touches)
    assert flies.node.knows(record)
    listed(world, flies, BEN)
    world.run(10)
    told = [
        (each.viewer, each.precision_mm, each.way)
        for each in speaks.node.sites.exposures(site)
        if each.way != "notice"
    ]
    me = flies.party.id
    assert told == [(f"{me} (ada)", 2_000_000, "query"), (f"{me} (ben)", 2_000_000, "map")]
    assert [each.way for each in speaks.node.hazards.exposures(site)] == [Way.QUERY, Way.MAP]
    _, copies = do(world, speaks, lambda n, at: take_back_consent(n, me, None, "enough", ADA, at))
    assert {each.viewer for each in copies} == {me, f"{me} (ada)", f"{me} (ben)"}
    world.run(10)
    assert all(each.withdrawal for each in speaks.node.sites.copies([site]))
    assert listed(world, flies, BEN, 100), "a new list is on record whatever it shows"
    world.run(10)
    assert len(speaks.node.hazards.exposures(site)) == 2, "nothing of a copy taken back is shown"
    assert logs_agree(world)


@pytest.mark.requirement("HAZARD-018")
def test_own_sites_are_free_and_asking_for_them_alone_says_nothing_of_others():
    world = World(seed=4)
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), to=flies)
    answer, record = query(world, flies, circle(), own=True)
    assert isinstance(answer, Undetermined)
    assert "only what this party speaks for itself" in answer.words
    assert record is None
    do(world, flies, lambda n, at: enter_sites(n, [wish(2)], ADA, at))
    answer, record = query(world, flies, circle(), own=True)
    assert isinstance(answer, Touches)
    assert [each.owner for each in answer.sites] == [flies.party.id]
    assert record is None
    assert readings(flies) == []
    query(world, flies, circle())
    assert len(readings(flies)) == 1


@pytest.mark.requirement("HAZARD-017")
def test_the_map_is_put_down_once_and_again_when_the_site_changes_or_weeks_have_gone():
    world = World(seed=4)
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), wish(2, north_m=5_000.0), to=flies, precision_mm=2_000_000)
    movement = enter_convoy(world, speaks, flies)
    assert len(listed(world, flies)) == 1
    assert listed(world, flies) == ()
    assert listed(world, flies, BEN)
    consent_to(world, speaks, flies, 1_000_000)
    world.run(10)
    assert len(listed(world, flies)) == 1
    assert listed(world, flies) == ()
    seen = {name: each.precision_mm for name in speaks.node.sites.sites()
            for each in speaks.node.hazards.exposures(name)}  # fmt: skip
    world.run(10)
    assert set(seen.values()) == {2_000_000}
    last = [
        speaks.node.hazards.exposures(name)[-1].precision_mm for name in speaks.node.sites.sites()
    ]
    assert last == [1_000_000, 1_000_000]
    assert speaks.node.hazards.exposures(movement) == (), "the map shows no movements"


@pytest.mark.requirement("HAZARD-018")
def test_queries_and_previews_share_their_limits_and_a_refusal_is_the_same_where_nothing_is():
    world = World(seed=4)
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), to=flies)
    for _ in range(10):
        preview(world, flies, circle())
        query(world, flies, circle())
    said = []
    for north_m in (0.0, 300_000.0):
        with pytest.raises(InputError) as refused:
            query(world, flies, circle(north_m=north_m))
        said.append(refused.value.why)
    assert said[0] == said[1]
    assert "20 previews and queries of ada within one hour" in said[0]
    assert [each.rule for each in flies.node.hazards.sweeps()] == [SweepRule.LIMIT]
    world.run(10)
    [(_, told, _)] = speaks.node.hazards.sweeps_received()
    assert told.rule is SweepRule.LIMIT
    with pytest.raises(InputError, match="meets more than 64 cells") as wide:
        query(world, flies, Shape(ShapeKind.PATH, (-10.0, -4.0), (-150.0, -150.0), 150_000.0), BEN)
    assert wide.value.field == "area"


@pytest.mark.requirement("HAZARD-018")
def test_reading_the_register_out_rings_here_and_at_its_owners_and_ends():
    world = World(seed=4)
    flies, speaks = sides(world)
    (site,) = speak_for(world, speaks, wish(), to=flies)
    for page in range(ROWS_SWEEP // 1_000):
        listed(world, flies, ADA, 1_000, page)
        listed(world, flies, ADA, 1_000, page)
    assert flies.node.hazards.sweeps() == ()
    listed(world, flies, ADA, 1, 7)
    [sweep] = flies.node.hazards.sweeps()
    assert (sweep.rule, sweep.operator, sweep.seen) == (SweepRule.READING_OUT, ADA, (site,))
    world.run(10)
    [(who, told, _)] = speaks.node.hazards.sweeps_received()
    assert (who, told.rule, told.by, told.cells, told.seen) == (
        flies.party.id, SweepRule.READING_OUT, ADA, 0, (site,)
    )  # fmt: skip
    for place in (flies, speaks):
        assert any(each.code == "preview-sweep" for each in place.node.alarms.of_each(100))
    for page in range(10, 10 + (ROWS_DAY_MAX - ROWS_SWEEP) // 1_000 - 1):
        listed(world, flies, ADA, 1_000, page)
    listed(world, flies, ADA, 999, 98)
    with pytest.raises(InputError, match="at most 20000, and these are 1 more") as refused:
        listed(world, flies, ADA, 1, 99)
    assert refused.value.field == "limit"
    listed(world, flies, ADA, 1_000, 0)
    listed(world, flies)
    listed(world, flies, BEN, 1_000, 99)


@pytest.mark.requirement("HAZARD-017")
def test_while_a_node_recovers_the_map_is_shown_without_a_record_and_that_rings_once():
    world = World(seed=4)
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), to=flies)
    node, at = flies.node, world.at(flies)
    node.begin_recovery()
    assert node.recovering
    before = node.journal_size
    for _ in range(3):
        assert put_down_list(node, Way.MAP, (), 0, node.sites.sites(), ADA, at) == ()
    assert node.journal_size == before
    assert [each.code for each in node.alarms.of_each(9)].count("reading-not-recorded") == 1
    with pytest.raises(AgreementError, match="recovering"):
        query_register(node, Question(circle(), 0.0), ADA, at)


@pytest.mark.requirement("HAZARD-010")
def test_a_restart_knows_what_was_read_out():
    world = World(seed=4)
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), to=flies)
    query(world, flies, circle())
    listed(world, flies, ADA, 1_000)
    world.run(10)
    node = flies.node
    again = Node.open(
        node.store, node.signer, node.entropy, node.card, node.make_finder, node.kernel
    )
    assert again.decide(world.at(flies)) == 0, "no exposure is told twice"
    assert again.hazards.previews.asked() == node.hazards.previews.asked() != ()
    assert again.hazards.readings.listed() == node.hazards.readings.listed() != ()
    shown = [(each, 1_000_000, None) for each in node.sites.sites()]
    assert again.hazards.readings.news(ADA, shown, world.at(flies)) == []
    assert again.hazards.readings.news(BEN, shown, world.at(flies)) == [
        (each, 1_000_000) for each in node.sites.sites()
    ]


@pytest.mark.requirement("HAZARD-018")
def test_rows_are_counted_by_what_was_asked_for_and_forgotten_after_a_day():
    log, ada = ReadingLog(), OperatorId("ada")
    for page in range(20):
        at = NOON.plus_s(page * 60.0)
        assert log.check(ada, str(page), 1_000, at)
        log.take(Listed(DIGEST, ada, at, str(page), 1_000, (), "list"), ())
    with pytest.raises(InputError, match=str(NOON.plus_s(DAY_S))):
        log.check(ada, "more", 1, NOON.plus_s(DAY_S - 1.0))
    assert log.check(ada, "more", 1_000, NOON.plus_s(DAY_S))
    with pytest.raises(InputError):
        log.check(ada, "more", 1_001, NOON.plus_s(DAY_S))
    assert not log.check(ada, "19", 1_000, NOON.plus_s(DAY_S)), "the same again is free"


@pytest.mark.requirement("HAZARD-017")
def test_a_person_is_put_down_again_for_what_is_finer_newer_or_weeks_old():
    log, ada, site = ReadingLog(), OperatorId("ada"), SiteId("borealis.aaaaaaaa/0000000000000001")
    assert log.news(ada, [(site, 1_000, NOON)], NOON) == [(site, 1_000)]
    log.take(Listed(DIGEST, ada, NOON, "map", 0, (site,), "map"), [(site, 1_000)])
    later = NOON.plus_s(60.0)
    assert log.news(ada, [(site, 1_000, NOON), (site, 2_000, NOON)], later) == []
    assert log.news(ada, [(site, 999, NOON)], later) == [(site, 999)]
    assert log.news(ada, [(site, 1_000, later)], later) == [(site, 1_000)]
    assert log.news(OperatorId("ben"), [(site, 1_000, NOON)], later) == [(site, 1_000)]
    assert log.news(ada, [(site, 1_000, NOON)], NOON.plus_s(28 * DAY_S)) == [(site, 1_000)]
