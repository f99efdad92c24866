"""The vectors of docs/spec/feed.md: signed private records of feeds and area files, by name, rule and reason.

Expected values are worked out by hand from the page. Nothing here imports comity.
"""

from collections.abc import Iterator
from typing import Any

from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, Case, Fields

__all__ = ["cases", "known_keys"]

ABSENT = object()
DIGEST = "c5" * 32
FEED: Fields = {
    "address": "tcp://127.0.0.1:30003",
    "every_ms": 1000,
    "feed": "roof",
    "format": "sbs1",
    "party": ALFA.id,
    "receiver_height_mm": 30_000,
    "receiver_latitude_deg_e7": 599_000_000,
    "receiver_longitude_deg_e7": 245_000_000,
    "zone_offset_s": None,
}
NO_RECEIVER: Fields = {
    "receiver_height_mm": None,
    "receiver_latitude_deg_e7": None,
    "receiver_longitude_deg_e7": None,
}
AREAS: Fields = {
    "areas": "ranges",
    "digest": DIGEST,
    "guarded": [],
    "kind": "danger",
    "path": "/srv/areas/ranges.geojson",
}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from feeds_taken()
    yield from feeds_refused()
    yield from areas_taken()
    yield from areas_refused()


def feeds_taken() -> Iterator[Case]:
    """Feeds that every reader takes."""
    yield feed("full", "F3", "the example of the page", {})
    yield feed("no-receiver", "F6", "nothing is said of the antenna", NO_RECEIVER)
    bare = dict.fromkeys((*NO_RECEIVER, "zone_offset_s"), ABSENT)
    yield feed("absent-is-null", "F3", "what may be null may be absent", bare)
    yield feed("no-height", "F6", "a place without a height", {"receiver_height_mm": None})
    yield feed("every-least", "F5", "five times a second", {"every_ms": 200})
    yield feed("every-most", "F5", "once an hour", {"every_ms": 3_600_000})
    yield feed("zone-east", "F5", "UTC+14", {"zone_offset_s": 50_400})
    yield feed("zone-west", "F5", "UTC-14", {"zone_offset_s": -50_400})
    pole = {"receiver_latitude_deg_e7": -900_000_000, "receiver_longitude_deg_e7": 1_800_000_000}
    yield feed("pole", "F6", "the south pole, at 180 degrees", pole)
    yield feed("name-longest", "F2", "32 characters", {"feed": "a" + "0" * 31})
    yield feed("address-longest", "F4", "300 characters", {"address": "tcp://" + "h" * 294})
    yield feed("group", "F4", "a multicast group", {"address": "udp://239.2.3.1:6969"})
    yield feed("unknown-field", "F3", "a field of tomorrow is kept", {"tomorrow": 1})


def feeds_refused() -> Iterator[Case]:
    """Feeds that every reader refuses."""
    form, limit = "field-form", "field-limit"
    yield feed("by-node", "F1", "no person", {}, "person-required", operator="node")
    yield feed("no-feed", "F3", "without a name", {"feed": ABSENT}, form)
    yield feed("feed-number", "F3", "a number for a name", {"feed": 7}, form)
    yield feed("feed-capital", "F2", "a capital", {"feed": "Roof"}, limit)
    yield feed("feed-long", "F2", "33 characters", {"feed": "a" * 33}, limit)
    yield feed("party-form", "F3", "no party id", {"party": "alfa"}, limit)
    yield feed("format-form", "F3", "a space", {"format": "SBS 1"}, limit)
    yield feed("user", "F4", "a user stands in it", {"address": "http://u@host/x"}, limit)
    yield feed("password", "F4", "a password stands in it", {"address": "tcp://u:p@h:1"}, limit)
    yield feed("address-empty", "F4", "nothing", {"address": ""}, limit)
    yield feed("address-long", "F4", "301 characters", {"address": "tcp://" + "h" * 295}, limit)
    yield feed("address-control", "F4", "a line end", {"address": "tcp://h\n:1"}, limit)
    yield feed("no-every", "F3", "without every_ms", {"every_ms": ABSENT}, form)
    yield feed("every-text", "F3", "a text for a number", {"every_ms": "1000"}, form)
    yield feed("every-truth", "F3", "true is no number", {"every_ms": True}, form)
    yield feed("every-short", "F5", "199 ms", {"every_ms": 199}, limit)
    yield feed("every-long", "F5", "over an hour", {"every_ms": 3_600_001}, limit)
    yield feed("zone-far", "F5", "over 14 hours", {"zone_offset_s": 50_401}, limit)
    half = {"receiver_longitude_deg_e7": None}
    yield feed("half-a-place", "F6", "a latitude alone", half, form)
    north = {"receiver_latitude_deg_e7": 900_000_001}
    yield feed("beyond-the-pole", "F6", "over 90 degrees", north, limit)
    yield feed("height-alone", "F6", "a height without a place",
               {**NO_RECEIVER, "receiver_height_mm": 1}, limit)  # fmt: skip
    high = {"receiver_height_mm": 100_000_001}
    yield feed("height-far", "F6", "over 100 km", high, limit)
    body: Fields = {"feed": "roof"}
    yield case("removed-unknown", "F7", "not in use", "feed.removed", body, "feed")


