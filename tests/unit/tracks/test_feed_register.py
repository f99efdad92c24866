"""Which feeds a node listens to is on record, and what a record must not hold is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulation.world import OFFICER, World

from comity.application.set_up_feeds import add_feed, remove_feed
from comity.domain.records import Draft
from comity.domain.tracks import FEED_ADDED, FeedId, FeedSettings, feed_to_body
from comity.domain.tracks.feed_register import FEEDS_MAX, feed_from_body
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import NODE_OPERATOR, PartyId

PARTY = PartyId("aurelia.q3mbt5aa")


def _settings(name="roof", party=PARTY, **changes):
    given = {"format_name": "sbs1", "address": "tcp://127.0.0.1:30003", **changes}
    return FeedSettings(FeedId(name), party, **given)


@pytest.mark.requirement("WATCH-001")
@given(
    st.floats(0.2, 3_600.0),
    st.none() | st.integers(-50_400, 50_400),
    st.none() | st.tuples(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0)),
    st.floats(-1_000.0, 100_000.0),
)
def test_what_was_said_of_a_feed_is_read_back_as_it_was(every_s, zone_s, place, height_m):
    height_m = None if place is None else height_m
    said = _settings(
        every_s=every_s, zone_offset_s=zone_s, receiver_deg=place, receiver_height_m=height_m
    )
    read = feed_from_body(feed_to_body(said))
    assert read.every_s == pytest.approx(every_s, abs=0.0006)
    assert read.zone_offset_s == zone_s
    if place is not None:
        assert read.receiver_deg == pytest.approx(place, abs=1e-7)
        assert read.receiver_height_m == pytest.approx(height_m, abs=0.001)


@pytest.mark.requirement("WATCH-001")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "tcp://ada:secret@127.0.0.1:30003"}, "address"),
        ({"address": ""}, "address"),
        ({"address": "tcp://" + "x" * 300}, "address"),
        ({"address": "http://[::1"}, "address"),
        ({"format_name": "SBS 1"}, "format"),
        ({"every_s": 0.1}, "every_s"),
        ({"every_s": float("nan")}, "every_s"),
        ({"zone_offset_s": 50_401}, "zone_offset_s"),
        ({"receiver_deg": (91.0, 0.0)}, "receiver latitude"),
        ({"receiver_deg": (0.0, float("nan"))}, "receiver longitude"),
        ({"receiver_height_m": 30.0}, "receiver"),
        ({"name": "Roof"}, "feed"),
        ({"party": PartyId("nobody")}, "party"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(changes, field):
    with pytest.raises(InputError) as caught:
        _settings(**changes)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "change",
    [{"every_ms": "soon"}, {"every_ms": None}, {"receiver_latitude_deg_e7": 5}, {"feed": 7},
     {"every_ms": True}],
)  # fmt: skip
def test_a_record_of_another_form_is_refused(change):
    with pytest.raises(RecordError) as caught:
        feed_from_body(feed_to_body(_settings()) | change)
    assert caught.value.reason in {"field-form", "field-limit"}


@pytest.mark.requirement("WATCH-001")
def test_feeds_outlive_a_crash_and_each_has_its_person():
    world = World(seed=11)
    place = next(iter(world.places.values()))
    party = place.node.party
    record = world.do(
        place, lambda node, at: add_feed(node, _settings(party=party), OFFICER, at)
    ).result()
    assert record.operator == OFFICER
    assert record.recipients == ()
    again = world.do(place, lambda node, at: add_feed(node, _settings(party=party), OFFICER, at))
    assert isinstance(again.error, InputError)
    stranger = world.do(place, lambda node, at: add_feed(node, _settings("sea"), OFFICER, at))
    assert isinstance(stranger.error, InputError)
    assert stranger.error.field == "party"
    world._crash(place)
    world.run(10)
    assert [each.feed for each in place.node.feeds.feeds()] == ["roof"]
    world.do(place, lambda node, at: remove_feed(node, FeedId("roof"), OFFICER, at)).result()
    assert place.node.feeds.feeds() == ()
    gone = world.do(place, lambda node, at: remove_feed(node, FeedId("roof"), OFFICER, at))
    assert isinstance(gone.error, InputError)


def test_the_node_itself_adds_no_feed_and_there_are_not_too_many():
    world = World(seed=12)
    place = next(iter(world.places.values()))
    body = feed_to_body(_settings(party=place.node.party))
    by_node = world.do(
        place, lambda node, at: node.issue(Draft(FEED_ADDED, (), body, NODE_OPERATOR), at)
    )
    assert isinstance(by_node.error, RecordError)
    assert by_node.error.reason == "person-required"
    for number in range(FEEDS_MAX):
        settings = _settings(f"feed-{number}", place.node.party)
        world.do(place, lambda node, at, s=settings: add_feed(node, s, OFFICER, at)).result()
    more = world.do(place, lambda n, at: add_feed(n, _settings("one-more", n.party), OFFICER, at))
    assert isinstance(more.error, InputError)
