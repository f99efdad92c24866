"""The load of job C: a day of planned flights as 4D volumes, seeded.

Six in ten flights are small areas (a hovering or surveying drone), a quarter are drone corridors of
5 to 15 rectangles, the rest are crewed trajectories of 14 to 30 rectangles of 60 km by 10 NM,
around 250 cities drawn near large airports; a few cities get most of the traffic. Nobody has
deconflicted them.
"""

from dataclasses import dataclass

import airportsdata
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METRES_PER_DEGREE = 111_195.0  # a load, not a calculation: a sphere will do
AREA, CORRIDOR, TRAJECTORY = 0, 1, 2
FLIGHT_CLASSES = ("uas-area", "uas-corridor", "crewed")

# Large airports and their relative traffic.
HUBS = {
    8: "EGLL LTFM KDFW",
    9: "KATL",
    7: "LFPG EHAM EDDF KDEN KORD KLAX ZBAA ZSPD ZGGG RJTT",
    6: "LEMD LEBL KJFK VIDP OMDB",
    5: "KEWR KLAS KMCO KMIA KCLT KSEA KPHX KSFO KIAH ZUUU VHHH WSSS VTBS VABB",
    4: "EDDM LIRF EGKK LEPA KLGA KBOS KMSP CYYZ MMMX RJAA RKSI RCTP WMKK WIII RPLL VVTS VOBL OTHH"
    " OERK YSSY SBGR",
    3: "LSZH LOWW EBBR EKCH ESSA ENGM EIDW EGCC EGSS LPPT LGAV LIMC EDDB EPWA LEMG LFMN LTAI KDTW"
    " KPHL KIAD CYVR VVNB RJBB OMAA OEJN HECA FAOR YMML YBBN NZAA SAEZ SKBO",
    2: "EFHK EDDL EDDH LKPR LHBP LROP LFLL CYUL PHNL PANC HKJK HAAB DNMM SBGL SCEL SPJC",
    1: "BIKF",
}


@dataclass(frozen=True, slots=True)
class Plans:
    """Volumes of planned flights; rows are volumes, those of a flight stand together.

    Attributes:
        flight: (N,) number of the flight.
        kind: (N,) AREA, CORRIDOR or TRAJECTORY.
        ring_start: (N + 1,) first vertex of each volume's ring.
        longitude_deg: (V,) vertices; a ring's last vertex joins its first.
        latitude_deg: (V,).
        lower_m: (N,).
        upper_m: (N,).
        start_s: (N,) since the start of the day.
        end_s: (N,).
    """

    flight: NDArray[np.int32]
    kind: Ints
    ring_start: Ints
    longitude_deg: Floats
    latitude_deg: Floats
    lower_m: Floats
    upper_m: Floats
    start_s: Floats
    end_s: Floats

    def __len__(self) -> int:
        return len(self.flight)

    def of_flight(self, number: int) -> "Plans":
        """The volumes of one flight."""
        first, last = np.searchsorted(self.flight, [number, number + 1])
        rows = slice(first, last)
        vertices = slice(self.ring_start[first], self.ring_start[last])
        return Plans(
            self.flight[rows],
            self.kind[rows],
            self.ring_start[first : last + 1] - self.ring_start[first],
            self.longitude_deg[vertices],
            self.latitude_deg[vertices],
            self.lower_m[rows],
            self.upper_m[rows],
            self.start_s[rows],
            self.end_s[rows],
        )

    def taken(self, rows: NDArray[np.int32]) -> "Plans":
        """The given volumes, in the given order."""
        counts = np.diff(self.ring_start)[rows]
        ring_start = np.concatenate([[0], np.cumsum(counts)])
        vertex = np.arange(ring_start[-1])
        vertex += np.repeat(self.ring_start[rows] - ring_start[:-1], counts)
        return Plans(
            self.flight[rows],
            self.kind[rows],
            ring_start,
            self.longitude_deg[vertex],
            self.latitude_deg[vertex],
            self.lower_m[rows],
            self.upper_m[rows],
            self.start_s[rows],
            self.end_s[rows],
        )


