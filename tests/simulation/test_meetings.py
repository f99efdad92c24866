"""Meetings on real nodes: partitions, loss and crashes part nobody for good; a group's meeting stays in it."""

import os
import random

import pytest
from tests.simulation.network import Faults
from tests.simulation.settings import Setting
from tests.simulation.test_groups import act as act_in
from tests.simulation.test_groups import create
from tests.simulation.world import OFFICER, World

from comity.application.hold_meetings import act_in_meeting, propose_meeting
from comity.domain.meetings import MeetingState, NewMeeting, Reply
from comity.domain.records import decode_canonical, unwrap
from comity.kernel.errors import AgreementError, InputError, StoreError
from comity.kernel.ids import MeetingId

CAMPAIGN = bool(os.environ.get("COMITY_CAMPAIGN"))
BAD_DAY = Faults(loss=0.2, replay=0.1, crash=0.01, partition=0.02, backup=0.0, restore=0.0)


def wish(world, parties, **changes):
    start = world.at(next(iter(world.places.values()))).plus_s(86_400)
    fields = {
        "title": "Follow-up", "start": start, "end": start.plus_s(3600),
        "stated": "tomorrow", "zone": "UTC", "parties": tuple(parties),
    }  # fmt: skip
    return NewMeeting(**(fields | changes))


def propose(world, place, parties, **changes):
    record = world.do(
        place, lambda n, at: propose_meeting(n, wish(world, parties, **changes), OFFICER, at)
    ).result()
    return MeetingId(record.body["meeting"])


def wander(world, meeting, rng):
    """One act of somebody, as likely as not out of place."""
    place = rng.choice(list(world.places.values()))
    if not place.up or meeting not in place.node.meetings.meetings():
        return
    held = place.node.meetings.get(meeting)
    named = rng.choice([None, *held.standing.proposals])
    station = f"{rng.randrange(4):016x}"
    acts = [
        lambda d: d.answer(meeting, Reply.ACCEPT, "UTC", "", named),
        lambda d: d.answer(meeting, Reply.ACCEPT, "UTC", "", named),
        lambda d: d.answer(meeting, rng.choice(list(Reply)), None, "", named),
        lambda d: d.counter(meeting, wish(world, (), place=f"room {rng.random()}"), named),
        lambda d: d.join(meeting, station, ":".join(["AB"] * 32), "x"),
        lambda d: d.consent(meeting, station, rng.randrange(9), recording=rng.random() < 0.8),
        lambda d: d.leave(meeting, station),
    ]
    chosen = rng.choice(acts)
    outcome = world.do(place, lambda n, at: act_in_meeting(n, chosen, OFFICER, at))
    assert outcome is None or isinstance(
        outcome.error, AgreementError | InputError | StoreError | type(None)
    ), outcome.error


@pytest.mark.requirement("MEET-003")
@pytest.mark.parametrize("seed", range(200 if CAMPAIGN else 4))
def test_all_hold_the_same_once_the_network_heals(seed):
    world = World(seed=seed, setting=Setting(nodes=3))
    places = list(world.places.values())
    meeting = propose(world, places[0], [each.party.id for each in places[1:]])
    world.network.faults = BAD_DAY
    rng = random.Random(seed)
    for _ in range(60):
        wander(world, meeting, rng)
        world.run(rng.choice([0, 1, 3]))
    world.heal()
    world.run(60)
    held = [each.node.meetings.get(meeting) for each in places]
    assert len(held[0].arranged) > 3
    for other in held[1:]:
        assert set(other.arranged) == set(held[0].arranged)
        assert other.standing == held[0].standing
        assert other.call == held[0].call
    standing = held[0].standing
    if standing.state is MeetingState.AGREED:
        assert set(standing.replies[standing.current].values()) == {Reply.ACCEPT}


@pytest.mark.requirement("MEET-006")
def test_a_groups_meeting_is_not_told_to_whom_was_removed():
    world = World(seed=5, setting=Setting(nodes=3))
    a, b, c = world.places.values()
    group = create(world, a, b, c)
    world.run(5)
    for each in (b, c):
        act_in(world, each, lambda d: d.accept(group))
    world.run(5)
    meeting = propose(world, a, (b.party.id, c.party.id), group=group)
    world.run(5)
    assert meeting in c.node.meetings.meetings()
    act_in(world, a, lambda d: d.remove(group, c.party.id, "left"))
    world.run(10)
    for place in (a, b):
        world.do(
            place,
            lambda n, at: act_in_meeting(
                n, lambda d: d.answer(meeting, Reply.ACCEPT, None, "among ourselves"), OFFICER, at
            ),
        ).result()
    world.run(10)
    told = [decode_canonical(unwrap(e.envelope_bytes).payload_bytes) for e in c.store.journal()]
    assert [p for p in told if p["kind"] == "meeting.answer"] == []
    assert b.node.meetings.get(meeting).standing.replies != {}
    with pytest.raises(AgreementError, match="meeting-group"):
        propose(world, a, (b.party.id, c.party.id), group=group)
