"""Pairs of flights for verdicts: reports each second for 200 s."""

import math

from tests.geodesic_reference import WGS84

from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.instants import Instant

BEGIN_S = 1_800_000_000.0
SECONDS = 200
PLACE = (50.0, 8.0)


def _plots(address, place_at, height_m=10_668.0):
    found = []
    for at_s in range(SECONDS + 1):
        north_m, east_m = place_at(at_s)
        there = WGS84.Direct(
            *PLACE, math.degrees(math.atan2(east_m, north_m)), math.hypot(north_m, east_m)
        )
        at = Instant(round(1000 * (BEGIN_S + at_s)))
        found.append(
            Plot(
                feed=FeedId("recording"), source=PlotSource.ADS_B, at=at, received_at=at,
                latitude_deg=there["lat2"], longitude_deg=there["lon2"], address=address,
                address_is_icao=True, altitude_pressure_m=height_m,
            )
        )  # fmt: skip
    return found


def _both(one, two):
    plots = _plots(1, one) + _plots(2, two)
    return sorted(plots, key=lambda plot: plot.at.unix_ms)


def head_on():
    """230 m/s each, meeting at 100 s; the minimum is lost 20 s before."""
    return _both(lambda t: (0.0, 230.0 * (t - 100.0)), lambda t: (0.0, 230.0 * (100.0 - t)))


def passing(apart_m):
    """Side by side in opposite directions, so far apart."""
    return _both(lambda t: (0.0, 230.0 * (t - 100.0)), lambda t: (apart_m, 230.0 * (100.0 - t)))


def crossing(turned_at_s):
    """On the way to a loss, head on, until the second turns aside and goes off at right angles."""

    def second(t):
        east_m = 230.0 * (140.0 - min(t, turned_at_s))
        return 230.0 * max(t - turned_at_s, 0.0), east_m

    return _both(lambda t: (0.0, 100.0 * (t - 140.0)), second)
