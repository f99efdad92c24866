"""Shapes that are none are refused, and odd ones that are some are taken."""

import numpy as np
import pytest
from tests import geodesic_reference as reference

from comity.domain.geometry import EdgeKind, Shape, ShapeKind, nearest, rings
from comity.domain.geometry.rings import check_simple, contains
from comity.kernel.errors import InputError


def ring(*vertices, edge=EdgeKind.GEODESIC):
    latitudes, longitudes = zip(*vertices, strict=True)
    return Shape(ShapeKind.RING, latitudes, longitudes, 0.0, edge)


def path(*vertices, edge=EdgeKind.GEODESIC):
    latitudes, longitudes = zip(*vertices, strict=True)
    return Shape(ShapeKind.PATH, latitudes, longitudes, 0.0, edge)


def star(count, inner=0.3):
    """A ring with deep notches, `count` vertices."""
    angles = 2 * np.pi * np.arange(count) / count
    reach = np.where(np.arange(count) % 2, inner, 1.0)
    return [
        (50 + float(r * np.sin(a)), 10 + float(r * np.cos(a)))
        for r, a in zip(reach, angles, strict=True)
    ]


@pytest.mark.requirement("GEO-005")
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: ring((0, 0), (1, 1), (0, 1), (1, 0)), "crosses itself"),
        (lambda: ring((0, 179.5), (1, -179.5), (0, -179.5), (1, 179.5)), "crosses itself"),
        (lambda: ring((89, 0), (89, 180), (89, 90), (89, -90)), "crosses itself"),
        (lambda: ring((0, 0), (0, 2), (1, 1), (2, 2), (2, 0), (1, 1)), "crosses itself"),
        (lambda: ring((0, 0), (0, 2), (2, 2), (0, 1)), "turns back"),
        (lambda: ring((0, 0), (0, 1), (0, 0.5)), "turns back"),
        (lambda: ring((-1, 0), (0, 1), (0, 3), (0, 1.5), (1, 0)), "turns back"),
        (lambda: ring((0, 0), (0, 1), (1, 1), (0, 0)), "within 1 mm"),
        (lambda: ring((90, 0), (90, 90), (80, 0)), "within 1 mm"),
        (lambda: path((10, 180), (10, -180)), "within 1 mm"),
        (lambda: path((0, 0), (0, 0)), "within 1 mm"),
        (lambda: path((0, 0), (0, 92)), "in a straight line; at most"),
        (lambda: path((0, 0), (0, 179.9)), "in a straight line; at most"),
        (lambda: path((80, 0), (80, 180), edge=EdgeKind.CHORD), "half a turn"),
        (lambda: path((80, 0), (89.5, 10), edge=EdgeKind.RHUMB), "beyond 89"),
        (lambda: path((80, 0), (90, 10), edge=EdgeKind.CHORD), "beyond 89"),
        (lambda: path((0, 0), (0, 93), edge=EdgeKind.RHUMB), "in a straight line; at most"),
        (lambda: ring((20, 0), (20, 90), (20, 180), (20, -90)), "60°"),
        (lambda: ring((0, 0), (0, 90), (0, 180), (0, -90)), "60°"),
        (lambda: ring(*[(0, 5 * k - 180) for k in range(72)]), "60°"),
        (
            lambda: path(*[(88.9, 100 * k % 360 - 180) for k in range(40)], edge=EdgeKind.CHORD),
            "pieces",
        ),
        (lambda: path(*[(0.0, 0.0)] * 1001), "1001 vertices"),
        (lambda: ring(*[star(5, 1.0)[2 * k % 5] for k in range(5)]), "crosses itself"),
        (lambda: ring(*star(64)[20:], *star(64)[:20][::-1]), "crosses itself"),
    ],
)
def test_what_is_no_shape_is_refused_with_its_reason(make, why):
    with pytest.raises(InputError, match=why) as caught:
        make()
    assert caught.value.field.startswith(("latitude_deg", "longitude_deg"))


