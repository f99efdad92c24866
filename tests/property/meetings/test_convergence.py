"""Any order of delivery gives the same: how a meeting, its minutes and its call stand."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement_world import actors

from comity.domain.meetings import MeetingBook, signals_to
from comity.domain.records import Draft

PEOPLE = actors("alder", "birch", "cedar")
MEETING = f"{PEOPLE[0].id}/00000000000000d1"
KEYS = [":".join([byte * 2] * 32) for byte in "ABCD"]
STATIONS = [digit * 16 for digit in "abcd"]


def history(rng, length):
    """Records that three parties might have signed about one meeting, sensible or not."""
    people = actors("alder", "birch", "cedar")
    made, proposals, minutes = [], [], []
    parties = sorted(each.id for each in people)

    def say(who, kind, body, to=None):
        others = tuple(each for each in parties if each != who.id)
        recipients = others if to is None else (to,)
        record = who.say(Draft(f"meeting.{kind}", recipients, {"meeting": MEETING, **body}, "ada"))
        made.append(record)
        return record

    def propose(who, replaces):
        body = {
            "agenda": [], "end": "2026-12-01T14:00:00.000Z", "group": None, "means": "video",
            "parties": parties, "place": f"room {rng.randrange(9)}", "replaces": replaces,
            "start": "2026-12-01T13:00:00.000Z", "stated": "13", "title": "x", "zone": "UTC",
        }  # fmt: skip
        proposals.append(say(who, "proposal", body).digest)

    propose(people[0], None)
    for number in range(length):
        who = rng.choice(people)
        kind = rng.choice(
            ["propose", "answer", "answer", "answer", "cancel", "minutes", "sign", "join", "join",
             "leave", "consent", "recording", "signal"]
        )  # fmt: skip
        station = rng.choice(STATIONS)
        if kind == "propose":
            propose(who, rng.choice(proposals))
        elif kind == "answer":
            reply = rng.choice(["accept", "accept", "decline"])
            named = rng.choice(proposals)
            say(who, "answer", {"proposal": named, "reply": reply, "words": "", "zone": None})
        elif kind == "cancel" and rng.random() < 0.1:
            say(who, "cancellation", {"reason": "so"})
        elif kind == "minutes":
            disputes = rng.choice([None, *minutes])
            body = {"decisions": [], "disputes": disputes, "lines": [], "tasks": []}
            minutes.append(say(who, "minutes", body).digest)
        elif kind == "sign" and minutes:
            say(who, "signature", {"minutes": rng.choice(minutes)})
        elif kind == "join":
            gone = sorted({rng.choice(STATIONS) for _ in range(rng.randrange(2))} - {station})
            body = {"fingerprint": rng.choice(KEYS), "name": "x", "replaces": gone}
            say(who, "join", {**body, "station": station})
        elif kind == "leave":
            say(who, "leave", {"station": station})
        elif kind in ("consent", "recording"):
            body = {"number": rng.randrange(4), "recording": rng.random() < 0.7}
            say(who, kind, {**body, "station": station})
        elif kind == "signal":
            key = rng.choice(KEYS)
            sdp = f"v=0\r\na=fingerprint:sha-256 {key}\r\n"
            body = {"fingerprint": key, "number": number, "sdp": sdp, "station": station}
            other = rng.choice([each for each in parties if each != who.id])
            say(who, "signal", {**body, "step": "offer", "to": rng.choice(STATIONS)}, other)
    return made


def state(records):
    book = MeetingBook(PEOPLE[0].id, lambda _group, _other: True)
    for record in records:
        book.apply(record)
    held = book.meetings()[MEETING]
    signals = {
        station: [r.digest for r, _ in signals_to(station, held.call, held.called.values())]
        for station in STATIONS
    }
    return held.standing, held.call, held.zones(), signals


@pytest.mark.requirement("MEET-003")
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(0, 40))
def test_any_order_of_delivery_gives_the_same_state(seed, length):
    rng = random.Random(seed)
    made = history(rng, length)
    straight = state(made)
    for _ in range(3):
        shuffled = [*made]
        rng.shuffle(shuffled)
        assert state(shuffled) == straight
