"""Mode S frames into plots: extended squitters, all-call replies, altitude and identity replies.

Comm-B registers are not read: which one a reply holds is a guess. Source: ICAO Annex 10 vol. IV
§3.1.2; RTCA DO-260B §2.2.3.2; ICAO Doc 9871.
"""

from comity.adapters.mode_s.aircraft import ModeSAircraft
from comity.adapters.mode_s.codes import (
    altitude_m_of_12_bits,
    altitude_m_of_13_bits,
    ground_speed_mps_of_movement,
    height_difference_m_of,
    squawk_of_13_bits,
    velocity_of,
    vertical_rate_mps_of,
)
from comity.adapters.mode_s.parity import remainder_of
from comity.adapters.mode_s.positions import Position
from comity.application.feeds import (
    CONTAINMENT_M_BY_NIC,
    EMERGENCIES,
    EPU_M_BY_NACP,
    FeedCounts,
    LatestTable,
    PlotGate,
    Refused,
    callsign_of_codes,
    limited,
)
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.instants import Instant
from comity.kernel.units import radians_from_degrees

VOUCHED_MS_MAX = 60_000  # an overlaid address counts if a checked frame had it within a minute
SHORT, LONG = 7, 14
ALTITUDE_FORMATS, IDENTITY_FORMATS = {4, 20}, {5, 21}
AIR_TO_AIR = {0, 16}
NIC_BY_TYPE = {5: 11, 6: 10, 7: 8, 9: 11, 10: 10, 11: 8, 12: 7, 13: 6, 14: 5, 15: 4, 16: 2, 17: 1}
"""NIC of each position type code, the widest of its variants: supplements are not joined in."""
NIC_BY_TYPE |= {20: 11, 21: 10}
SURFACE_TYPES, GNSS_HEIGHT_TYPES = range(5, 9), range(20, 23)
POSITION_TYPES = {*SURFACE_TYPES, *range(9, 19), *GNSS_HEIGHT_TYPES}
TIS_B_CONTROLS = {2, 5, 6}
NON_ICAO_CONTROLS = {1, 5}


