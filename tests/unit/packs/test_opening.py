"""Packs are opened or refused; how old they are is said; what they answer is one of three things."""

import io
import random
from functools import cache

import pytest
from tests.pack_world import AREA, HOUR_S, enter, opened, pack_of, wish_of
from tests.simulation.world import World

from comity.domain.airspace import Shape, ShapeKind
from comity.domain.evidence import BundleReason
from comity.domain.packs import (
    Condition,
    PackNothingNotified,
    PackReason,
    PackTouches,
    PackUndetermined,
    check_pack,
    covers,
    open_pack,
)
from comity.domain.records import Reason
from comity.domain.sites import ALWAYS, Question, point_question
from comity.kernel.errors import RecordError

MUTANTS = 2_000
KNOWN = {str(each) for group in (PackReason, BundleReason, Reason) for each in group}


@cache
def made(area=None):
    world = World(seed=5)
    here, _ = world.places.values()
    enter(world, here, wish_of(), wish_of(latitude_e7=-103_000_000, kind="school"))
    return here, pack_of(world, here, area=area)


def refused(content):
    with pytest.raises(RecordError) as caught:
        open_pack(io.BytesIO(content).read)
    return caught.value.reason


@pytest.mark.requirement("PACK-001")
def test_two_thousand_changed_packs_are_all_refused_for_known_reasons():
    whole = made()[1].pack_bytes
    chance = random.Random(11)
    reasons = set()
    for number in range(MUTANTS):
        changed = bytearray(whole)
        at = number * len(whole) // MUTANTS  # spread over all of it, the directory included
        match number % 4:
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = (changed[at] + chance.randrange(1, 256)) % 256
            case 2:
                del changed[at : at + chance.randrange(1, 40)]
            case _:
                piece = chance.randbytes(chance.randrange(1, 40))
                changed[at:at] = piece
        reasons.add(refused(bytes(changed)))
    assert reasons <= KNOWN
    assert {"bundle-form", "file-mismatch"} & reasons


@pytest.mark.requirement("PACK-001")
def test_a_changed_byte_wherever_it_stands_is_refused():
    whole = made()[1].pack_bytes
    for at in range(0, len(whole), 7):
        refused(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])


def test_a_pack_of_a_maker_that_the_reader_does_not_know_is_refused_when_it_knows_any():
    here, pack = made()
    card = list(World(seed=5).places.values())[1].party.card
    with pytest.raises(RecordError) as caught:
        open_pack(io.BytesIO(pack.pack_bytes).read, {card.party: card.root_key})
    assert caught.value.reason == "root-key"
    own = here.party.card
    assert (
        open_pack(io.BytesIO(pack.pack_bytes).read, {own.party: own.root_key}).maker.party
        == own.party
    )


@pytest.mark.requirement("PACK-002")
def test_a_pack_is_current_stale_expired_or_from_the_future_by_the_readers_clock():
    pack = opened(made()[1])
    at = pack.made_at
    assert pack.condition(at) is Condition.CURRENT
    assert pack.condition(at.plus_s(HOUR_S - 0.001)) is Condition.CURRENT
    assert pack.condition(at.plus_s(HOUR_S)) is Condition.STALE
    assert pack.condition(at.plus_s(24 * HOUR_S)) is Condition.EXPIRED
    assert pack.condition(at.plus_s(-300.0)) is Condition.CURRENT
    assert pack.condition(at.plus_s(-300.001)) is Condition.AHEAD
    assert pack.age_s(at.plus_s(-60.0)) == 0.0


@pytest.mark.requirement("PACK-002", "PACK-003")
@pytest.mark.parametrize("late_s", [0.0, 2 * HOUR_S, 48 * HOUR_S, -HOUR_S])
def test_what_a_pack_touches_is_told_whatever_its_age(late_s):
    pack = opened(made()[1])
    answer = check_pack(pack, point_question(-10.0, -150.0, 0.0), pack.made_at.plus_s(late_s))
    assert isinstance(answer, PackTouches)
    assert answer.words.startswith("touches 1 notified site(s); nearest: hospital")


@pytest.mark.requirement("PACK-002", "PACK-003", "PACK-004")
def test_nothing_is_said_of_nothing_by_an_old_pack_one_from_the_future_or_beyond_what_it_is_for():
    pack = opened(made(AREA)[1])
    at = pack.made_at.plus_s(60.0)
    near = point_question(-10.2, -150.2, 100.0)
    answer = check_pack(pack, near, at)
    assert isinstance(answer, PackNothingNotified)
    assert answer.words == f"nothing notified here as of {pack.made_at}, pack 1 min old"
    stale = check_pack(pack, near, at.plus_s(2 * HOUR_S))
    assert isinstance(stale, PackNothingNotified)
    assert "pack 2 h 1 min old" in stale.words
    for question, when, why in (
        (near, at.plus_s(30 * HOUR_S), "the pack expired at"),
        (near, at.plus_s(-2 * HOUR_S), "the pack is from the future"),
        (point_question(-10.2, -150.2, 100.0, at, at.plus_s(25 * HOUR_S)), at, "after it expires"),
        (point_question(-12.0, -150.0, 100.0), at, "not all of it is within"),
        (point_question(-10.9, -150.0, 1_000.0), at, "not all of it is within"),
    ):
        answer = check_pack(pack, question, when)
        assert isinstance(answer, PackUndetermined), why
        assert why in answer.words
        assert answer.words.startswith("undetermined because")


@pytest.mark.requirement("PACK-003")
def test_no_answer_can_be_asked_whether_it_is_true_and_none_says_clear():
    pack = opened(made(AREA)[1])
    at = pack.made_at
    for question, when in (
        (point_question(-10.0, -150.0, 0.0), at),
        (point_question(-10.2, -150.2, 1.0), at),
        (point_question(-10.2, -150.2, 1.0), at.plus_s(100 * HOUR_S)),
    ):
        answer = check_pack(pack, question, when)
        with pytest.raises(TypeError):
            bool(answer)
        said = f"{answer.words} {ALWAYS}".lower()
        for word in ("clear", "safe", "free", "allowed", "permitted"):
            assert word not in said.replace("nothing notified", "")


@pytest.mark.requirement("PACK-004")
def test_an_area_covers_what_lies_wholly_in_it_and_nothing_that_reaches_out():
    assert covers(AREA, point_question(-10.0, -150.0, 99_000.0))
    assert not covers(AREA, point_question(-10.0, -150.0, 100_001.0))
    square = Shape(ShapeKind.RING, (-10.5, -10.5, -9.5, -9.5), (-150.5, -149.5, -149.5, -150.5))
    assert covers(AREA, Question(square, 1_000.0))
    assert not covers(AREA, Question(square, 30_000.0))
    far = Shape(ShapeKind.PATH, (80.0,), (30.0,))
    assert not covers(AREA, Question(far, 0.0))
