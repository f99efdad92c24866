"""The vectors of docs/spec/meeting.md: bodies of its records, and how a meeting stands by a set of them.

How it stands is written by hand in each case, from §4 to §6 of the page. Nothing here imports comity.
"""

import copy
import hashlib
from collections.abc import Iterator
from typing import Any

import rfc8785
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party

__all__ = ["cases", "known_keys"]

MEETING = f"{ALFA.id}/00000000000000d1"
PROPOSAL: Fields = {
    "agenda": [{"item": "The night of 17 September", "matter": f"{ALFA.id}/00000000000000b2"}],
    "end": "2026-12-01T14:00:00.000Z",
    "group": None,
    "means": "video",
    "meeting": MEETING,
    "parties": [ALFA.id, BRAVO.id],
    "place": "",
    "replaces": None,
    "start": "2026-12-01T13:00:00.000Z",
    "stated": "2026-12-01T15:00:00+02:00",
    "title": "Follow-up",
    "zone": "Europe/Helsinki",
}
KEY_A, KEY_B = ":".join(["AA"] * 32), ":".join(["BB"] * 32)
STATION_A, STATION_B = "a" * 16, "b" * 16
MINUTES: Fields = {
    "decisions": [{"text": "Night flights are told a day ahead."}],
    "disputes": None,
    "lines": [{"text": "Both sides spoke of the night."}],
    "meeting": MEETING,
    "tasks": [
        {
            "due": "2026-12-24T12:00:00.000Z",
            "owner": BRAVO.id,
            "person": None,
            "title": "Write it down",
        }
    ],
}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from proposals()
    yield from answers()
    yield from minutes()
    yield from calls()
    yield from sets()


def description(key: str = KEY_A, *more: str) -> str:
    """A small session description."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=fingerprint:sha-256 {key}",
        *more,
    ]
    return "".join(f"{line}\r\n" for line in lines)


def enveloped(party: Party, word: str, body: Fields, **more: Any) -> bytes:
    """A record of one party's officer; to bravo, or to alfa where bravo speaks."""
    to = [BRAVO.id] if party is not BRAVO else [ALFA.id]
    fields = {"author": party.id, "kind": f"meeting.{word}", "operator": "ada", "body": body}
    return sealed(payload(**({"recipients": to} | fields | more)), party)


def good(name: str, rule: str, why: str, word: str, body: Fields, **more: Any) -> Case:
    """A record of alfa's that is taken in."""
    return Case(name, rule, why, {"envelope.json": enveloped(ALFA, word, body, **more)})


