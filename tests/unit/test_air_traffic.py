"""The traffic of the soak: each encounter it counts on can be taken in, and is one."""

import json

from bench.air_traffic import ENCOUNTER_ADDRESS, World, distance_m
from bench.air_witness import LOST_M, lost_by

from comity.adapters.readsb import SnapshotDecoder
from comity.domain.tracks import FeedId
from comity.kernel.instants import Instant

BEGAN_S = 1_800_000_000.0


def test_every_report_of_an_hour_of_encounters_is_one_that_a_feed_takes():
    """In the first soak one of 1,797 went out at 180.1° east: refused, and counted as missed by the watch."""
    world, decoder = World(1, began_s=BEGAN_S), SnapshotDecoder(FeedId("soak"))
    sent = taken = 0
    for second in range(0, 3_600, 4):
        at = Instant(round((BEGAN_S + second) * 1000))
        document = world.document(BEGAN_S + second)
        sent += len(json.loads(document)["aircraft"])
        decoder.feed(document, at)
        taken += len(decoder.end(at))
    assert (sent, decoder.counts.refused) == (taken, {})
    over = [each for each in world.encounters.values() if each.number < 1_780]
    assert len(over) == 1_780
    assert all(5_500.0 < each.least_m < 7_500.0 < LOST_M for each in over)


def test_a_miss_names_who_lost_it():
    world = World(1, began_s=BEGAN_S)
    for second in range(32):
        world.document(BEGAN_S + second)
    address = ENCOUNTER_ADDRESS
    sent = world.encounters[address]
    assert distance_m(*sent.places_deg[0], *sent.places_deg[1]) == sent.least_m
    track = {"address": f"{address:06x}"}, {"address": f"{address + 1:06x}"}
    pair = {"net": "pair-conflict", "subjects": [f"a/{address:06x}", f"a/{address + 1:06x}"]}
    other = {"net": "pair-conflict", "subjects": [f"a/{address:06x}", "a/track.1"]}

    def why(tracks, alerts):
        return lost_by(address, sent, [{"tracks": list(tracks), "alerts": alerts}])

    assert why(track, []) == "watch: both tracked, and no alert of this pair"
    assert why(track, [other]).startswith("watch: an alert with another aircraft")
    assert why(track[:1], []) == f"feed or tracks: no track of {address + 1:06x}"
    assert why(track, [pair]).startswith("subscriber: on record")
    assert lost_by(address, sent, []).startswith("subscriber: told between")
    sent.least_m = LOST_M
    assert why(track, []).startswith("traffic:")
