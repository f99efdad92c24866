"""Plots kept on disk: bounded, whole or told as not, and read back as of any moment."""

import errno
import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pytest

from comity import bootstrap
from comity.adapters.plot_recordings import PlotArchive, PlotRecorder, RecorderLimits
from comity.domain.reconstruction import recorded_tracks, tracks_then
from comity.domain.tracks import FeedId, PlotBatch, PlotSource, plot_batch
from comity.domain.tracks.recorded_block import SUFFIX
from comity.domain.tracks.rules import SOURCE_CODE
from comity.feed_formats import open_recording
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

T = Instant(1_795_000_000_000)
FEED = FeedId("roof")


def batch(second: float, count: int = 3, late_s: float = 0.0, feed: FeedId = FEED) -> PlotBatch:
    """Plots of so many aircraft at one second, received `late_s` afterwards."""
    at_ms = np.full(count, T.unix_ms + round(second * 1000), np.int64)
    callsigns = np.array([f"C{n}" if n % 2 else None for n in range(count)], object)
    return plot_batch(
        feed,
        source=np.full(count, SOURCE_CODE[PlotSource.ADS_B], np.uint8),
        at_ms=at_ms,
        received_at_ms=at_ms + round(late_s * 1000),
        latitude_deg=59.0 + np.arange(count) * 0.01 + second * 1e-4,
        longitude_deg=np.full(count, -179.9999999),
        altitude_pressure_m=np.full(count, 9_144.0),
        address=np.arange(count) + 0x3C0001,
        address_is_icao=np.ones(count, bool),
        callsign=callsigns,
    )


def record(
    folder: Path, seconds: range, limits: RecorderLimits | None = None, count: int = 3
) -> None:
    recorder = PlotRecorder(folder, limits)
    for second in seconds:
        recorder.take(T.plus_s(second), [batch(second, count)])
    recorder.close()
    assert recorder.failed == 0
    assert recorder.written_rows == len(seconds) * count


def at(archive: PlotArchive, second: float, known_s: float | None = None) -> list:
    until = T.plus_s(second)
    known = until if known_s is None else T.plus_s(known_s)
    batches, _ = archive.plots(until.plus_s(-60), until, known)
    return tracks_then(batches, until)


@pytest.mark.requirement("RECON-020")
def test_a_moment_gives_the_newest_plot_of_each_aircraft_as_it_came(tmp_path: Path) -> None:
    record(tmp_path, range(100))
    found = at(PlotArchive(tmp_path), 55.5)
    assert [each.identity for each in found] == ["3c0001", "3c0002", "3c0003"]
    assert {each.at for each in found} == {T.plus_s(55)}
    assert found[1].callsign == "C1"
    assert found[1].latitude_deg == pytest.approx(59.0155, abs=1e-7)
    assert found[1].longitude_deg == pytest.approx(-179.9999999, abs=1e-7)
    assert found[1].altitudes[0].height_m == pytest.approx(9_144.0, abs=1e-3)
    assert found[1].accuracy_assumed is True
    assert found[1].stale is False
    assert {each.stale for each in at(PlotArchive(tmp_path), 99 + 17)} == {True}
    assert at(PlotArchive(tmp_path), 99 + 61) == []


@pytest.mark.requirement("RECON-010")
def test_a_plot_that_came_late_is_there_as_known_now_and_not_as_known_then(tmp_path: Path) -> None:
    recorder = PlotRecorder(tmp_path)
    recorder.take(T, [batch(0)])
    recorder.take(T.plus_s(30), [batch(10, late_s=20)])
    recorder.close()
    archive = PlotArchive(tmp_path)
    assert {each.at for each in at(archive, 15)} == {T}
    assert {each.at for each in at(archive, 15, known_s=1_000)} == {T.plus_s(10)}


@pytest.mark.requirement("RECON-022")
def test_a_time_that_no_block_covers_is_unknown(tmp_path: Path) -> None:
    record(tmp_path, range(30))
    record(tmp_path, range(600, 630))
    archive = PlotArchive(tmp_path)
    stretches = [(e.starts.minus(T), e.ends.minus(T)) for e in archive.stretches()]
    assert stretches == [(0.0, 29.0), (600.0, 629.0)]
    assert archive.covers(T.plus_s(20)) is True
    assert archive.covers(T.plus_s(300)) is False


@pytest.mark.requirement("RECON-022")
def test_silence_that_was_listened_to_is_not_unknown(tmp_path: Path) -> None:
    recorder = PlotRecorder(tmp_path)
    for second in range(41):
        recorder.take(T.plus_s(second), [])
    recorder.take(T.plus_s(41), [batch(41)])
    recorder.take(T.plus_s(43), [])
    recorder.close()
    archive = PlotArchive(tmp_path)
    assert archive.covers(T.plus_s(35)) is True
    assert at(archive, 35) == []
    assert (
        archive.covers(T.plus_s(43)) is True
    )  # the last cycle brought nothing, and was listened to


@pytest.mark.requirement("RECON-021")
def test_the_oldest_file_goes_first_and_the_room_is_kept(tmp_path: Path) -> None:
    limits = RecorderLimits(total_bytes_max=60_000, segment_bytes_max=10_000, block_s=2.0)
    record(tmp_path, range(400), limits, count=60)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert 3 <= len(sizes) <= 6
    assert sum(sizes.values()) <= 60_000
    (stretch,) = PlotArchive(tmp_path).stretches()
    assert stretch.starts > T.plus_s(100)
    assert stretch.ends == T.plus_s(399)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())