def bad(name: str, rule: str, reason: str, word: str, body: Fields, **more: Any) -> Case:
    """A record of alfa's that opens, and is refused for what it says."""
    envelope = enveloped(ALFA, word, body, **more)
    why = name.replace("-", " ")
    return Case(f"{name}_reject", rule, why, {"envelope.json": envelope}, reason)


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with members changed, or left out where the value is `...`."""
    fresh = copy.deepcopy(body) | changes
    return {name: value for name, value in fresh.items() if value is not ...}


def proposals() -> Iterator[Case]:
    """Meetings proposed."""
    word, form, contradiction = "proposal", "field-form", "meeting-contradiction"
    yield good("proposal", "M3", "the example of the page", word, PROPOSAL)
    counter = changed(PROPOSAL, replaces="a1" * 32, meeting=f"{BRAVO.id}/00000000000000d1")
    yield good("proposal-counter", "M4", "of bravo's meeting", word, counter)
    grouped = changed(PROPOSAL, group=f"{BRAVO.id}/00000000000000a1", agenda=[])
    yield good("proposal-group", "M3", "of a group", word, grouped)
    for field in PROPOSAL:
        body = changed(PROPOSAL, **{field: ...})
        yield bad(f"proposal-no-{field}", "M3", "missing-field", word, body)
    for name, changes in {
        "naive-start": {"start": "2026-12-01T13:00:00"},
        "offset-start": {"start": "2026-12-01T15:00:00+02:00"},
        "zone": {"zone": "UTC+2 (summer)"},
        "zone-path": {"zone": "../../etc/passwd"},
        "title-blank": {"title": " "},
        "title-bidi": {"title": "meet\u202eteem"},
        "means": {"means": "pigeon"},
        "item-lines": {"agenda": [{"item": "one\ntwo", "matter": None}]},
        "item-matter": {"agenda": [{"item": "one", "matter": "tonight"}]},
        "agenda": {"agenda": "one"},
        "parties-order": {"parties": [BRAVO.id, ALFA.id]},
    }.items():
        yield bad(f"proposal-{name}", "M3", form, word, changed(PROPOSAL, **changes))
    for name, changes in {
        "ends-before": {"end": "2026-12-01T12:59:59.999Z"},
        "ends-at-once": {"end": "2026-12-01T13:00:00.000Z"},
        "eight-days": {"end": "2026-12-08T13:00:00.001Z"},
        "without-author": {"parties": [BRAVO.id, CHARLIE.id]},
    }.items():
        yield bad(f"proposal-{name}", "M5", contradiction, word, changed(PROPOSAL, **changes))
    many = changed(PROPOSAL, agenda=[{"item": "x", "matter": None}] * 51)
    yield bad("proposal-51-items", "M3", "field-limit", word, many)
    alone = changed(PROPOSAL, parties=[ALFA.id])
    yield bad("proposal-alone", "M3", "field-limit", word, alone)
    both = {"recipients": sorted([BRAVO.id, CHARLIE.id])}
    yield bad("proposal-told-to-more", "M6", "meeting-recipients", word, PROPOSAL, **both)
    of_bravo = changed(PROPOSAL, meeting=f"{BRAVO.id}/00000000000000d1")
    yield bad("proposal-of-bravo", "M4", "meeting-owner", word, of_bravo)
    yield bad("proposal-by-node", "M1", "person-required", word, PROPOSAL, operator="node")
    yield bad("proposal-version", "M3", "field-limit", word, PROPOSAL, kind_version=2)


def answers() -> Iterator[Case]:
    """What is said to a proposal."""
    answer: Fields = {
        "meeting": MEETING,
        "proposal": "a1" * 32,
        "reply": "accept",
        "words": "",
        "zone": "Europe/Istanbul",
    }
    yield good("answer", "M3", "accepted", "answer", answer)
    declined = changed(answer, reply="decline", words="That night we fly.", zone=None)
    yield good("answer-decline", "M3", "declined", "answer", declined)
    for name, changes in {
        "maybe": {"reply": "maybe"},
        "digest": {"proposal": "the first"},
        "zone": {"zone": ""},
    }.items():
        yield bad(f"answer-{name}", "M3", "field-form", "answer", changed(answer, **changes))
    off: Fields = {"meeting": MEETING, "reason": "A storm."}
    yield good("cancellation", "M3", "off", "cancellation", off)
    blank = changed(off, reason="")
    yield bad("cancellation-blank", "M3", "field-form", "cancellation", blank)
    person: Fields = {
        "name": "The duty officer",
        "role": "",
        "since": "2026-12-01T13:00:00.000Z",
        "until": None,
    }
    there: Fields = {"meeting": MEETING, "persons": [person]}
    yield good("attendance", "M3", "one was there", "attendance", there)
    back = changed(there, persons=[changed(person, until="2026-12-01T12:00:00.000Z")])
    yield bad("attendance-backwards", "M5", "meeting-contradiction", "attendance", back)
    nobody = changed(there, persons=[])
    yield bad("attendance-nobody", "M3", "field-limit", "attendance", nobody)


def minutes() -> Iterator[Case]:
    """Minutes and signatures."""
    yield good("minutes", "M8", "one version", "minutes", MINUTES)
    own = changed(MINUTES, disputes="a1" * 32, tasks=[])
    yield good("minutes-disputing", "M8", "a side's own version", "minutes", own)
    for name, changes in {
        "line": {"lines": [{"text": "x" * 501}]},
        "decision": {"decisions": [{"text": ""}]},
        "due": {"tasks": [changed(MINUTES["tasks"][0], due="Christmas")]},
        "owner": {"tasks": [changed(MINUTES["tasks"][0], owner="bravo")]},
        "row": {"lines": ["words"]},
    }.items():
        yield bad(f"minutes-{name}", "M3", "field-form", "minutes", changed(MINUTES, **changes))
    many = changed(MINUTES, lines=[{"text": "x"}] * 201)
    yield bad("minutes-201-lines", "M3", "field-limit", "minutes", many)
    signature: Fields = {"meeting": MEETING, "minutes": "a1" * 32}
    yield good("signature", "M8", "of one digest", "signature", signature)
    yield bad("signature-by-node", "M1", "person-required", "signature", signature, operator="node")


def calls() -> Iterator[Case]:
    """Stations, descriptions, consents."""
    join: Fields = {
        "fingerprint": KEY_A,
        "meeting": MEETING,
        "name": "Duty officer",
        "replaces": [],
        "station": STATION_A,
    }
    yield good("join", "M9", "a station comes in", "join", join)
    for name, changes in {
        "key-small": {"fingerprint": KEY_A.lower()},
        "key-short": {"fingerprint": KEY_A[3:]},
        "station": {"station": "console"},
        "name": {"name": "\u202eofficer"},
    }.items():
        yield bad(f"join-{name}", "M3", "field-form", "join", changed(join, **changes))
    itself = changed(join, replaces=[STATION_A])
    yield bad("join-replaces-itself", "M5", "meeting-contradiction", "join", itself)
    yield good("leave", "M9", "it goes", "leave", {"meeting": MEETING, "station": STATION_A})
    signal: Fields = {
        "fingerprint": KEY_A,
        "meeting": MEETING,
        "number": 1,
        "sdp": description(),
        "station": STATION_A,
        "step": "offer",
        "to": STATION_B,
    }
    yield good("signal", "M12", "an offer", "signal", signal)
    code = "meeting-description"
    for name, sdp in {
        "other-key": description(KEY_B),
        "second-key": description(KEY_A, f"a=fingerprint:sha-256 {KEY_B}"),
        "sha-1": description(KEY_A, "a=fingerprint:sha-1 AA:BB"),
        "no-key": "v=0\r\ns=-\r\n",
        "hidden-key": description(KEY_A, f"a=Fingerprint:sha-256 {KEY_B}"),
        "bent-key": description(KEY_A, "a=fingerprint sha-256 AA"),
        "sdes": description(KEY_A, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"),
        "bare-lf": description().replace("\r\n", "\n"),
        "not-ascii": description(KEY_A, "a=x:\u202e"),
        "no-version": description()[5:],
        "long": description(KEY_A, "a=x:" + "y" * 24 * 1024),
        "lines": description(KEY_A, *["a=x"] * 600),
        "candidates": description(KEY_A, *["a=candidate:1 1 udp 1 192.0.2.1 9 typ host"] * 61),
        "empty": "",
    }.items():
        yield bad(f"signal-{name}", "M12", code, "signal", changed(signal, sdp=sdp))
    both = {"recipients": sorted([BRAVO.id, CHARLIE.id])}
    yield bad("signal-to-two", "M6", "meeting-recipients", "signal", signal, **both)
    switch: Fields = {"meeting": MEETING, "number": 0, "recording": True, "station": STATION_A}
    for word in ("consent", "recording"):
        yield good(word, "M13", "on", word, switch)
        yield bad(f"{word}-word", "M3", "field-form", word, changed(switch, recording="yes"))
        yield bad(f"{word}-number", "M3", "field-limit", word, changed(switch, number=-1))


class Story:
    """Records of three parties, written down with their digests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.digests: list[str] = []

    def say(self, party: Party, word: str, body: Fields) -> str:
        """One record to the other party; gives its digest."""
        fields = payload(
            author=party.id,
            kind=f"meeting.{word}",
            operator="ada",
            body=body,
            recipients=[BRAVO.id] if party is ALFA else [ALFA.id],
            made_at=f"2026-11-22T17:30:{len(self.digests):02d}.000Z",
        )
        self.files[f"{len(self.digests):02d}.json"] = sealed(fields, party)
        self.digests.append(
            hashlib.sha256(b"comity-record-v1\x00" + rfc8785.dumps(fields)).hexdigest()
        )
        return self.digests[-1]

    def answer(self, party: Party, proposal: str, reply: str) -> str:
        """One answer."""
        body: Fields = {
            "meeting": MEETING,
            "proposal": proposal,
            "reply": reply,
            "words": "",
            "zone": None,
        }
        return self.say(party, "answer", body)

    def join(self, party: Party, station: str, key: str, *replaces: str) -> str:
        """A station comes in."""
        body: Fields = {
            "fingerprint": key,
            "meeting": MEETING,
            "name": "Officer",
            "replaces": sorted(replaces),
            "station": station,
        }
        return self.say(party, "join", body)

    def consent(self, party: Party, station: str, number: int, recording: bool) -> str:
        """What is said of recording."""
        body: Fields = {
            "meeting": MEETING,
            "number": number,
            "recording": recording,
            "station": station,
        }
        return self.say(party, "consent", body)

    def case(self, name: str, rule: str, why: str, **says: Any) -> Case:
        """The set, and what it means."""
        return Case(f"set-{name}", rule, why, dict(self.files), values={"says": says})