class FrameReader:
    """Frames in, plots out; keeps what each aircraft last said.

    Args:
        feed: whose plots these are.
        counts: where frames are counted.
        receiver_deg: latitude and longitude of the receiver, without which an aircraft that was
            only ever heard on the ground has no position.
    """

    def __init__(self, feed: FeedId, counts: FeedCounts, receiver_deg: Position | None) -> None:
        self._feed = feed
        self._counts = counts
        self._receiver_deg = receiver_deg
        self._gate = PlotGate(counts)
        self._table: LatestTable[ModeSAircraft] = LatestTable(ModeSAircraft)

    def plot(self, frame: bytes, at: Instant, received_at: Instant) -> Plot | None:
        """The plot a frame gives; None, counted, where it gives none."""
        kind = frame[0] >> 3
        if kind < 16:
            frame = frame[:SHORT]  # some receivers write noise behind short frames
        elif len(frame) != LONG:
            self._counts.refuse(Refused.NOT_A_MESSAGE)
            return None
        if kind in {17, 18}:
            return self._squitter(frame, kind, at, received_at)
        remainder = remainder_of(frame)
        if kind == 11:
            if remainder & 0xFFFF80:
                self._counts.refuse(Refused.BAD_CHECKSUM)
                return None
            address = int.from_bytes(frame[1:4], "big")
            aircraft = self._table.heard(address, at.unix_ms)
            aircraft.vouched_ms = at.unix_ms
            self._note_capability(aircraft, frame[0] & 7, at.unix_ms)
            return self._bare(aircraft, address, at, received_at)
        if kind in ALTITUDE_FORMATS or kind in IDENTITY_FORMATS or kind in AIR_TO_AIR:
            return self._reply(frame, kind, remainder, at, received_at)
        self._counts.refuse(Refused.KIND_NOT_READ)
        return None

    def _reply(
        self, frame: bytes, kind: int, address: int, at: Instant, received_at: Instant
    ) -> Plot | None:
        """A reply with the address overlaid on the parity: believed if the address is known."""
        aircraft = self._table.known(address)
        at_ms = at.unix_ms
        if aircraft is None or abs(at_ms - aircraft.vouched_ms) > VOUCHED_MS_MAX:
            self._counts.refuse(Refused.ADDRESS_UNKNOWN)
            return None
        aircraft.seen_ms = at_ms
        code = (frame[2] & 0x1F) << 8 | frame[3]
        if kind in IDENTITY_FORMATS:
            aircraft.squawk, aircraft.squawk_ms = squawk_of_13_bits(code), at_ms
        else:
            self._note_height(aircraft, altitude_m_of_13_bits(code), at_ms)
        if kind in AIR_TO_AIR:
            on_ground: bool | None = bool(frame[0] >> 2 & 1)
        else:
            status = frame[0] & 7
            on_ground = {0: False, 1: True, 2: False, 3: True}.get(status)
            aircraft.ident = status in {4, 5}
        if on_ground is not None:
            aircraft.on_ground, aircraft.ground_ms = on_ground, at_ms
        return self._bare(aircraft, address, at, received_at)

    def _squitter(self, frame: bytes, kind: int, at: Instant, received_at: Instant) -> Plot | None:
        if remainder_of(frame):
            self._counts.refuse(Refused.BAD_CHECKSUM)
            return None
        control = frame[0] & 7
        if kind == 18 and control not in {0, 1, 2, 5, 6}:
            self._counts.refuse(Refused.KIND_NOT_READ)
            return None
        address = int.from_bytes(frame[1:4], "big")
        message = int.from_bytes(frame[4:11], "big")
        at_ms = at.unix_ms
        aircraft = self._table.heard(address, at_ms)
        source = PlotSource.ADS_B
        if kind == 17:
            aircraft.vouched_ms, aircraft.is_icao = at_ms, True
            self._note_capability(aircraft, control, at_ms)
        else:
            aircraft.is_icao = control not in NON_ICAO_CONTROLS
            source = PlotSource.TIS_B if control in TIS_B_CONTROLS else PlotSource.ADS_B
        type_code = message >> 51
        if type_code in POSITION_TYPES:
            return self._position(aircraft, address, message, source, at, received_at)
        if not self._note(aircraft, message, type_code, at_ms):
            self._counts.refuse(Refused.KIND_NOT_READ)
            return None
        return self._bare(aircraft, address, at, received_at)

    def _note(self, aircraft: ModeSAircraft, message: int, type_code: int, at_ms: int) -> bool:
        """Keep what a message without position says; whether it is of a kind that is read."""
        if 1 <= type_code <= 4:
            aircraft.callsign, aircraft.callsign_ms = callsign_of_codes(message), at_ms
            number = message >> 48 & 7
            aircraft.category = f"{'DCBA'[type_code - 1]}{number}" if number else None
        elif type_code == 19 and 1 <= message >> 48 & 7 <= 4:
            if message >> 48 & 7 <= 2:
                speed_mps, track_rad = velocity_of(message)
                aircraft.ground_speed_mps = limited(self._counts, "ground_speed_mps", speed_mps)
                aircraft.track_true_rad = track_rad
                aircraft.velocity_ms = at_ms
            aircraft.vertical_rate_mps = vertical_rate_mps_of(message)
            aircraft.height_difference_m = height_difference_m_of(message)
            aircraft.rate_ms = at_ms
        elif type_code == 28 and message >> 48 & 7 == 1:
            aircraft.emergency = EMERGENCIES[message >> 45 & 7]
            aircraft.squawk, aircraft.squawk_ms = squawk_of_13_bits(message >> 32 & 0x1FFF), at_ms
        elif type_code == 31 and message >> 48 & 7 <= 1:
            aircraft.nacp = message >> 8 & 15 if message >> 13 & 7 else 0
        else:
            return False
        return True

    def _note_capability(self, aircraft: ModeSAircraft, capability: int, at_ms: int) -> None:
        on_ground = {4: True, 5: False}.get(capability)
        if on_ground is not None:
            aircraft.on_ground, aircraft.ground_ms = on_ground, at_ms

    def _note_height(self, aircraft: ModeSAircraft, height_m: float | None, at_ms: int) -> None:
        aircraft.altitude_pressure_m = limited(self._counts, "altitude_pressure_m", height_m)
        aircraft.altitude_ellipsoid_m = None
        aircraft.altitude_ms = at_ms

    def _position(
        self,
        aircraft: ModeSAircraft,
        address: int,
        message: int,
        source: PlotSource,
        at: Instant,
        received_at: Instant,
    ) -> Plot | None:
        type_code, at_ms = message >> 51, at.unix_ms
        report = (message >> 17 & 0x1FFFF, message & 0x1FFFF)
        is_odd = bool(message >> 34 & 1)
        if type_code in SURFACE_TYPES:
            aircraft.on_ground, aircraft.ground_ms = True, at_ms
            aircraft.ground_speed_mps = ground_speed_mps_of_movement(message >> 44 & 0x7F)
            has_track = message >> 43 & 1
            aircraft.track_true_rad = (
                radians_from_degrees((message >> 36 & 0x7F) * 360.0 / 128.0) if has_track else None
            )
            aircraft.velocity_ms = at_ms
            found = aircraft.surface_position(
                report, at_ms, is_odd=is_odd, receiver_deg=self._receiver_deg
            )
        else:
            aircraft.on_ground, aircraft.ground_ms = False, at_ms
            self._note_airborne_height(aircraft, message, type_code, at_ms)
            aircraft.ident = message >> 49 & 3 == 3
            found = aircraft.airborne_position(report, at_ms, is_odd=is_odd, counts=self._counts)
        if found is None:
            self._counts.refuse(Refused.POSITION_UNRESOLVED)
            return None
        containment_m = CONTAINMENT_M_BY_NIC.get(NIC_BY_TYPE.get(type_code, 0))
        return self._joined(aircraft, address, source, at, received_at, found, containment_m)

    def _note_airborne_height(
        self, aircraft: ModeSAircraft, message: int, type_code: int, at_ms: int
    ) -> None:
        height_m = altitude_m_of_12_bits(message >> 36 & 0xFFF)
        if type_code in GNSS_HEIGHT_TYPES:
            # DO-260B §2.2.3.2.3.4.2 codes these in 25 ft steps of height above the ellipsoid too.
            aircraft.altitude_pressure_m = None
            aircraft.altitude_ellipsoid_m = limited(self._counts, "altitude_ellipsoid_m", height_m)
            aircraft.altitude_ms = at_ms
            return
        self._note_height(aircraft, height_m, at_ms)
        difference_m = aircraft.height_difference_m
        fresh = aircraft.vertical_rate_at(at_ms) is not None
        if height_m is not None and difference_m is not None and fresh:
            aircraft.altitude_ellipsoid_m = limited(
                self._counts, "altitude_ellipsoid_m", height_m + difference_m
            )

    def _bare(
        self, aircraft: ModeSAircraft, address: int, at: Instant, received_at: Instant
    ) -> Plot | None:
        if not aircraft.bare_plot_is_due(at.unix_ms):
            self._counts.refuse(Refused.MERGED)
            return None
        return self._joined(aircraft, address, PlotSource.MODE_S, at, received_at, None, None)

    def _joined(
        self,
        aircraft: ModeSAircraft,
        address: int,
        source: PlotSource,
        at: Instant,
        received_at: Instant,
        position_deg: Position | None,
        containment_m: float | None,
    ) -> Plot:
        at_ms = at.unix_ms
        speed_mps, track_rad = aircraft.velocity_at(at_ms)
        pressure_m, ellipsoid_m = aircraft.heights_at(at_ms)
        squawk, emergency, _ = aircraft.squawk_at(at_ms)
        return self._gate.admit(
            Plot(
                feed=self._feed,
                source=source,
                at=at,
                received_at=received_at,
                latitude_deg=None if position_deg is None else position_deg[0],
                longitude_deg=None if position_deg is None else position_deg[1],
                altitude_pressure_m=pressure_m,
                altitude_ellipsoid_m=ellipsoid_m,
                on_ground=aircraft.on_ground_at(at_ms),
                ground_speed_mps=speed_mps,
                track_true_rad=track_rad,
                vertical_rate_mps=aircraft.vertical_rate_at(at_ms),
                address=address,
                address_is_icao=aircraft.is_icao,
                callsign=aircraft.callsign_at(at_ms),
                squawk=squawk,
                category=aircraft.category,
                accuracy_horizontal_m=EPU_M_BY_NACP.get(aircraft.nacp),
                containment_m=containment_m,
                emergency=emergency,
                ident=aircraft.ident,
            )
        )
