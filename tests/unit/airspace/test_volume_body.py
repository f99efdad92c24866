"""Volumes and their record form."""

import json

import pytest

from comity.domain.airspace import (
    Altitude,
    Datum,
    EdgeKind,
    Footprint,
    Shape,
    ShapeKind,
    Volume4D,
    volume_from_body,
    volume_to_body,
    volumes_from_body,
)
from comity.domain.airspace.volume import PIECES_TOGETHER_MAX
from comity.kernel.errors import InputError, RecordError
from comity.kernel.instants import Instant

AT = Instant(1_800_000_000_000)


def volume(**changes):
    fields = {
        "shape": Shape(ShapeKind.RING, (10.0, 10.5, 10.25), (20.0, 20.0, 21.1234567)),
        "lower": Altitude(10_058.4, Datum.QNE),
        "upper": Altitude(10_363.2, Datum.QNE),
        "start": AT,
        "end": AT.plus_s(600),
    }
    return Volume4D(**{**fields, **changes})


@pytest.mark.requirement("AIR-002")
def test_a_volume_on_the_grid_of_records_survives_the_journey():
    path = Shape(ShapeKind.PATH, (-90.0,), (180.0,), 250.125, EdgeKind.CHORD)
    for original in (volume(), volume(shape=path)):
        body = json.loads(json.dumps(volume_to_body(original)))
        assert volume_from_body(body) == original


@pytest.mark.requirement("AIR-002")
def test_heights_and_radius_off_the_grid_round_outwards():
    body = volume_to_body(
        volume(
            shape=Shape(ShapeKind.PATH, (0.0,), (0.0,), 1.0001),
            lower=Altitude(-0.0004, Datum.WGS84),
            upper=Altitude(0.0004, Datum.WGS84),
        )
    )
    assert body["lower"]["height_mm"] == -1
    assert body["upper"]["height_mm"] == 1
    assert body["shape"]["radius_mm"] == 1001


@pytest.mark.requirement("AIR-001")
@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Shape(ShapeKind.PATH, (float("nan"),), (0.0,)), "latitude_deg[0]"),
        (lambda: Shape(ShapeKind.PATH, (0.0, 91.0), (0.0, 0.0)), "latitude_deg[1]"),
        (lambda: Shape(ShapeKind.PATH, (0.0,), (float("inf"),)), "longitude_deg[0]"),
        (lambda: Shape(ShapeKind.PATH, (0.0,), (180.5,)), "longitude_deg[0]"),
        (lambda: Shape(ShapeKind.PATH, (0.0,), (0.0, 1.0)), "longitude_deg"),
        (lambda: Shape(ShapeKind.PATH, (), ()), "latitude_deg"),
        (lambda: Shape(ShapeKind.RING, (0.0, 1.0), (0.0, 1.0)), "latitude_deg"),
        (lambda: Shape(ShapeKind.PATH, (0.0,), (0.0,), -1.0), "radius_m"),
        (lambda: Shape(ShapeKind.PATH, (0.0,), (0.0,), float("nan")), "radius_m"),
        (lambda: Altitude(float("nan"), Datum.WGS84), "height_m"),
        (lambda: Altitude(2e5, Datum.WGS84), "height_m"),
        (lambda: volume(end=AT), "end"),
        (lambda: volume(end=AT.plus_s(-1)), "end"),
        (lambda: volume(end=AT.plus_s(8 * 86_400)), "end"),
        (lambda: volume(lower=Altitude(20_000.0, Datum.QNE)), "lower"),
    ],
)
def test_what_is_no_volume_is_refused_naming_the_field(make, field):
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.field == field


def _without(name):
    return lambda body: body.pop(name)


def _with(value, *path):
    def change(body):
        for step in path[:-1]:
            body = body[step]
        body[path[-1]] = value

    return change


@pytest.mark.requirement("AIR-003")
@pytest.mark.parametrize(
    ("spoil", "reason", "named"),
    [
        (_without("shape"), "volume-malformed", "volume.shape"),
        (_without("start"), "volume-malformed", "volume.start"),
        (_with("2026-11-22T17:29:50Z", "start"), "volume-malformed", "volume.start"),
        (_with("disc", "shape", "kind"), "volume-malformed", "volume.shape.kind"),
        (_with("loxodrome", "shape", "edge"), "volume-malformed", "volume.shape.edge"),
        (_with(1.5, "shape", "radius_mm"), "volume-malformed", "volume.shape.radius_mm"),
        (_with(bool(1), "lower", "height_mm"), "volume-malformed", "volume.lower.height_mm"),
        (_with("NAVD88", "lower", "datum"), "volume-malformed", "volume.lower.datum"),
        (_with(2**53, "lower", "height_mm"), "volume-invalid", "volume.lower.height_mm"),
        (_with(2 * 10**8, "upper", "height_mm"), "volume-invalid", "volume.upper.height_m"),
        (
            _with(900_000_001, "shape", "latitude_deg_e7", 0),
            "volume-invalid",
            "volume.shape.latitude_deg[0]",
        ),
        (
            _with([0] * 1001, "shape", "latitude_deg_e7"),
            "volume-invalid",
            "volume.shape.latitude_deg_e7",
        ),
    ],
)
def test_a_bad_record_form_is_refused_naming_the_field(spoil, reason, named):
    body = volume_to_body(volume())
    spoil(body)
    with pytest.raises(RecordError) as caught:
        volume_from_body(body)
    assert caught.value.reason == reason
    assert caught.value.detail.startswith(named + ":")


@pytest.mark.requirement("AIR-001")
def test_a_flight_whose_edges_take_too_many_pieces_is_refused_as_soon_as_they_do():
    half_a_parallel = Shape(ShapeKind.PATH, (60.0, 60.0), (0.0, 90.0), 0.0, EdgeKind.CHORD)
    pieces = len(half_a_parallel.prepared.points)
    most = PIECES_TOGETHER_MAX // pieces
    assert 1 < most < 20
    bodies = [volume_to_body(volume(shape=half_a_parallel))] * most
    assert len(volumes_from_body(bodies)) == most
    unread = {"shape": "never looked at"}
    with pytest.raises(RecordError, match=f"at most {PIECES_TOGETHER_MAX} together") as caught:
        volumes_from_body([*bodies, bodies[0], unread])
    assert caught.value.reason == "volume-invalid"
    with pytest.raises(InputError, match="together"):
        Footprint((volume(shape=half_a_parallel),) * (most + 1), None, "general")
