"""Whatever a peer writes in a notice or a phrase is read or refused by a code, and never breaks the reader."""

import copy
import random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tools import notice_vectors, phrase_vectors

from comity.adapters.phrase_files import packaged_phrasebook
from comity.domain.airspace import NO_HEIGHT_BOUNDS
from comity.domain.notices import KINDS, Notice, check_notice, held_volumes, read_body
from comity.domain.phrasebook import message_from_body, render
from comity.domain.records import Record
from comity.kernel.errors import RecordError
from comity.kernel.instants import Instant

AT = Instant(1_795_900_000_000)
JUNK: list[Any] = [
    None, True, 0, -1, 2**53 - 1, "", "x" * 2_000, "\u202e", [], {}, [None], ["a"], {"at": 1}, [[[[]]]],
    "2026-11-28T14:00:00.000Z", {"datum": "QNE", "height_mm": 1}, {"datum": ["QNE"], "height_mm": 1},
]  # fmt: skip


def mutated(body: Any, rng: random.Random) -> Any:
    """The body with up to three members, at any depth, that are something else."""
    fresh = copy.deepcopy(body)
    for _ in range(rng.randint(1, 3)):
        place = fresh
        while isinstance(place, (dict, list)) and place:
            key: Any = (
                rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
            )
            inner = place[key]
            if rng.random() < 0.4 or not isinstance(inner, (dict, list)) or not inner:
                place[key] = copy.deepcopy(rng.choice(JUNK))
                break
            place = inner
    return fresh


@pytest.mark.requirement("NOTICE-001")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_notice_is_read_or_refused_by_a_code(kind: str) -> None:
    rng = random.Random(kind)
    read = 0
    for _ in range(1_500):
        record = SimpleNamespace(
            kind=kind,
            kind_version=1,
            author=notice_vectors.ALFA.id,
            recipients=("bravo.aaaaaaaa",),
            body=mutated(notice_vectors.BODIES[kind.partition(".")[2]], rng),
        )
        try:
            body = read_body(cast("Record", record))
        except RecordError:
            continue
        read += 1
        if isinstance(body, Notice):
            check_notice(body, AT, None)
            held_volumes(body, AT, NO_HEIGHT_BOUNDS)
    assert read > 0 or len(notice_vectors.BODIES[kind.partition(".")[2]]) == 1


@pytest.mark.requirement("PHRASE-006")
@pytest.mark.parametrize("body", [phrase_vectors.WHERE, phrase_vectors.LEFT], ids=["where", "left"])
def test_a_phrase_is_read_or_refused_by_a_code(body: dict[str, Any]) -> None:
    rng, book = random.Random(7), packaged_phrasebook()
    read = 0
    for _ in range(1_500):
        try:
            message = message_from_body(mutated(body, rng), book)
        except RecordError:
            continue
        read += 1
        for code in book.languages:
            render(book, message.number, message.values, code)
    assert read > 0
