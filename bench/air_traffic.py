"""A receiver that hears the whole world: `aircraft.json` of made-up traffic over HTTP, for bench and soak.

`python -m bench.air_traffic PORT`, then `GET /aircraft.json?count=20000`; `GET /encounters` tells which pairs were
put on a collision course, and when the second report of each went out. The traffic has no other order: random places,
directions and levels, so that more of it meets than of real traffic.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import numpy as np

METRES_A_DEGREE = 111_320.0
MPS_PER_KNOT = 0.514444
ENCOUNTER_EVERY_S = 2.0
ENCOUNTER_S = 30.0
ENCOUNTER_ADDRESS = 0xF00000
ENCOUNTERS_MAX = 20_000


@dataclass
class World:
    """Aircraft on great circles, near enough, from an instant on.

    Attributes:
        encounters: address of the first of each pair to Unix ms of its second report, as sent.
    """

    count: int
    seed: int = 7
    began_s: float = field(default_factory=time.time)
    encounters: dict[int, int] = field(default_factory=dict)
    _reports: dict[int, int] = field(default_factory=dict)

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
        """Pairs head on, 8 NM apart when they appear: a warning from the first look on."""
        rows = []
        since_s = at_s - self.began_s
        newest = int(since_s / ENCOUNTER_EVERY_S)
        for number in range(max(0, newest - int(ENCOUNTER_S / ENCOUNTER_EVERY_S)), newest + 1):
            age_s = since_s - number * ENCOUNTER_EVERY_S
            address = ENCOUNTER_ADDRESS + 2 * (number % ENCOUNTERS_MAX)
            across = 12_960.0 / METRES_A_DEGREE - 230.0 * age_s / METRES_A_DEGREE
            latitude = -75.0 + 0.5 * (number % 20)  # where little else flies
            for side, track in ((-1.0, 90.0), (1.0, 270.0)):
                longitude = (number * 7.3) % 360.0 - 180.0 + side * across / 2.0 / 0.26
                rows.append(
                    f'{{"hex":"{address + (side > 0):06x}","lat":{latitude:.6f},"lon":{longitude:.6f},'
                    f'"type":"adsb_icao","alt_baro":35000,"gs":223.5,"track":{track},"baro_rate":0,'
                    f'"nac_p":9,"nic":8,"rc":186,"category":"A3","seen_pos":0.0,"seen":0.0}}'
                )
            reports = self._reports[address] = self._reports.get(address, 0) + 1
            if reports == 2:
                self.encounters[address] = round(at_s * 1000)
        return rows


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
            return json.dumps(
                {key: at for world in self.worlds.values() for key, at in world.encounters.items()}
            ).encode()
        count = int(parse_qs(parts.query).get("count", ["1000"])[0])
        world = self.worlds.setdefault(count, World(count))
        return world.document(time.time())


async def _main(port: int) -> None:
    server = await asyncio.start_server(Receiver().serve, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
