"""Entries read as columns, and sites kept in columns, are what the reader of every form makes of them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sites_world import ALPHA, NOON, Speaker, entry_body, site_id

from comity.domain.sites import ENDING, ENTRIES, RENEWAL
from comity.domain.sites.bodies import read_entries
from comity.domain.sites.numbers import NEWEST_MAX, SiteNumbers
from comity.domain.sites.own_sites import OwnSites, Source
from comity.domain.sites.plain_entries import (
    ABSENT,
    PlainEntries,
    Said,
    packed_names,
    read_plain_entries,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest, SiteId

SOURCE = Source(RecordDigest("ab" * 32), NOON, (ALPHA, OperatorId("ada")))
TIMES = st.sampled_from([
    None, "2026-01-01T00:00:00.000Z", "2027-02-28T23:59:59.999Z", "9999-12-31T23:59:59.999Z",
])  # fmt: skip
WRONG: Any = st.sampled_from([
    None, True, 0, 1, -1, 2**40, "", " ", "x", "a\u202eb", "x" * 500, [], [1], {}, {"text": "a"},
    "2026-02-30T00:00:00.000Z", "2026-01-01T00:00:00Z", "2026-01-01", "NaT", "NaTZ", "1969-12-31T23:59:59.999Z",
    "2026-01-01T00:00:00.000+00", "2026-01-01T24:00:00.000Z", "hospital", "WGS84", "ring", "chord", [0, 0],
    "alpha.aaaaaaaa/00000000000000FF", "bravo.aaaaaaaa/00000000000000ff", "0" * 32, "F" * 32, "Latn", "en-GB",
])  # fmt: skip


@st.composite
def bodies(draw, count_max=4):
    rows = []
    for number in range(1, draw(st.integers(1, count_max)) + 1):
        row = entry_body(
            number,
            latitude_e7=draw(st.integers(-900_000_000, 900_000_000)),
            longitude_e7=draw(st.integers(-1_800_000_000, 1_800_000_000)),
            radius_mm=draw(st.integers(0, 200_000_000)),
            accuracy_mm=draw(st.none() | st.integers(0, 100_000_000)),
            datum=draw(st.sampled_from(["WGS84", "unstated"])),
            valid_from=draw(TIMES),
            owner=draw(st.sampled_from(["Invented Health Trust", "Вымышленный"])),
        )
        row["valid_until"] = None if row["valid_from"] else draw(TIMES)
        row["names"] = row["names"][: draw(st.integers(1, 2))]
        if draw(st.booleans()):
            row["contact"] = None
        rows.append(row)
    return rows


def columns_of(entries):
    """The same entries as columns, by way of the reader of every form."""
    places = [entry.place for entry in entries]
    return PlainEntries(
        owner=ALPHA,
        tokens=[int(entry.site.partition("/")[2], 16) for entry in entries],
        latitude_e7=[place.latitude_e7[0] for place in places],
        longitude_e7=[place.longitude_e7[0] for place in places],
        radius_mm=[place.radius_mm for place in places],
        accuracy_mm=[
            ABSENT if place.accuracy_mm is None else place.accuracy_mm for place in places
        ],
        valid_from_ms=[ABSENT if e.valid_from is None else e.valid_from.unix_ms for e in entries],
        valid_until_ms=[
            ABSENT if e.valid_until is None else e.valid_until.unix_ms for e in entries
        ],
        renew_by_ms=[entry.renew_by.unix_ms for entry in entries],
        blinds=bytes.fromhex("".join(entry.blind for entry in entries)),
        said=[Said(e.kind, e.place.datum, e.owner, e.origin, e.contact) for e in entries],
        names=[packed_names(entry.names) for entry in entries],
    )


def record_of(rows):
    return Speaker(ALPHA).unheard(ENTRIES, {"entries": rows})


@pytest.mark.requirement("SITES-004")
@settings(max_examples=100, deadline=None)
@given(bodies())
def test_sites_kept_in_columns_are_what_was_entered(rows):
    record = record_of(rows)
    entries, plain = read_entries(record), read_plain_entries(record)
    assert plain is not None
    assert plain == columns_of(entries)
    own = OwnSites(SiteNumbers())
    own.take(plain, SOURCE)
    assert [own.get(entry.site).entry for entry in entries] == list(entries)
    assert list(own) == [entry.site for entry in entries]
    discs = own.discs()
    for at, entry in enumerate(entries):
        disc = entry.place.disc()
        assert discs.latitude_deg[at] == disc.latitude_deg
        assert discs.longitude_deg[at] == disc.longitude_deg
        assert discs.reach_m[at] == disc.radius_m
        assert discs.from_s[at] == (entry.valid_from.unix_s if entry.valid_from else -float("inf"))
        assert discs.until_s[at] == (
            entry.valid_until.unix_s if entry.valid_until else float("inf")
        )


def paths(value, here=()):
    yield here
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*here, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*here, index))


@pytest.mark.requirement("SITES-004")
@settings(max_examples=150, deadline=None)
@given(bodies(2), st.data())
def test_what_is_read_as_columns_is_refused_by_no_reader(rows, data):
    *way, last = data.draw(st.sampled_from([path for path in paths(rows) if path]))
    inner = rows
    for step in way:
        inner = inner[step]
    if data.draw(st.booleans()) and isinstance(inner, dict):
        del inner[last]
    else:
        inner[last] = data.draw(WRONG)
    record = record_of(rows)
    plain = read_plain_entries(record)
    try:
        entries = read_entries(record)
    except RecordError:
        assert plain is None
        return
    if plain is not None:
        own = OwnSites(SiteNumbers())
        own.take(plain, SOURCE)
        assert [own.get(entry.site).entry for entry in entries] == list(entries)


@pytest.mark.requirement("SITES-014")
def test_a_site_that_changes_leaves_nothing_in_the_columns():
    speaker = Speaker(ALPHA)
    speaker.enter(1, 2)
    own = speaker.register._own
    before = own.get(site_id(2))
    speaker.say(RENEWAL, {"site": site_id(1), "renew_by": str(NOON.plus_s(86_400.0 * 50))})
    assert own.get(site_id(1)).renew_by == NOON.plus_s(86_400.0 * 50)
    assert own.get(site_id(1)).entry == read_entries(record_of([entry_body(1)]))[0]
    assert b"Invented hospital 1" not in own._names
    assert b"Invented hospital 2" in own._names
    assert bytes.fromhex(before.entry.blind) in own._blinds
    assert any(said.contact is not None for said in own._said_all)  # the other site's
    speaker.say(ENDING, {"site": site_id(2), "words": "closed"})
    assert not own._names.strip(b"\x00")
    assert not own._blinds.strip(b"\x00")
    assert not any(said.contact for said in own._said_all)
    assert own.get(site_id(2)).entry == before.entry
    assert list(own) == [site_id(1), site_id(2)]


@pytest.mark.requirement("SITES-003")
def test_every_site_keeps_its_number_among_thousands_of_several_owners():
    owners = [PartyId(f"{name}.aaaaaaaa") for name in ("alpha", "bravo")]
    numbers = SiteNumbers()
    wanted: dict[SiteId, int] = {}
    for start in range(0, 2 * NEWEST_MAX, 500):
        for owner in owners:  # the same tokens at both
            tokens = [each * 7_919 % 1_000_003 for each in range(start, start + 500)]
            assert not numbers.any_held(owner, tokens)
            first = numbers.add(owner, tokens)
            wanted |= {SiteId(f"{owner}/{t:016x}"): n for n, t in enumerate(tokens, first)}
            assert numbers.any_held(owner, tokens[-1:])
    assert len(numbers) == len(wanted)
    assert all(numbers.find(site) == number for site, number in wanted.items())
    assert list(numbers) == list(wanted)
    for stranger in (
        "charlie.aaaaaaaa/" + "0" * 16,
        f"{owners[0]}/" + "f" * 16,
        f"{owners[0]}/0",
        "x",
    ):
        assert numbers.find(stranger) is None
    assert numbers.number(SiteId("charlie.aaaaaaaa/" + "0" * 16)) == len(wanted)
