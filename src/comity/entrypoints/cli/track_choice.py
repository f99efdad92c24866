"""Tracks that a person names: of claims, of recordings, or of the plots that a home kept; drawn and exported."""

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from comity.adapters.svg_figures import altitude_profile, plan_view, range_plot
from comity.adapters.track_exports import EXPORTS
from comity.domain.incidents import OfferedTrack, offered_tracks
from comity.domain.reconstruction import divergence_of, recorded_tracks
from comity.entrypoints.api.claim_material import MATERIAL_BYTES_MAX
from comity.entrypoints.cli.access import Composition
from comity.entrypoints.cli.border_pieces import border_pieces
from comity.entrypoints.cli.claims_at_hand import (
    claims_of_files,
    material_of_files,
)
from comity.entrypoints.cli.files import made_folder, write_file
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_rfc3339

RANGE_S_MAX = 86_400.0  # a day of kept plots at once
PAIRS_MAX = 20
TRACKS_MAX = 50
CLOCK_S_MAX = 3_600.0

Sourced = tuple[str, OfferedTrack]
"""Whose it is, and the track: only tracks of two sources are compared."""


@dataclass(frozen=True, slots=True)
class TrackWish:
    """Which tracks."""

    claims: Sequence[Path]
    material: Sequence[Path]
    recordings: Sequence[Path]
    since: str | None
    until: str | None
    identities: Sequence[str]
    home: Path


def chosen_tracks(made: Composition, wish: TrackWish) -> list[Sourced]:
    """The tracks wanted.

    Raises:
        InputError: a file is refused, nothing is named, or nothing is found.
    """
    if not (wish.claims or wish.recordings or wish.since or wish.until):
        raise InputError(
            "tracks", "none: name --claim and --material, --recording, or --from and --to"
        )
    found = [*_of_claims(made, wish), *_of_recordings(made, wish), *_of_home(made, wish)]
    wanted = {each.lower() for each in wish.identities}
    if wanted:
        found = [each for each in found if each[1].identity.lower() in wanted]
    found = [each for each in found if each[1].points]
    if not found:
        raise InputError("tracks", "none of what was named: no position of such an aircraft")
    if len(found) > TRACKS_MAX:
        raise InputError("tracks", f"{len(found)}, at most {TRACKS_MAX}; choose with --track")
    return found


def drawn(
    tracks: Sequence[Sourced], folder: Path, clock_s: float, *, borders: bool
) -> list[dict[str, str]]:
    """Write the figures.

    Raises:
        InputError: the folder cannot be written to, or the clock difference is none.
    """
    if not 0.0 <= clock_s <= CLOCK_S_MAX:
        raise InputError("clock", f"{clock_s:g} s is outside 0 to {CLOCK_S_MAX:g}")
    every = [track for _, track in tracks]
    pieces, words = border_pieces(every) if borders else ([], "no borders")
    figures = [
        ("plan.svg", plan_view("Plan view", every, pieces), f"{len(every)} tracks; {words}"),
        ("heights.svg", altitude_profile("Heights", every), "each by its datum"),
    ]
    pairs = [(a, b) for (i, a), (j, b) in itertools.combinations(tracks, 2) if i != j]
    for number, pair in enumerate(pairs[:PAIRS_MAX], 1):
        apart = divergence_of(*pair, clock_s)
        told = f"{apart.first} and {apart.second}: "
        told += apart.clock_words if apart.rows else apart.unseen_words
        figures.append((f"range-{number}.svg", range_plot("Distance", apart), told))
    made_folder(folder)
    for name, svg, _ in figures:
        write_file(folder / name, svg.encode())
    told_all = [{"file": str(folder / name), "words": words} for name, _, words in figures]
    if len(pairs) > PAIRS_MAX:
        told_all.append(
            {"file": "", "words": f"{len(pairs) - PAIRS_MAX} further pairs are not drawn"}
        )
    return told_all


def exported(tracks: Sequence[Sourced], output: Sequence[Path], title: str) -> list[dict[str, Any]]:
    """Write the files.

    Raises:
        InputError: a suffix is unknown, or a file cannot be written.
    """
    for path in output:
        if path.suffix.lower().removeprefix(".") not in EXPORTS:
            forms = ", ".join(f".{each}" for each in sorted(EXPORTS))
            raise InputError("output", f"{path.name}: ends in none of {forms}")
    written = []
    for path in output:
        content = EXPORTS[path.suffix.lower().removeprefix(".")](title, [t for _, t in tracks])
        write_file(path, content)
        digest = hashlib.sha256(content).hexdigest()
        written.append({"file": str(path), "tracks": len(tracks), "sha256": digest})
    return written


def _of_claims(made: Composition, wish: TrackWish) -> list[Sourced]:
    if not wish.claims:
        if wish.material:
            raise InputError("material", "a claim names it: give --claim, or take --recording")
        return []
    claims = claims_of_files(wish.claims)
    hand = material_of_files(made, claims, wish.material)
    return [
        (
            claims[index].party,
            replace(track, material=f"{track.material} of {claims[index].claimant}"),
        )
        for (index, _), tracks in sorted(hand.tracks.items())
        for track in tracks
    ]


def _of_recordings(made: Composition, wish: TrackWish) -> list[Sourced]:
    found: list[Sourced] = []
    for path in wish.recordings:
        try:
            size = path.stat().st_size
        except OSError as error:
            raise InputError(str(path), error.strerror or "cannot be read") from error
        if size > MATERIAL_BYTES_MAX:
            raise InputError(str(path), f"{size} bytes, at most {MATERIAL_BYTES_MAX}")
        recording = made.recording(path, None)
        tracks = offered_tracks(path.name, recording.plots(), synthetic=False)
        if not any(track.points for track in tracks):
            wrong = json.dumps(recording.counts())[:300]
            raise InputError(str(path), f"no position was read as {recording.format_name}: {wrong}")
        found += [(str(path), track) for track in tracks]
    return found


def _of_home(made: Composition, wish: TrackWish) -> list[Sourced]:
    if wish.since is None and wish.until is None:
        return []
    starts, ends = span_of(wish.since, wish.until, RANGE_S_MAX)
    batches, _ = made.reconstruction(wish.home.expanduser().absolute()).plots(starts, ends)
    tracks, more = recorded_tracks(batches, wish.identities)
    if more:
        raise InputError("tracks", f"{more} more than {len(tracks)}; choose with --track")
    return [(track.material, track) for track in tracks]


def span_of(since: str | None, until: str | None, most_s: float) -> tuple[Instant, Instant]:
    """A time that a person named.

    Raises:
        InputError: one end is missing, has no zone, or the time is none or too long.
    """
    if since is None or until is None:
        raise InputError("from" if since is None else "to", "give both --from and --to")
    starts, ends = instant_from_rfc3339(since, "from"), instant_from_rfc3339(until, "to")
    if not 0.0 < ends.minus(starts) <= most_s:
        raise InputError("to", f"{ends} is not within {most_s:g} s after {starts}")
    return starts, ends
