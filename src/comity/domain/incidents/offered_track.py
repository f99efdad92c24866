"""Tracks that a claim offers as material: positions with their times and how well each is known."""

from collections.abc import Iterable
from dataclasses import dataclass

from comity.domain.airspace import Altitude, Datum
from comity.domain.tracks import Plot
from comity.domain.tracks.rules import ACCURACY_M_ASSUMED
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant
from comity.kernel.sentences import Sentence, said

TRACK_PLOTS_MAX = 100_000  # a day of one second each
TRACKS_MAX = 50  # of one file; a claim is about a few


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One position of a track.

    Attributes:
        at: by the source's clock.
        latitude_deg, longitude_deg: WGS 84.
        accuracy_m: radius that holds the true position with 95 %: as reported, else what its kind of
            source is taken for (docs/rooms/tracks.md).
        altitudes: every height reported, by datum.
    """

    at: Instant
    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    altitudes: tuple[Altitude, ...]


@dataclass(frozen=True, slots=True)
class OfferedTrack:
    """The positions of one aircraft in one piece of material, in the order of time.

    Attributes:
        material: its name in the claim.
        identity: address, callsign or number by which its plots belong together.
        synthetic: made up to illustrate; no evidence of anything.
        accuracy_assumed: whether any position stated no accuracy.
    """

    material: str
    identity: str
    points: tuple[TrackPoint, ...]
    synthetic: bool
    accuracy_assumed: bool

    def words(self) -> str:
        """What it is, and whether it is made up."""
        return str(self.sentence())

    def sentence(self) -> Sentence:
        """The same, with the names apart."""
        if self.synthetic:
            form = "SYNTHETIC track {identity} of {material}"
            return said("track-synthetic", form, identity=self.identity, material=self.material)
        form = "track {identity} of {material}"
        return said("track", form, identity=self.identity, material=self.material)


def offered_tracks(
    material: str, plots: Iterable[Plot], *, synthetic: bool
) -> tuple[OfferedTrack, ...]:
    """The tracks of one recording. Plots without a position are left out; of one time the first counts.

    Raises:
        InputError: too many plots or aircraft.
    """
    found: dict[str, dict[Instant, TrackPoint]] = {}
    assumed: set[str] = set()
    for count, plot in enumerate(plots):
        if count >= TRACK_PLOTS_MAX:
            raise InputError(material, f"more than {TRACK_PLOTS_MAX} plots")
        if plot.latitude_deg is None or plot.longitude_deg is None:
            continue
        identity = _identity(plot)
        if identity not in found and len(found) >= TRACKS_MAX:
            raise InputError(material, f"more than {TRACKS_MAX} aircraft")
        accuracy_m = plot.accuracy_horizontal_m
        if accuracy_m is None:
            assumed.add(identity)
            accuracy_m = ACCURACY_M_ASSUMED[plot.source]
        point = TrackPoint(
            plot.at, plot.latitude_deg, plot.longitude_deg, accuracy_m, _altitudes(plot)
        )
        found.setdefault(identity, {}).setdefault(plot.at, point)
    return tuple(
        OfferedTrack(
            material,
            identity,
            tuple(points[at] for at in sorted(points)),
            synthetic,
            identity in assumed,
        )
        for identity, points in sorted(found.items())
    )


def _identity(plot: Plot) -> str:
    if plot.address is not None:
        return f"{plot.address:06x}"
    if plot.callsign is not None:
        return plot.callsign
    return "without a name" if plot.track_number is None else f"number {plot.track_number}"


def _altitudes(plot: Plot) -> tuple[Altitude, ...]:
    both = ((plot.altitude_pressure_m, Datum.QNE), (plot.altitude_ellipsoid_m, Datum.WGS84))
    return tuple(Altitude(height_m, datum) for height_m, datum in both if height_m is not None)
