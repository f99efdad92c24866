"""Notices between two whole nodes: known, acknowledged, taken back; and what flies there, at once."""

import dataclasses
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.simulation.settings import Setting
from tests.simulation.world import OFFICER, Place, World

from comity.application.node import Node
from comity.application.notice_picture import notice_picture, tracks_inside, tracks_there
from comity.application.notify import (
    acknowledge_notice,
    cancel_notice,
    revise_notice,
    send_notice,
)
from comity.application.plan_flights import FlightRequest, declare_flight
from comity.application.ports.live_tracks import LivePicture
from comity.domain.agreement import SeparationTable, StatementAction
from comity.domain.airspace import (
    NO_HEIGHT_BOUNDS,
    Altitude,
    Datum,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.conflicts import ConflictIndex
from comity.domain.notices import Notice, NoticeArea, NoticeState
from comity.domain.places.bearing import geodesics
from comity.domain.records import Record
from comity.domain.tracks import TrackSnapshot
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import NoticeId, OperatorId
from comity.kernel.instants import Instant, StatedTime

ADA, BEN = OperatorId("ada"), OperatorId("ben")
CIRCLE = Shape(ShapeKind.PATH, (60.0,), (25.0,), 10_000.0)


@pytest.fixture
def world() -> World:
    return World(seed=7)


def sides(world: World) -> tuple[Place, Place]:
    a, b = world.places.values()
    return a, b


def written(at: Instant, *, begins_s: float = 3_600.0, **changed: Any) -> Notice:
    def time(seconds: float) -> StatedTime:
        return StatedTime(at.plus_s(seconds), str(at.plus_s(seconds)), "Z")

    stated = Notice(
        id=NoticeId(""),
        revision=1,
        replaces=None,
        agreement=None,
        activity="jet",
        areas=(
            NoticeArea(
                CIRCLE, (Altitude(0.0, Datum.EGM2008),), (Altitude(3_000.0, Datum.EGM2008),)
            ),
        ),
        starts=(time(begins_s),),
        ends=(time(begins_s + 3_600.0),),
        description="Parachute drop.",
        contact="Watch",
    )
    return replace(stated, **changed)


def do(world: World, place: Place, work: Any) -> Any:
    outcome = world.do(place, work)
    assert outcome is not None
    return outcome.result()


def send(world: World, place: Place, **changed: Any) -> Record:
    return do(world, place, lambda n, at: send_notice(n, written(at, **changed), ADA, at))


def view(world: World, place: Place, record: Record) -> Any:
    return place.node.notices.view(record.digest, world.at(place))


@pytest.mark.requirement("NOTICE-010")
@pytest.mark.requirement("NOTICE-009")
def test_a_notice_is_unknown_until_a_person_there_says_so_and_stands_until_it_is_taken_back(
    world: World,
) -> None:
    a, b = sides(world)
    record = send(world, a)
    assert view(world, a, record).acknowledged == {b.party.id: ()}
    world.run(10)
    assert view(world, b, record).held.received_at > record.made_at
    assert view(world, a, record).acknowledged == {b.party.id: ()}  # stored there is not seen
    assert a.node.deliveries(record.digest)[0].receipted
    do(world, b, lambda n, at: acknowledge_notice(n, record.digest, BEN, at))
    world.run(10)
    [person] = view(world, a, record).acknowledged[b.party.id]
    assert person.operator == BEN
    notice = view(world, a, record).held.notice.id
    later = do(
        world, a, lambda n, at: revise_notice(n, notice, written(at, begins_s=7_200.0), ADA, at)
    )
    world.network.partition(b.party.id, a.party.id, 60_000)
    world.network.partition(a.party.id, b.party.id, 60_000)
    world.run(5)
    assert view(world, b, record).state is NoticeState.TO_COME
    world.run(90)
    assert view(world, b, record).state is NoticeState.REPLACED
    assert view(world, a, later).acknowledged == {b.party.id: ()}
    do(world, a, lambda n, at: cancel_notice(n, notice, "rain", ADA, at))
    world.run(10)
    assert view(world, b, later).state is NoticeState.CANCELLED
    again = Node.open(
        b.store, b.party.signer, None, b.party.card, make_finder=b.node.make_finder, kernel="k"
    )  # type: ignore[arg-type]
    for each in (record, later):
        assert again.notices.view(each.digest, world.at(b)) == view(world, b, each)


@pytest.mark.requirement("NOTICE-015")
def test_a_warning_passes_while_the_agreement_is_suspended(world: World) -> None:
    a, b = sides(world)
    world.state_agreement(b, StatementAction.SUSPEND)
    world.run(10)
    record = send(world, a)
    world.run(10)
    assert view(world, b, record) is not None


def test_who_may_not_change_a_notice_is_told(world: World) -> None:
    a, b = sides(world)
    record = send(world, a)
    world.run(10)
    notice = view(world, a, record).held.notice.id
    for place, work in (
        (b, lambda n, at: cancel_notice(n, notice, "", BEN, at)),
        (b, lambda n, at: revise_notice(n, notice, written(at), BEN, at)),
        (a, lambda n, at: acknowledge_notice(n, record.digest, ADA, at)),
    ):
        with pytest.raises(InputError, match="notice"):
            do(world, place, work)
    stranger = a.party.id.replace("alder", "zelkova")
    with pytest.raises(AgreementError, match="not-paired"):
        do(world, a, lambda n, at: send_notice(n, written(at), ADA, at, recipients=(stranger,)))


@pytest.mark.requirement("NOTICE-012")
def test_flights_inside_are_listed_now_and_while_it_is_in_effect() -> None:
    minima = SeparationTable(Separation(1_000.0, 100.0)).minima
    finder = Setting(make_finder=lambda: ConflictIndex(minima, compiled_from=sys.maxsize))
    world = World(seed=7, setting=finder)  # the simulator's own finder knows no heights
    a, b = sides(world)

    def fly(longitude_deg: float, begins_s: float, height_m: float = 1_000.0) -> Any:
        def work(node: Node, at: Instant) -> Any:
            volume = Volume4D(
                Shape(ShapeKind.PATH, (60.0,), (longitude_deg,), 1_000.0),
                Altitude(height_m, Datum.EGM2008),
                Altitude(height_m + 100.0, Datum.EGM2008),
                at.plus_s(begins_s),
                at.plus_s(begins_s + 600.0),
            )
            footprint = Footprint((volume,), None, "jet")
            return declare_flight(node, FlightRequest(footprint, "general", OFFICER), at).intent

        return do(world, b, work)

    now, then = fly(25.0, 30.0), fly(25.0, 4_000.0)
    fly(28.0, 4_000.0)  # 160 km east
    fly(25.0, 20_000.0)  # long after
    fly(25.0, 4_000.0, 20_000.0)  # far above
    world.run(5)
    record = send(world, a)
    world.run(5)
    held = b.node.notices.get(record.digest)
    assert held is not None
    picture = notice_picture(b.node, held, world.at(b))
    assert [(each.intent, each.own) for each in picture.now] == [(now, True)]
    assert [(each.intent, each.own) for each in picture.in_effect] == [(then, True)]
    assert tracks_there(held, None) is None  # no picture of the air: unknown, not none
    held_there = a.node.notices.get(record.digest)
    assert held_there is not None
    listed = notice_picture(a.node, held_there, world.at(a)).in_effect
    assert [(each.intent, each.own) for each in listed] == [(then, False)]
    nowhere = send(world, a, areas=())
    held = a.node.notices.get(nowhere.digest)
    assert held is not None
    assert notice_picture(a.node, held, world.at(a)).no_area


def snapshot(at: Instant, *rows: dict[str, Any]) -> TrackSnapshot:
    """Tracks with what a row says of each; the rest is not known."""
    columns: dict[str, Any] = {"at": at, "parties": ()}
    for column in dataclasses.fields(TrackSnapshot):
        if column.name in columns:
            continue
        mask = "Mask" in str(column.type)
        vector = column.name in ("position_ecef_m", "velocity_ecef_mps")
        shape = (len(rows), 3) if vector else (len(rows),)
        columns[column.name] = np.zeros(shape, bool if mask else float)
        for index, row in enumerate(rows):
            if column.name in row:
                columns[column.name][index] = row[column.name]
    for name in ("track_id", "slot", "address"):
        columns[name] = columns[name].astype(np.int64)
    columns["track_id"] = np.arange(len(rows))
    return TrackSnapshot(**columns)


def track(latitude_deg: float, longitude_deg: float, **known: Any) -> dict[str, Any]:
    return {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg, **known}


def pressure(height_m: float, error_m: float = 10.0) -> dict[str, Any]:
    return {
        "has_altitude_pressure": True,
        "altitude_pressure_m": height_m,
        "accuracy_pressure_m": error_m,
    }


def ellipsoid(height_m: float) -> dict[str, Any]:
    return {
        "has_altitude_ellipsoid": True,
        "altitude_ellipsoid_m": height_m,
        "accuracy_ellipsoid_m": 5.0,
    }


DEGREE_M = 111_412.0  # of latitude at 60 degrees


@pytest.mark.requirement("NOTICE-012")
@pytest.mark.parametrize(
    ("row", "inside", "height_known"),
    [
        (track(60.0, 25.0), True, False),
        (track(60.0 + 9_990 / DEGREE_M, 25.0), True, False),
        (track(60.0 + 10_100 / DEGREE_M, 25.0), False, False),
        (track(60.0 + 10_100 / DEGREE_M, 25.0, accuracy_horizontal_m=200.0), True, False),
        (track(60.0, 25.0, **pressure(1_000.0)), True, True),
        (track(60.0, 25.0, **pressure(3_005.0)), True, False),  # within its error of the limit
        (track(60.0, 25.0, **pressure(3_011.0)), False, False),
        (track(60.0, 25.0, **ellipsoid(1_000.0)), True, False),  # the geoid is not known
        (track(60.0, 25.0, **pressure(9_000.0), **ellipsoid(1_000.0)), False, False),
    ],
)
def test_a_live_track_inside_is_listed_with_what_is_known_of_its_height(
    row: dict[str, Any], inside: bool, height_known: bool
) -> None:
    at = Instant(1_795_000_000_000)
    volume = Volume4D(
        CIRCLE, Altitude(0.0, Datum.QNE), Altitude(3_000.0, Datum.QNE), at, at.plus_s(60.0)
    )
    found = list(tracks_inside(snapshot(at, track(10.0, 25.0), row), [volume], NO_HEIGHT_BOUNDS))
    assert [each.track_id for each in found] == ([1] if inside else [])
    if inside:
        assert found[0].height_known is height_known


@pytest.mark.requirement("NOTICE-012")
@pytest.mark.parametrize("middle", [(89.99, 10.0), (-90.0, 0.0), (0.0, 180.0), (35.0, -179.99)])
def test_no_live_track_inside_is_missed_anywhere(middle: tuple[float, float]) -> None:
    at = Instant(1_795_000_000_000)
    area = Shape(ShapeKind.PATH, (middle[0],), (middle[1],), 20_000.0)
    volume = Volume4D(
        area, Altitude(0.0, Datum.QNE), Altitude(3_000.0, Datum.QNE), at, at.plus_s(60.0)
    )
    rows = []
    for azimuth_deg in range(0, 360, 15):
        for distance_m in (19_990.0, 20_010.0):
            longitude, latitude, _ = geodesics().fwd(middle[1], middle[0], azimuth_deg, distance_m)
            rows.append(track(latitude, longitude))
    found = {
        each.track_id for each in tracks_inside(snapshot(at, *rows), [volume], NO_HEIGHT_BOUNDS)
    }
    assert found == set(range(0, len(rows), 2))


@pytest.mark.requirement("NOTICE-012")
def test_a_node_with_a_picture_of_the_air_lists_its_tracks(world: World) -> None:
    a, _ = sides(world)
    record = send(world, a)
    held = a.node.notices.get(record.digest)
    assert held is not None
    live = LivePicture(snapshot(world.at(a), track(60.0, 25.0), track(61.0, 25.0)))
    there = tracks_there(held, live)
    assert there is not None
    assert [each.track_id for each in there.tracks] == [0]
    assert (there.at, there.more) == (world.at(a), False)