@pytest.mark.requirement("GEO-005")
@pytest.mark.parametrize(
    "make",
    [
        lambda: ring((0, 179.5), (1, 179.5), (1, -179.5), (0, -179.5)),
        lambda: ring((80, 0), (80, 90), (80, 180), (80, -90)),
        lambda: ring((90, 0), (80, 0), (80, 40)),
        lambda: ring((-80, 0), (-85, 120), (-60, -120)),
        lambda: ring(*star(12)),
        lambda: ring(*star(200)),
        lambda: ring((0, 0), (0, 2), (1, 1), (2, 2), (2, 0)),
        lambda: path((0, 0), (1, 1), (0, 1), (1, 0)),
        lambda: path((0, 0), (0, 1), (0, 0)),
        lambda: path((90, 0)),
        lambda: path((0, 0), (90, 0), edge=EdgeKind.RHUMB),
        lambda: path((89.9, 0), (89.9, 180)),
    ],
)
def test_notches_poles_and_the_antimeridian_are_no_reason_to_refuse(make):
    assert len(make().prepared.points) >= 2


@pytest.mark.requirement("GEO-005")
def test_the_inside_is_the_smaller_side_whatever_the_order():
    vertices = [(49, 9), (49, 11), (51, 11), (51, 9)]
    for order in (vertices, vertices[::-1]):
        area = ring(*order).prepared
        for latitude, longitude, held in ((50, 10, True), (52, 10, False), (-50, -170, False)):
            point = path((latitude, longitude)).prepared
            found = nearest(area, point, 1e3)
            assert (found is not None and found.distance_m == 0.0) is held


@pytest.mark.requirement("GEO-002")
def test_points_are_inside_a_notched_ring_where_azimuths_wind_round_them():
    area = ring(*star(12))
    rng = np.random.default_rng(7)
    held = 0
    for latitude, longitude in rng.uniform((48.9, 8.9), (51.1, 11.1), (30, 2)):
        point = path((latitude, longitude)).prepared.points[0]
        inside = contains(area.prepared.points, area.prepared.centre, point)
        assert inside == reference.inside(area, (latitude, longitude))
        held += inside
    assert 3 < held < 20


@pytest.mark.requirement("GEO-002")
def test_nearest_is_none_exactly_from_the_cutoff_on():
    here = path((0, 0)).prepared
    there = path((0, 0.1)).prepared
    apart_m = reference.apart_m((0, 0), (0, 0.1))
    assert nearest(here, there, apart_m + 0.01).distance_m == pytest.approx(apart_m, abs=1e-6)
    assert nearest(here, there, apart_m - 0.01) is None


def random_rings(count):
    """Plane rings round the origin, from 1 cm to 600 km across: stars, some with corners changed about."""
    chance = np.random.default_rng(59)
    for number in range(count):
        corners = int(chance.integers(3, 13))
        turn = np.sort(chance.uniform(0.0, 2.0 * np.pi, corners))
        reach = 10.0 ** chance.uniform(-9.0, -1.0) * chance.uniform(0.02, 1.0, corners)
        at = np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1)
        if number % 3 == 1:
            at[chance.integers(0, corners)] += chance.normal(0.0, reach.max(), 2)
        if number % 3 == 2:
            at = np.concatenate([at, at[::-1] * chance.uniform(0.5, 2.0)])
        yield np.concatenate([at, at[:1]])


@pytest.mark.requirement("GEO-005")
def test_a_ring_that_goes_round_its_centre_once_is_simple_for_the_full_check_too(monkeypatch):
    monkeypatch.setattr(rings, "_FEW_PIECES", 0)
    centre = np.array([1.0, 0.0, 0.0])
    taken = refused = 0
    for plane in random_rings(400):
        points = np.column_stack([np.ones(len(plane)), plane])
        points /= np.sqrt((points**2).sum(axis=1))[:, None]
        short = rings._goes_round_centre(plane.tolist())
        taken += short
        try:
            check_simple(points, centre)
        except InputError:
            refused += 1
            assert not short, plane
    assert taken > 60
    assert refused > 100
