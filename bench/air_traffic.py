"""A receiver that hears the whole world: `aircraft.json` of made-up traffic over HTTP, for bench and soak.

`python -m bench.air_traffic PORT`, then `GET /aircraft.json?count=20000`; `GET /encounters` tells which pairs were
put on a collision course, and what of each went out and when (`Pass`). The traffic has no other order: random places,
directions and levels, so that more of it meets than of real traffic.
"""

import asyncio
import json
import math
import sys
import time
from dataclasses import asdict, dataclass, field
from urllib.parse import parse_qs, urlsplit

import numpy as np

METRES_A_DEGREE = 111_320.0
MPS_PER_KNOT = 0.514444
ENCOUNTER_EVERY_S = 2.0
ENCOUNTER_S = 30.0
ENCOUNTER_ADDRESS = 0xF00000
ENCOUNTERS_MAX = 20_000
ANTIMERIDIAN_EACH = 10
EARTH_RADIUS_M = 6_371_000.0


@dataclass(slots=True)
class Pass:
    """One encounter as its reports went out.

    Attributes:
        number: which encounter of the world.
        reports: how many of each of the two.
        first_ms, second_ms, last_ms: of the first, second and last report, Unix ms; None: it has yet to go out.
        least_m: the least distance that any report showed, metres on a sphere.
        least_ms: when that was.
        places_deg: latitude and longitude of each at the last report.
    """

    number: int
    reports: int
    first_ms: int
    last_ms: int
    least_m: float
    least_ms: int
    places_deg: tuple[tuple[float, float], ...]
    second_ms: int | None = None


@dataclass
class World:
    """Aircraft on great circles, near enough, from an instant on.

    Attributes:
        encounters: address of the first of each pair to what went out of it.
    """

    count: int
    seed: int = 7
    began_s: float = field(default_factory=time.time)
    encounters: dict[int, Pass] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.latitude = np.degrees(np.arcsin(rng.uniform(-0.94, 0.94, self.count)))
        self.longitude = rng.uniform(-180.0, 180.0, self.count)
        self.track = rng.uniform(0.0, 360.0, self.count)
        self.speed_kt = rng.uniform(300.0, 500.0, self.count)
        self.level_ft = rng.integers(60, 430, self.count) * 100
        self.fixed = [
            f'"type":"adsb_icao","flight":"T{row:06d}","alt_baro":{level},"alt_geom":{level + 200},'
            f'"gs":{speed:.1f},"track":{track:.2f},"baro_rate":0,"nac_p":9,"nic":8,"rc":186,'
            f'"squawk":"1234","category":"A3","seen_pos":0.0,"seen":0.0'
            for row, (level, speed, track) in enumerate(
                zip(
                    self.level_ft.tolist(), self.speed_kt.tolist(), self.track.tolist(), strict=True
                )
            )
        ]

    def document(self, at_s: float) -> bytes:
        """All aircraft at an instant."""
        moved = self.speed_kt * MPS_PER_KNOT * (at_s - self.began_s) / METRES_A_DEGREE
        direction = np.radians(self.track)
        latitude = np.clip(self.latitude + moved * np.cos(direction), -89.0, 89.0)
        east = moved * np.sin(direction) / np.cos(np.radians(self.latitude))
        longitude = (self.longitude + east + 180.0) % 360.0 - 180.0
        rows = [
            f'{{"hex":"{row + 1:06x}","lat":{north:.6f},"lon":{across:.6f},{fixed}}}'
            for row, (north, across, fixed) in enumerate(
                zip(latitude.tolist(), longitude.tolist(), self.fixed, strict=True)
            )
        ]
        rows += self._encounters(at_s)
        return f'{{"now":{at_s:.3f},"aircraft":[{",".join(rows)}]}}'.encode()

    def _encounters(self, at_s: float) -> list[str]:
        """Pairs head on, 7 NM apart when they appear: a warning from the first look on; some meet at ±180°."""
        rows = []
        since_s = at_s - self.began_s
        newest = int(since_s / ENCOUNTER_EVERY_S)
        for number in range(max(0, newest - int(ENCOUNTER_S / ENCOUNTER_EVERY_S)), newest + 1):
            age_s = since_s - number * ENCOUNTER_EVERY_S
            address = ENCOUNTER_ADDRESS + 2 * (number % ENCOUNTERS_MAX)
            across = 12_960.0 / METRES_A_DEGREE - 230.0 * age_s / METRES_A_DEGREE
            latitude = -75.0 + 0.5 * (number % 20)  # where little else flies
            narrowing = math.cos(math.radians(latitude))
            middle = 180.0 if number % ANTIMERIDIAN_EACH == 0 else number * 7.3 - 180.0
            places = []
            for side, track in ((-1.0, 90.0), (1.0, 270.0)):
                longitude = wrapped_deg(middle + side * across / 2.0 / narrowing)
                places.append((latitude, longitude))
                rows.append(
                    f'{{"hex":"{address + (side > 0):06x}","lat":{latitude:.6f},"lon":{longitude:.6f},'
                    f'"type":"adsb_icao","alt_baro":35000,"gs":223.5,"track":{track},"baro_rate":0,'
                    f'"nac_p":9,"nic":8,"rc":186,"category":"A3","seen_pos":0.0,"seen":0.0}}'
                )
            self._note(address, number, round(at_s * 1000), places)
        return rows

    def _note(
        self, address: int, number: int, at_ms: int, places: list[tuple[float, float]]
    ) -> None:
        """One more report of an encounter went out."""
        apart_m = distance_m(*places[0], *places[1])
        known = self.encounters.get(address)
        if known is None or known.number != number:
            self.encounters[address] = Pass(number, 1, at_ms, at_ms, apart_m, at_ms, tuple(places))
            return
        known.reports += 1
        if known.reports == 2:
            known.second_ms = at_ms
        known.last_ms, known.places_deg = at_ms, tuple(places)
        if apart_m < known.least_m:
            known.least_m, known.least_ms = apart_m, at_ms


def wrapped_deg(longitude_deg: float) -> float:
    """The same meridian within -180 to 180: a report beyond is refused by whoever reads it."""
    return (longitude_deg + 180.0) % 360.0 - 180.0


def distance_m(
    latitude_deg: float, longitude_deg: float, other_latitude_deg: float, other_longitude_deg: float
) -> float:
    """Great-circle distance of two places (haversine), metres."""
    north, other_north = math.radians(latitude_deg), math.radians(other_latitude_deg)
    across = math.radians(other_longitude_deg - longitude_deg)
    half = math.sin((other_north - north) / 2.0) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin(across / 2.0) ** 2
    return 2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(half))


class Receiver:
    """The HTTP side."""

    def __init__(self) -> None:
        self.worlds: dict[int, World] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while request := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                content = self.answer(request.split()[1].decode())
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
                writer.write(b"content-length: %d\r\n\r\n" % len(content))
                writer.write(content)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def answer(self, target: str) -> bytes:
        """The body for a target."""
        parts = urlsplit(target)
        if parts.path == "/encounters":
            told = {
                key: asdict(each)
                for world in self.worlds.values()
                for key, each in world.encounters.items()
            }
            return json.dumps(told).encode()
        count = int(parse_qs(parts.query).get("count", ["1000"])[0])
        world = self.worlds.setdefault(count, World(count))
        return world.document(time.time())


async def _main(port: int) -> None:
    server = await asyncio.start_server(Receiver().serve, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
