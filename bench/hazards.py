"""One notice against 200,000 protected sites and 20,000 planned flights, beside a plain shapely loop.

The sites stand in a register as a node holds them, the flights in its conflict index; the peer is what one would
write without either: each site and each volume in a local plane around the notice, tested one by one. The peer has
no buffers by kind but the greatest, no error of positions, and is not right on the ellipsoid; its count is told beside.
"""

import math
import os
from collections.abc import Callable, Iterator
from typing import Any

import shapely
from bench.beside import beside
from bench.planned_flights import METRES_PER_DEGREE, Plans, planned_flights
from bench.protected_places import Places, protected_places
from bench.separated import DAY, footprints_of, key_of, minima

from comity.domain.agreement import Buffers
from comity.domain.airspace import Altitude, Datum, Footprint, Shape, ShapeKind, Volume4D
from comity.domain.conflicts import ConflictIndex
from comity.domain.geometry.point_index import warm
from comity.domain.hazards import touched_by
from comity.domain.records import Record
from comity.domain.sites import ENTRIES, MovementRegister, SiteRegister
from comity.kernel.ids import KeyId, OperatorId, PartyId, RecordDigest

SITES, FLIGHTS = 200_000, 20_000
VOLUMES_PER_FLIGHT = 6.6  # of the load of planned flights
PARTY = PartyId("alfa.aaaaaaaa")
NOON_S, LASTS_S = 43_200.0, 7_200.0
NOON = DAY.plus_s(NOON_S)
BUFFERS = Buffers(2_000.0, {"hospital": 5_000.0})
RADIUS_M = 10_000.0
ROWS = 1_000
NOTICES = 3


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench-out/hazards.json`."""
    warm()
    places = protected_places(SITES)
    register, movements = register_of(places), MovementRegister(PARTY)
    plans = planned_flights(int(FLIGHTS * VOLUMES_PER_FLIGHT))
    flights = footprints_of(plans)
    index = ConflictIndex(minima)
    for number, flight in enumerate(flights):
        index.hold(key_of(number), flight)
    notices = [notice_at(places, each * (len(places) // NOTICES)) for each in range(NOTICES)]

    def sites() -> int:
        return sum(
            len(touched_by([each], "jet", BUFFERS, register, movements, NOON)) for each in notices
        )

    def both() -> tuple[int, int]:
        met = [len(index.find(Footprint((each,), None, "crewed"))) for each in notices]
        return sites(), sum(met)

    register.index()
    yield row(
        "sites alone", len(places), sites, lambda: sum(loop_sites(places, n) for n in notices)
    )
    yield row(
        "sites and flights",
        len(places) + len(flights),
        both,
        lambda: (
            sum(loop_sites(places, n) for n in notices),
            sum(loop_flights(plans, n) for n in notices),
        ),
    )


def row(work: str, count: int, ours: Callable[[], Any], peer: Callable[[], Any]) -> dict[str, Any]:
    """One line of the table; times are of one notice."""
    ours_s, found, peer_s, found_by_peer = beside(ours, peer)
    return {
        "work": f"one notice, {work}",
        "n": count,
        "ours_s": ours_s / NOTICES,
        "peer": "shapely, a plain loop",
        "peer_s": peer_s / NOTICES,
        "ratio": peer_s / ours_s,
        "found": found,
        "found_by_peer": found_by_peer,
        "load": os.getloadavg()[0],
    }


def register_of(places: Places) -> SiteRegister:
    """A party's own register, by records as a node takes them in."""
    register = SiteRegister(PARTY)
    for start in range(0, len(places), ROWS):
        body = {"entries": [entry(places, each) for each in range(start, start + ROWS)]}
        record = Record(
            digest=RecordDigest(f"{start:064x}"), envelope_bytes=b"", kind=ENTRIES, kind_version=1,
            author=PARTY, operator=OperatorId("ada"), recipients=(), labels=(), exercise=False,
            sequence=start, previous=None, made_at=NOON, expires_at=None, body=body,
            key_id=KeyId("none"),
        )  # fmt: skip
        register.apply(record, NOON)
    return register


def entry(places: Places, number: int) -> dict[str, Any]:
    """One invented site, as a record has it."""
    place = {
        "kind": "path", "edge": "geodesic",
        "latitude_deg_e7": [round(places.latitude_deg[number] * 1e7)],
        "longitude_deg_e7": [round(places.longitude_deg[number] * 1e7)],
        "radius_mm": 0, "accuracy_mm": 0, "datum": "WGS84",
    }  # fmt: skip
    return {
        "site": f"{PARTY}/{number:016x}", "version": 1, "kind": "hospital",
        "names": [{"text": f"Invented {number}", "script": "Latn", "language": "en"}],
        "place": place, "owner": "Invented Trust", "contact": None,
        "origin": {"name": "invented", "kind": "owner"}, "valid_from": None, "valid_until": None,
        "renew_by": str(NOON.plus_s(86_400.0 * 90)), "blind": f"{number:032x}",
    }  # fmt: skip


def notice_at(places: Places, number: int) -> Volume4D:
    """A disc beside a site, for two hours."""
    shape = Shape(
        ShapeKind.PATH,
        (float(places.latitude_deg[number]),),
        (float(places.longitude_deg[number]),),
        RADIUS_M,
    )
    low, high = Altitude(0.0, Datum.WGS84), Altitude(3_000.0, Datum.WGS84)
    return Volume4D(shape, low, high, NOON, NOON.plus_s(LASTS_S))


def loop_sites(places: Places, notice: Volume4D) -> int:
    """Sites within the greatest buffer, one by one, in a plane around the notice."""
    latitude, longitude = notice.shape.latitude_deg[0], notice.shape.longitude_deg[0]
    wide_m = METRES_PER_DEGREE * math.cos(math.radians(latitude))
    area = shapely.Point(0.0, 0.0).buffer(RADIUS_M)
    shapely.prepare(area)
    found = 0
    for north, east in zip(
        places.latitude_deg.tolist(), places.longitude_deg.tolist(), strict=True
    ):
        point = shapely.Point((east - longitude) * wide_m, (north - latitude) * METRES_PER_DEGREE)
        found += bool(shapely.dwithin(area, point, 5_000.0))
    return found


def loop_flights(plans: Plans, notice: Volume4D) -> int:
    """Flights with a volume that meets the notice within the minima, one by one."""
    latitude, longitude = notice.shape.latitude_deg[0], notice.shape.longitude_deg[0]
    wide_m = METRES_PER_DEGREE * math.cos(math.radians(latitude))
    apart = minima("crewed", "crewed")
    area = shapely.Point(0.0, 0.0).buffer(RADIUS_M + apart.horizontal_m)
    shapely.prepare(area)
    starts = plans.ring_start.tolist()
    met = set()
    for number in range(len(plans)):
        if plans.lower_m[number] > notice.upper.height_m + apart.vertical_m:
            continue
        if plans.start_s[number] > NOON_S + LASTS_S or plans.end_s[number] < NOON_S:
            continue
        ring = slice(starts[number], starts[number + 1])
        east = (plans.longitude_deg[ring] - longitude) * wide_m
        north = (plans.latitude_deg[ring] - latitude) * METRES_PER_DEGREE
        if area.intersects(shapely.polygons(list(zip(east, north, strict=True)))):
            met.add(int(plans.flight[number]))
    return len(met)