def sets() -> Iterator[Case]:
    """How meetings and calls stand, by sets of records."""
    story = Story()
    first = story.say(ALFA, "proposal", PROPOSAL)
    yield story.case("proposed", "M7", "bravo is silent", state="proposed", current=first)
    later = changed(PROPOSAL, start="2026-12-01T13:30:00.000Z", replaces=first)
    second = story.say(BRAVO, "proposal", later)
    yield story.case("countered", "M7", "alfa is silent", state="proposed", current=second)
    story.answer(BRAVO, first, "accept")
    yield story.case("first-agreed", "M7", "bravo takes the first", state="agreed", current=first)
    story.answer(ALFA, second, "accept")
    yield story.case("both-agreed", "M7", "in a line: the later", state="agreed", current=second)
    third = story.say(ALFA, "proposal", changed(PROPOSAL, replaces=first, place="the bridge"))
    story.answer(BRAVO, third, "accept")
    yield story.case("fork-agreed", "M7", "two lines", state="contested", current=None)
    story.answer(BRAVO, third, "decline")
    why = "a decline beside an accept"
    yield story.case("fork-declined", "M7", why, state="agreed", current=second)
    minuted = story.say(ALFA, "minutes", MINUTES)
    yield story.case("minuted", "M8", "alfa's", minutes={minuted: "open"})
    own = story.say(BRAVO, "minutes", changed(MINUTES, lines=[], disputes=minuted))
    both = {minuted: "disputed", own: "open"}
    yield story.case("disputed", "M8", "each side's version", minutes=both)
    story.say(BRAVO, "signature", {"meeting": MEETING, "minutes": minuted})
    signed = {minuted: "signed", own: "open"}
    yield story.case("signed", "M8", "bravo signs after all", minutes=signed)
    story.say(BRAVO, "cancellation", {"meeting": MEETING, "reason": "A storm."})
    yield story.case("cancelled", "M7", "by bravo alone", state="cancelled")
    call = Story()
    call.say(ALFA, "proposal", PROPOSAL)
    call.join(ALFA, STATION_A, KEY_A)
    yield call.case("call-one", "M9", "alfa waits", stations=[STATION_A], recording=False)
    call.join(BRAVO, STATION_B, KEY_B)
    call.consent(ALFA, STATION_A, 0, recording=True)
    two = [STATION_A, STATION_B]
    yield call.case("call-half", "M13", "bravo said nothing", stations=two, recording=False)
    call.consent(BRAVO, STATION_B, 0, recording=True)
    yield call.case("call-consented", "M13", "both agreed", stations=two, recording=True)
    call.consent(BRAVO, STATION_B, 1, recording=False)
    yield call.case("call-revoked", "M13", "bravo took it back", stations=two, recording=False)
    back = "c" * 16
    call.join(BRAVO, back, KEY_B, STATION_B)
    again = [STATION_A, back]
    yield call.case("call-back", "M9", "a browser that died", stations=again, recording=False)
    call.join(ALFA, back, KEY_A)
    yield call.case("call-claimed", "M9", "claimed twice", stations=[STATION_A], recording=False)
    lone = Story()
    lone.answer(BRAVO, "a1" * 32, "accept")
    yield lone.case("unknown", "M7", "no proposal held", state="unknown", current=None)
