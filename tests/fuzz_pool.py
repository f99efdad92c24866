"""What stands in a world of nodes, kept by where it was told, and requests written from it.

Every answer is walked: who is named, which digests, numbers, ids and texts stand at which key. A written
example of an operation is then asked with what this world has at its place.
"""

import re
from collections import defaultdict
from random import Random
from typing import Any

from tests.node_homes import RunningNode

from comity.adapters.system_clock import SystemClock
from comity.entrypoints.api.api_examples import examples
from comity.kernel.errors import ComityError

PARTY = re.compile(r"[a-z][a-z0-9-]*\.[a-z2-7]{8}")
PAIR = re.compile(rf"({PARTY.pattern})/([0-9a-f]{{16}}|[0-9]{{1,4}})")
DIGEST = re.compile(r"[0-9a-f]{64}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
KEPT = 40  # of each key, the newest
NOT_LOOKED_AT = ("/v1/openapi.json", "/v1/map/", "/v1/phrasebook", "/v1/air", "/v1/events")
FAMILY_OF = {
    "claim": "claims", "group": "groups", "ids": "sites", "incident": "incidents", "intent": "intents",
    "matter": "line", "meeting": "meetings", "notice": "notices", "revises": "notices", "site": "sites",
    "sites": "sites", "subject": "sites", "observation": "observations", "movement": "movements",
}  # fmt: skip
LATER_S = {
    "start": 3600,
    "starts": 3600,
    "end": 7200,
    "ends": 7200,
    "until": 86400,
    "due": 86400,
    "renew_by": 30 * 86400,
}
EARLIER_S = {"begins": -1200, "ends": -600, "start": -1200, "end": -600, "since": -3600}
PAST_OF_FAMILY = frozenset({"observations", "incidents", "line", "evidence", "claims"})
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Comity//meetings//EN\r\nBEGIN:VEVENT\r\nSUMMARY:Review\r\n"
    "DTSTART:20301201T130000Z\r\nDTEND:20301201T140000Z\r\nDTSTAMP:20261128T130622Z\r\nUID:{number}@example\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
POSITION = "N 59 54.0 E 024 30.0 WGS84"


def family_of(path: str) -> str:
    """The second word of a path: what it is about."""
    return path.split("/")[2]


class Pool:
    """What one node has told."""

    def __init__(self, node: RunningNode, own: str, other: str) -> None:
        self._node = node
        self.own, self.other = own, other
        self._kept: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._in: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    def look(self, document: dict[str, Any]) -> None:
        """Read every list that is asked without a parameter."""
        for path, methods in document["paths"].items():
            asked = methods.get("get")
            if asked is None or "{" in path or path.startswith(NOT_LOOKED_AT):
                continue
            if any(each.get("required") for each in asked.get("parameters", [])):
                continue
            try:
                self.take(family_of(path), self._node.client.get(path, Any))
            except ComityError:
                continue

    def take(self, family: str, told: Any, key: str = "") -> None:
        """Keep what an answer names."""
        if isinstance(told, dict):
            ids = (
                told.get(name)
                for name in (FAMILY_KEY.get(family, ""), "digest", "record", "proposal", "request")
            )
            for each in ids:
                if isinstance(each, str):
                    self._within(
                        each, {name: value for name, value in told.items() if value != each}
                    )
            for name, value in told.items():
                self.take(family, value, name)
        elif isinstance(told, list):
            for value in told[-KEPT:]:
                self.take(family, value, key)
        elif isinstance(told, str) and told:
            if (family, key) == ("agreements", "text") and "\n+++\n" not in told:
                return  # what was said of it, not the text itself
            self.keep(family, key, told)
            if PAIR.fullmatch(told):
                self.keep(family, "(pair)", told)
            elif DIGEST.fullmatch(told):
                self.keep(family, "(digest)", told)
                self.keep("records", "(digest)", told)
        elif isinstance(told, int) and key in {"number", "revision"}:
            self.keep(family, key, str(told))

    def _within(self, about: str, told: Any, key: str = "") -> None:
        """Keep which digests and numbers stand in what has an id."""
        if isinstance(told, dict):
            for name, value in told.items():
                self._within(about, value, name)
        elif isinstance(told, list):
            for value in told[-KEPT:]:
                self._within(about, value, key)
        elif isinstance(told, str) and (DIGEST.fullmatch(told) or PAIR.fullmatch(told)):
            for name in (key, "(digest)" if DIGEST.fullmatch(told) else "(pair)"):
                kept = self._in[about, name]
                kept[told] = None
        elif isinstance(told, int) and key == "number":
            self._in[about, key][str(told)] = None

    def about(self, stated: dict[str, str]) -> str:
        """The id that the path of a request names."""
        if "number" in stated and ("party" in stated or "owner" in stated):
            return f"{stated.get('party') or stated.get('owner')}/{stated['number']}"
        return next(
            (stated[name] for name in ("proposal", "digest", "record") if name in stated), ""
        )

    def within(self, chance: Random, about: str, *keys: str) -> str | None:
        """A value that stands in what has that id."""
        for key in keys:
            kept = list(self._in.get((about, key), ()))
            if kept:
                return chance.choice(kept)
        return None

    def keep(self, family: str, key: str, value: str) -> None:
        """Keep one value at its key, and at that key of any family."""
        for place in ((family, key), ("", key)):
            kept = self._kept[place]
            kept.pop(value, None)
            kept[value] = None
            if len(kept) > KEPT:
                del kept[next(iter(kept))]

    def one(self, chance: Random, *places: tuple[str, str]) -> str | None:
        """A value at the first of these places that has any, rather a new one."""
        for place in places:
            kept = list(self._kept.get(place, ()))
            if kept:
                return chance.choice(kept if chance.random() < 0.5 else kept[-4:])
        return None

    # Requests

    def path(self, path: str, chance: Random) -> dict[str, str]:
        """What stands in the path of one request."""
        family = family_of(path)
        names = [each[1:-1] for each in path.split("/") if each.startswith("{")]
        found: dict[str, str] = {}
        if names[:2] in (["party", "number"], ["owner", "number"]):
            pair = self.one(chance, (family, FAMILY_KEY.get(family, "")), (family, "(pair)"))
            party, _, number = (pair or f"{self.own}/1").partition("/")
            found = {names[0]: party, names[1]: number}
        for name in names:
            if name in found:
                continue
            if name == "peer":
                found[name] = self.other
                continue
            inside = self.within(
                chance, self.about(found), name, *(["(digest)"] if name == "digest" else [])
            )
            if inside is not None and chance.random() < 0.8:
                found[name] = inside
                continue
            places = [(family, name), (family, "id"), ("", name)]
            if name in {"digest", "record"}:
                places = [
                    (family, chance.choice(["(digest)", name])),
                    (family, "(digest)"),
                    ("", name),
                ]
            found[name] = self.one(chance, *places) or "x"
        return found

    def body(self, operation: str, chance: Random, about: str = "") -> Any:
        """The written example of an operation with what this world has in its places; `about`: what its path names."""
        example = examples().get(operation)
        if example is None or example.body is None:
            return None
        spared = chance.random() < SPARED
        body = self._filled(example.body, "", family_of(operation.split(" ")[1]), chance, about)
        if isinstance(body, dict):
            _spare(body, spared=spared)
        if operation == "POST /v1/intents":
            for feature in body["features"]:
                feature["properties"] |= {"start": at(3600), "end": at(9000)}
        if operation == "POST /v1/meetings/import":
            body["calendar"] = CALENDAR.format(number=chance.randrange(10**9))
        stands = self.one(chance, ("agreements", "digest"))
        if operation == "POST /v1/agreements" and stands is not None:
            body["text"] = body["text"].replace(
                "version = 1", f'version = 2\namends = "{stands}"', 1
            )
            body["text"] = body["text"].replace('"Gulf"', f'"Gulf {chance.randrange(1000)}"', 1)
        if operation == "POST /v1/movements":
            for number, each in enumerate(body["waypoints"]):
                each["at"] = at(3600 + 1800 * number)
        return body

    def _filled(self, value: Any, key: str, family: str, chance: Random, about: str) -> Any:
        if isinstance(value, dict):
            return {k: self._filled(v, k, family, chance, about) for k, v in value.items()}
        if isinstance(value, list):
            return [self._filled(each, key, family, chance, about) for each in value]
        if not isinstance(value, str):
            return value
        found: str | None = None
        if PARTY.fullmatch(value):
            found = self.own if chance.random() < 0.1 else self.other
        elif PAIR.fullmatch(value):
            of = FAMILY_OF.get(key, family)
            found = self.within(chance, about, key) or self.one(
                chance, (of, FAMILY_KEY.get(of, "")), (of, "(pair)")
            )
        elif DIGEST.fullmatch(value) and key != "sha256":
            found = self.within(chance, about, key, "digest", "record", "(digest)")
            if found is None or chance.random() < 0.2:
                found = self.one(chance, (family, key), (family, "(digest)"), ("", key))
        elif INSTANT.fullmatch(value):
            after_s = EARLIER_S.get(key) if family in PAST_OF_FAMILY else None
            after_s = LATER_S.get(key) if after_s is None else after_s
            found = None if after_s is None or chance.random() < 0.1 else at(after_s)
        elif (family, key) in BY_KEY:
            found = self.one(chance, BY_KEY[family, key])
        elif key in {"callsign", "id"} or (key == "name" and family in NAMED and "." not in value):
            found = f"{value}{chance.randrange(1000)}"
        return value if found is None else found

    def query(self, name: str, chance: Random) -> str:
        """What a question must say."""
        begun = self.one(chance, ("records", "(digest)")) or "00000000"
        subject = self.one(chance, (chance.choice(["line", "notices", "intents"]), "(digest)"))
        known = {
            "since": at(-3600), "until": at(60), "at": at(chance.choice([-5, -60])), "begins": begun[:12],
            "subject": subject or begun, "position": POSITION,
        }  # fmt: skip
        return known.get(name, "x")


FAMILY_KEY = {
    family: family.rstrip("s")
    for family in ("claims", "groups", "incidents", "intents", "meetings", "notices", "sites")
} | {"observations": "observation", "movements": "movement", "line": "matter"}
BY_KEY = {
    ("agreements", "text"): ("agreements", "text"),
    ("peers", "card"): ("peers", "card"),
    ("watch", "echelon"): ("watch", "echelon"),
    ("watch", "to"): ("operators", "id"),
    ("areas", "path"): ("areas", "path"),
}
NAMED = frozenset({"groups", "operators", "access"})
SPARE = frozenset(
    {"base", "because", "disputes", "group", "matter", "provenance", "revises", "task"}
)
SPARED = 0.75


def _spare(body: dict[str, Any], *, spared: bool) -> None:
    """Leave out what names another record, where a request need not."""
    for key, value in body.items():
        if isinstance(value, dict) and key not in SPARE:
            _spare(value, spared=spared)
        elif spared and key in SPARE:
            body[key] = [] if isinstance(value, list) else None


def at(after_s: float) -> str:
    """An instant so long from now."""
    return str(SystemClock().now().plus_s(after_s))
