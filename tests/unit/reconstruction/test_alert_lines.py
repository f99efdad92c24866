"""Between which two aircraft an alert stood: only where both plots are known, and else counted."""

from typing import Any

import pytest
from tests.unit.reconstruction.test_knowledge import HERE, THERE, T

from comity.domain.reconstruction import TrackThen, alert_lines
from comity.domain.tracks import FeedId


def plot(identity: str, feed: str = "one", at_s: float = 0.0, *, stale: bool = False) -> TrackThen:
    return TrackThen(
        feed=FeedId(feed), identity=identity, callsign=None, at=T.plus_s(at_s), received_at=T, latitude_deg=59.0,
        longitude_deg=24.0 + at_s, accuracy_m=10.0, accuracy_assumed=False, altitudes=(), ground_speed_mps=None,
        track_true_rad=None, on_ground=None, stale=stale,
    )  # fmt: skip


def raised(*subjects: str, net: str = "pair-conflict") -> tuple[dict[str, Any], bool]:
    return {"alert": "a1", "net": net, "severity": "warning", "subjects": list(subjects)}, False


@pytest.mark.requirement("RECON-013")
def test_a_line_goes_between_the_newest_plots_of_both():
    tracks = [plot("3c0001"), plot("3c0002"), plot("3c0002", "two", 1.0)]
    (line,), unknown = alert_lines([raised(f"{HERE}/3c0001", f"{HERE}/3c0002")], tracks, HERE)
    assert unknown == 0
    assert (line.alert, line.severity, line.acknowledged) == ("a1", "warning", False)
    assert (line.first.longitude_deg, line.second.longitude_deg) == (24.0, 25.0)


@pytest.mark.requirement("RECON-013")
@pytest.mark.parametrize(
    "other",
    [
        f"{HERE}/3c0003",  # no plot
        f"{HERE}/3c0004",  # a plot too old
        f"{THERE}/3c0002",  # seen by another party's feeds
        f"{HERE}/3c0002+",  # one of two places under one address
        f"{HERE}/#run-7",  # a number that no plot has
    ],
)
def test_where_one_is_unknown_there_is_no_line_and_it_is_counted(other: str):
    tracks = [plot("3c0001"), plot("3c0002"), plot("3c0004", stale=True)]
    assert alert_lines([raised(f"{HERE}/3c0001", other)], tracks, HERE) == ((), 1)


@pytest.mark.requirement("RECON-013")
def test_alerts_of_one_aircraft_have_no_line():
    assert alert_lines([raised(f"{HERE}/3c0001", net="integrity")], [], HERE) == ((), 0)
