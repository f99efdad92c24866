"""What a node never forgets of a record: that it has it, and where it stands."""

import hashlib
import tracemalloc

import pytest

from comity.application.record_places import RecordPlaces
from comity.kernel.ids import PartyId, RecordDigest

NORTH, SOUTH = PartyId("north.aaaaaaaa"), PartyId("south.aaaaaaaa")


def digest_of(number: int) -> RecordDigest:
    return RecordDigest(hashlib.sha256(str(number).encode()).hexdigest())


@pytest.mark.requirement("PEER-006")
def test_a_record_is_known_with_its_places_in_the_order_they_came():
    known = RecordPlaces()
    known.add(digest_of(1))
    known.add(digest_of(1))
    known.place(digest_of(1), SOUTH, 0)
    known.place(digest_of(1), NORTH, 2**40 - 1)
    known.add(digest_of(2))
    assert len(known) == 2
    assert known.places(digest_of(1)) == ((SOUTH, 0), (NORTH, 2**40 - 1))
    assert known.places(digest_of(2)) == ()
    assert digest_of(3) not in known
    assert known.places(digest_of(3)) == ()


@pytest.mark.requirement("PEER-006")
def test_a_leaf_without_a_record_is_not_in_the_journal_until_it_comes():
    known = RecordPlaces()
    known.place(digest_of(1), NORTH, 7)
    assert digest_of(1) not in known
    assert len(known) == 0
    assert known.places(digest_of(1)) == ((NORTH, 7),)
    known.add(digest_of(1))
    assert digest_of(1) in known
    assert known.places(digest_of(1)) == ((NORTH, 7),)


def test_a_record_takes_few_bytes():
    known = RecordPlaces()
    digests = [digest_of(number) for number in range(20_000)]
    tracemalloc.start()
    for index, digest in enumerate(digests):
        known.add(digest)
        known.place(digest, NORTH, index)
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size_bytes / len(digests) < 200