def areas_taken() -> Iterator[Case]:
    """Area files that every reader takes."""
    yield areas("full", "A1", "a file", {})
    borders = {"guarded": ["Arcadia", "Utopia"], "kind": None, "path": None}
    yield areas("borders", "A2", "the packaged borders, two of them guarded", borders)
    yield areas("absent-is-null", "A1", "path and kind", {"kind": ABSENT, "path": ABSENT})
    yield areas("path-longest", "A2", "1,024 characters", {"path": "/" + "p" * 1_023})
    yield areas("guarded-most", "A3", "300 names", {"guarded": ["x"] * 300})


def areas_refused() -> Iterator[Case]:
    """Area files that every reader refuses."""
    form, limit = "field-form", "field-limit"
    yield areas("by-node", "F1", "no person", {}, "person-required", operator="node")
    yield areas("name-form", "A1", "a capital", {"areas": "Ranges"}, limit)
    yield areas("no-digest", "A1", "without the digest", {"digest": ABSENT}, form)
    yield areas("digest-capital", "A1", "capital hex", {"digest": "C5" * 32}, limit)
    yield areas("digest-short", "A1", "31 bytes", {"digest": "c5" * 31}, limit)
    yield areas("path-relative", "A2", "not absolute", {"path": "ranges.geojson"}, limit)
    yield areas("path-long", "A2", "1,025 characters", {"path": "/" + "p" * 1_024}, limit)
    yield areas("path-control", "A2", "a line end", {"path": "/a\nb"}, limit)
    yield areas("kind-unknown", "A1", "no kind of area", {"kind": "target"}, limit)
    yield areas("no-guarded", "A3", "without the list", {"guarded": ABSENT}, form)
    yield areas("guarded-text", "A3", "a text for a list", {"guarded": "Utopia"}, form)
    yield areas("guarded-empty", "A3", "an empty name", {"guarded": [""]}, limit)
    yield areas("guarded-many", "A3", "301 names", {"guarded": ["x"] * 301}, limit)
    body: Fields = {"areas": "ranges"}
    yield case("areas-removed-unknown", "F7", "not in use", "area.removed", body, "areas")


def feed(
    name: str,
    rule: str,
    why: str,
    changes: Fields,
    reason: str | None = None,
    operator: str = "eva",
) -> Case:
    """A feed, the example with some fields changed."""
    body = _changed(FEED, changes)
    return case(f"feed-{name}", rule, why, "feed.added", body, reason, operator)


def areas(
    name: str,
    rule: str,
    why: str,
    changes: Fields,
    reason: str | None = None,
    operator: str = "eva",
) -> Case:
    """An area file, the example with some fields changed."""
    body = _changed(AREAS, changes)
    return case(f"areas-{name}", rule, why, "area.added", body, reason, operator)


def case(
    name: str,
    rule: str,
    why: str,
    kind: str,
    body: Fields,
    reason: str | None = None,
    operator: str = "eva",
) -> Case:
    """One record, alone in its journal."""
    fields = payload(body=body, kind=kind, operator=operator, recipients=[])
    files = {"envelope.json": sealed(fields)}
    values: Fields = {}
    if reason is None:
        values = {"read": _read(FEED if kind == "feed.added" else AREAS, body)}
    name += "" if reason is None else "_reject"
    return Case(name, rule, why, files, reason, values)


def _read(example: Fields, body: Fields) -> Fields:
    """What a reader has of a body: the fields of the page, absent ones null, no others."""
    return {name: body.get(name) for name in example}


def _changed(example: Fields, changes: dict[str, Any]) -> Fields:
    body = {**example, **changes}
    return {name: value for name, value in body.items() if value is not ABSENT}
