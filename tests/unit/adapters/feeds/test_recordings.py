"""Files are known by what is in them, and every row of the recordings is accounted for."""

import gzip
import json
import time

import pytest
from tests.feed_samples import FEED, NOW, OPTIONS, SAMPLES
from tests.shared_files import shared

from comity.domain.tracks import checked_plot
from comity.feed_formats import FormatOptions, decoder_of, format_of, open_recording
from comity.kernel.errors import InputError
from comity.kernel.units import MPS_PER_KNOT

FORMATS = [name for name in SAMPLES if name != "cot-datagrams"]


@pytest.mark.requirement("FEED-013")
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_a_file_is_known_by_its_content(tmp_path, name, packed):
    data = SAMPLES[name].data.removeprefix(b"\x00garbage")
    path = tmp_path / "file of no known name"
    path.write_bytes(gzip.compress(data) if packed else data)
    if name == "cot":  # its events were not stale when they were recorded
        assert format_of(data) == name
    recording = open_recording(path, FEED, OPTIONS)
    assert recording.format_name == name
    assert len(list(recording)) == SAMPLES[name].plots
    assert recording.counts.plots == SAMPLES[name].plots


@pytest.mark.requirement("FEED-013")
@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "recording"),
        (b"no format at all\n", "recording"),
        (b"<html></html>", "recording"),
        (gzip.compress(b"MSG,3,1,1\n" * 9_000)[:-9], "recording"),
        (b"\x1f\x8b\x00\x00", "recording"),
        (SAMPLES["sbs1"].data, "zone"),
        (SAMPLES["beast"].data.removeprefix(b"\x00garbage"), "begins"),
        (SAMPLES["asterix"].data, "begins"),
    ],
    ids=["empty", "text", "html", "cut gzip", "not gzip", "zone", "beast", "asterix"],
)
def test_what_cannot_be_read_or_lacks_something_says_what(tmp_path, data, field):
    path = tmp_path / "file"
    path.write_bytes(data)
    options = FormatOptions(zone_offset_s=0) if field == "recording" else None
    with pytest.raises(InputError) as caught:
        list(open_recording(path, FEED, options))
    assert caught.value.field == field
    with pytest.raises(InputError, match="recording"):
        open_recording(tmp_path / "absent", FEED)
    with pytest.raises(InputError, match="format"):
        decoder_of("mode-x", FEED)


@pytest.mark.requirement("FEED-016")
@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_row_that_repeats_a_position_has_none_and_a_position_is_as_old_as_it_says(tmp_path, form):
    """Tables of state vectors: a row a second, a position every few seconds, and when that was told."""
    told = {"icao24": "4b43ac", "latitude": 47.5, "longitude": 9.0, "groundspeed": 100.0}
    other = {**told, "icao24": "4b43ad"}
    at = 1_558_612_460_000
    rows = [
        {"timestamp": at, **told, "last_position": at - 2_400},
        {"timestamp": at, **other, "last_position": at - 2_400},
        {"timestamp": at + 1_000, **told, "last_position": at - 2_400, "groundspeed": 110.0},
        {"timestamp": at + 2_000, **told, "last_position": at + 1_500},
        {
            "timestamp": at + 3_000,
            **told,
            "last_position": at + 90_000,
        },  # behind the row: not believed
        {"timestamp": at + 4_000, **told},
        *({"timestamp": at, **told, "icao24": None, "last_position": at - 500} for _ in range(2)),
    ]
    path = tmp_path / f"rows.{form}"
    if form == "json":
        path.write_text(json.dumps(rows))
    else:
        names = [*rows[0]]
        lines = [",".join(str(row.get(name) or "") for name in names) for row in rows]
        path.write_text("\n".join([",".join(names), *lines]) + "\n")
    plots = list(open_recording(path, FEED))
    assert [plot.at.unix_ms - at for plot in plots] == [
        *(-2_400, -2_400, 1_000, 1_500, 3_000, 4_000, -500, -500)
    ]
    assert [plot.latitude_deg for plot in plots] == [
        *(47.5, 47.5, None, 47.5, 47.5, 47.5, 47.5, 47.5)
    ]  # two unknown aircraft are not one
    assert plots[2].ground_speed_mps == pytest.approx(110.0 * MPS_PER_KNOT)
    assert [plot.received_at.unix_ms - at for plot in plots] == [
        *(0, 0, 1_000, 2_000, 3_000, 4_000, 0, 0)
    ]


RECORDED = {
    # file: format, rows, plots, refused, remarks
    "beast_sample.bin": (
        "beast",
        239,
        25,
        {"merged": 203, "address-unknown": 6, "kind-not-read": 4, "position-unresolved": 1},
        {"without-position": 22},
    ),
    "border_control.json.gz": ("json-rows", 1_465, 1_465, {}, {}),
    "cat_034_048.pcap": ("pcap", 162, 128, {"kind-not-read": 34}, {"without-position": 128}),
    "cat_062_065.pcap": ("pcap", 3, 2, {"kind-not-read": 1}, {"direction-from-grid-north": 2}),
    "inflight_refuelling.json.gz": ("json-rows", 10_397, 10_397, {}, {"without-position": 1}),
    "mode_s_frames.jsonl.gz": ("frames", 4_000, 1_519, {"merged": 2_481}, {}),
    "noisy_spoofing.json.gz": ("json-rows", 8_681, 8_681, {}, {"without-position": 3_997}),
    "readsb_trace_full_ac671b.json.gz": ("readsb-trace", 2_500, 2_500, {}, {}),
    "rega_sg.json.gz": (
        "json-rows",
        1_080,
        1_080,
        {},
        {"without-position": 126, "squawk-refused": 4},
    ),
    "switzerland.json.gz": ("json-rows", 139_098, 139_098, {}, {"time-backwards": 187}),
    "turkish_flag.json.gz": ("json-rows", 917, 917, {}, {}),
}


@pytest.mark.requirement("FEED-014")
@pytest.mark.parametrize("name", RECORDED)
def test_every_row_of_a_recording_becomes_a_plot_or_is_counted_by_reason(name):
    format_name, rows, plots, refused, remarks = RECORDED[name]
    options = FormatOptions(begins=NOW, receiver_deg=(49.0, 2.55))
    recording = open_recording(shared(f"data/recorded/{name}"), FEED, options)
    began_s = time.perf_counter()
    count = 0
    for plot in recording:
        if count % 50 == 0:
            checked_plot(plot)
        count += 1
    counts = recording.counts.as_fields()
    print(f"{name}: {count} plots in {time.perf_counter() - began_s:.2f} s")
    assert recording.format_name == format_name
    assert (counts["messages"], count, counts["plots"]) == (rows, plots, plots)
    assert (counts["refused"], counts["remarks"]) == (refused, remarks)