@pytest.mark.requirement("RECON-021")
def test_a_disk_that_refuses_costs_plots_which_are_counted_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, full = os.write, [False]

    def write(handle: int, content: bytes) -> int:
        if full[0]:
            raise OSError(errno.ENOSPC, "no room")
        return real(handle, content)

    monkeypatch.setattr("comity.adapters.plot_recordings.writing.os.write", write)
    recorder = PlotRecorder(tmp_path, RecorderLimits(block_s=1.0))
    recorder.take(T, [batch(0)])
    recorder.take(T.plus_s(1), [batch(1)])
    wait_for(lambda: recorder.written_rows == 6)
    full[0] = True
    recorder.take(T.plus_s(2), [batch(2)])
    wait_for(lambda: recorder.failed == 3)
    full[0] = False
    recorder.take(T.plus_s(3), [batch(3)])
    recorder.close()
    archive = PlotArchive(tmp_path)
    assert all(info.whole and wrong is None for info, _, wrong in archive.verify())
    batches, dropped = archive.plots(T, T.plus_s(10))
    assert dropped == 3
    assert sorted({int(ms) for each in batches for ms in each.at_ms - T.unix_ms}) == [0, 1000, 3000]


@pytest.mark.requirement("RECON-021")
def test_more_plots_than_may_wait_are_dropped_and_counted(tmp_path: Path) -> None:
    recorder = PlotRecorder(tmp_path, RecorderLimits(waiting_rows_max=5, block_s=1.0))
    recorder.take(T, [batch(0), batch(0.5)])
    recorder.take(T.plus_s(2), [])
    recorder.close()
    batches, dropped = PlotArchive(tmp_path).plots(T, T.plus_s(10))
    assert (sum(map(len, batches)), dropped) == (3, 3)


def test_a_clock_that_is_set_back_begins_another_stretch(tmp_path: Path) -> None:
    recorder = PlotRecorder(tmp_path)
    recorder.take(T.plus_s(3_000), [batch(3_000)])
    recorder.take(T, [batch(0)])
    recorder.take(T.plus_s(20), [batch(20)])
    recorder.close()
    archive = PlotArchive(tmp_path)
    assert all(wrong is None for _, _, wrong in archive.verify())
    assert archive.covers(T.plus_s(10)) is True
    assert archive.covers(T.plus_s(1_000)) is False


@pytest.mark.requirement("RECON-022")
def test_a_file_that_was_changed_or_cut_short_is_told(tmp_path: Path) -> None:
    record(tmp_path, range(40))
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    ((info, digest, wrong),) = PlotArchive(tmp_path).verify()
    assert (info.whole, wrong) == (True, None)
    assert digest == hashlib.sha256(whole).hexdigest()
    path.write_bytes(whole[:-7])
    ((info, _, wrong),) = PlotArchive(tmp_path).verify()
    assert info.whole is False
    assert wrong is not None
    assert len(at(PlotArchive(tmp_path), 15)) == 3  # the blocks before are read
    for place in range(20, len(whole), 97):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        path.write_bytes(bytes(changed))
        try:
            told = [w for _, _, w in PlotArchive(tmp_path).verify()]
        except InputError:
            continue
        assert any(w is not None for w in told), place


@pytest.mark.requirement("RECON-022")
def test_five_gigabytes_that_are_stated_or_there_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / f"big{SUFFIX}"
    with path.open("wb") as file:
        file.truncate((5 << 30) + 1)
    with pytest.raises(InputError, match=r"5368709121 bytes, at most 5368709120"):
        PlotArchive(tmp_path)
    path.write_bytes(b"GIF89a")
    with pytest.raises(InputError, match="no recording of plots"):
        PlotArchive(tmp_path)


@pytest.mark.requirement("RECON-023")
def test_a_recording_is_read_as_any_other_recording_of_tracks(tmp_path: Path) -> None:
    record(tmp_path, range(20))
    (path,) = tmp_path.iterdir()
    assert open_recording(path, FEED).format_name == "plots"
    plots = list(bootstrap.Composition().recording(path, None).plots())
    assert len(plots) == 60
    assert plots[0].altitude_pressure_m == 9_144.0


@pytest.mark.requirement("RECON-020")
def test_an_archive_sees_what_was_added_and_what_is_gone(tmp_path: Path) -> None:
    record(tmp_path, range(20))
    archive = PlotArchive(tmp_path)
    record(tmp_path, range(100, 120))
    assert archive.covers(T.plus_s(110)) is False
    archive.look_again()
    assert archive.covers(T.plus_s(110)) is True
    min(tmp_path.iterdir()).unlink()
    archive.look_again()
    assert archive.covers(T.plus_s(10)) is False
    assert archive.covers(T.plus_s(110)) is True


def test_tracks_of_an_incident_are_chosen_by_address_or_callsign() -> None:
    batches = [batch(0), batch(10), batch(10, feed=FeedId("other"))]
    tracks, more = recorded_tracks(batches, ["3C0001", "c1"])
    assert [(t.material, t.identity, len(t.points)) for t in tracks] == [
        ("feed other", "3c0001", 1), ("feed other", "3c0002", 1), ("feed roof", "3c0001", 2),
        ("feed roof", "3c0002", 2),
    ]  # fmt: skip
    assert more == 0
    tracks, more = recorded_tracks([batch(0, 60)])
    assert (len(tracks), more) == (50, 10)


def wait_for(happened) -> None:

    deadline_s = time.monotonic() + 60.0
    while not happened():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)