def planned_flights(volume_count: int, seed: int = 21) -> Plans:
    """About `volume_count` volumes of whole flights over one day."""
    chance = np.random.default_rng(seed)
    flights = int(volume_count / (0.6 * 1.3 + 0.25 * 10 + 0.15 * 22)) + 50
    kind_of_flight = chance.choice(3, flights, p=[0.6, 0.25, 0.15])
    count = np.choose(
        kind_of_flight,
        [
            1 + (chance.random(flights) < 0.3),
            chance.integers(5, 16, flights),
            chance.integers(14, 31, flights),
        ],
    )
    flight = np.repeat(np.arange(flights), count)
    leg = np.arange(len(flight)) - np.repeat(np.cumsum(count) - count, count)
    kind = kind_of_flight[flight]
    origin_latitude, origin_longitude = _origins(chance, flights)
    departure_s = chance.uniform(0, 86_400 - 7_200, flights)
    track_rad = chance.uniform(0, 2 * np.pi, flights)[flight]
    base_m = np.where(
        kind_of_flight == TRAJECTORY,
        np.round(chance.uniform(40, 400, flights) / 10) * 304.8,
        chance.uniform(20, 110, flights),
    )[flight]

    area, corridor = kind == AREA, kind == CORRIDOR
    length_m = np.where(corridor, chance.uniform(800, 2_500, flights)[flight], 60_000.0)
    width_m = np.where(corridor, chance.uniform(100, 250, flights)[flight], 9_260.0)
    speed_mps = np.where(corridor, 15.0, 220.0)
    duration_s = np.where(
        area, chance.uniform(600, 3_600, flights)[flight], length_m / speed_mps + 120
    )
    start_s = departure_s[flight] + np.where(area, 0, leg * length_m / speed_mps - 60)
    lower_m = np.choose(kind, [0.0, np.maximum(0.0, base_m - 15), base_m - 300])
    upper_m = np.choose(kind, [120.0, base_m + 15, base_m + 300])
    east_m = np.where(
        area, chance.normal(0, 200, len(kind)), (leg + 0.5) * length_m * np.sin(track_rad)
    )
    north_m = np.where(
        area, chance.normal(0, 200, len(kind)), (leg + 0.5) * length_m * np.cos(track_rad)
    )
    vertices = np.where(area, chance.integers(6, 13, len(kind)), 4)
    turned_rad = track_rad + np.where(area, 0, chance.normal(0, 0.15, len(kind)))
    ring_start, vertex_east_m, vertex_north_m = _rings(
        chance, area, vertices, length_m, width_m, turned_rad
    )
    of = np.repeat(np.arange(len(kind)), vertices)
    narrowing = np.cos(np.radians(origin_latitude[flight]))
    latitude = np.clip(origin_latitude[flight] + north_m / METRES_PER_DEGREE, -80, 80)
    longitude = origin_longitude[flight] + east_m / METRES_PER_DEGREE / narrowing
    whole = int(np.searchsorted(flight, flight[min(volume_count, len(flight) - 1)]))
    end = int(ring_start[whole])
    return Plans(
        flight[:whole].astype(np.int32),
        kind[:whole],
        ring_start[: whole + 1],
        (longitude[of] + vertex_east_m / METRES_PER_DEGREE / narrowing[of])[:end],
        (latitude[of] + vertex_north_m / METRES_PER_DEGREE)[:end],
        lower_m[:whole],
        upper_m[:whole],
        start_s[:whole],
        (start_s + duration_s)[:whole],
    )


def _origins(chance: np.random.Generator, flights: int) -> tuple[Floats, Floats]:
    """Where the flights are, around cities near hubs; (flights,) latitude and longitude."""
    airports = airportsdata.load("ICAO")
    hubs = [(code, weight) for weight, codes in HUBS.items() for code in codes.split()]
    place = np.array([(airports[code]["lat"], airports[code]["lon"]) for code, _ in hubs])
    weight = np.array([weight for _, weight in hubs], float)
    cities = 250
    hub = chance.choice(len(hubs), cities, p=weight / weight.sum())
    latitude = place[hub, 0] + chance.normal(0, 1.5, cities)
    longitude = place[hub, 1] + chance.normal(0, 2, cities)
    share = chance.pareto(1.3, cities) + 0.3
    city = chance.choice(cities, flights, p=share / share.sum())
    return (
        np.clip(latitude[city] + chance.normal(0, 0.12, flights), -70, 75),
        np.clip(longitude[city] + chance.normal(0, 0.18, flights), -170, 170),
    )


def _rings(
    chance: np.random.Generator,
    area: NDArray[np.bool_],
    vertices: Ints,
    length_m: Floats,
    width_m: Floats,
    turned_rad: Floats,
) -> tuple[Ints, Floats, Floats]:
    """Rings around their middles: stars of 6 to 12 corners (often not convex), or rectangles."""
    ring_start = np.concatenate([[0], np.cumsum(vertices)]).astype(np.int64)
    of = np.repeat(np.arange(len(vertices)), vertices)
    corner = np.arange(ring_start[-1]) - ring_start[of]
    angle = 2 * np.pi * (corner + chance.uniform(-0.3, 0.3, len(of))) / vertices[of]
    radius_m = chance.uniform(200, 2_000, len(vertices))[of] * chance.uniform(0.5, 1, len(of))
    along_m = np.where((corner == 0) | (corner == 3), -0.55, 0.55) * length_m[of]
    across_m = np.where(corner < 2, -1, 1) * width_m[of]
    sine, cosine = np.sin(turned_rad)[of], np.cos(turned_rad)[of]
    east_m = np.where(area[of], radius_m * np.cos(angle), along_m * sine + across_m * cosine)
    north_m = np.where(area[of], radius_m * np.sin(angle), along_m * cosine - across_m * sine)
    return ring_start, east_m, north_m
