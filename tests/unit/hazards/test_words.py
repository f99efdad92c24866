"""The three answers to what a notice touches, and that there is no fourth."""

from typing import get_args

import pytest
from tests.hazards_world import circle
from tests.sites_world import ALPHA, BRAVO, DAY_S, NOON, Speaker

from comity.domain.agreement import Buffers
from comity.domain.airspace import Altitude, Datum, Volume4D
from comity.domain.hazards import (
    AnswerWord,
    HazardAnswer,
    NoticeTouches,
    answer_word,
    check_hazard,
)
from comity.domain.sites import MovementRegister, NothingNotified, Undetermined

LOW, HIGH = Altitude(0.0, Datum.EGM2008), Altitude(100.0, Datum.EGM2008)
HERE = [Volume4D(circle(), LOW, HIGH, NOON, NOON.plus_s(3_600.0))]
FAR = [Volume4D(circle(north_m=300_000.0), LOW, HIGH, NOON, NOON.plus_s(3_600.0))]


def answers() -> list[HazardAnswer]:
    owner, author, stale = Speaker(BRAVO), Speaker(ALPHA), Speaker(ALPHA)
    owner.enter(1)
    owner.consent(ALPHA)
    for record in owner.issue_owed():
        author.register.apply(record, record.made_at)
        stale.register.apply(record, record.made_at)
    none = MovementRegister(ALPHA)
    later = author.at.plus_s(31 * DAY_S)
    return [
        check_hazard([], "jet", Buffers(), author.register, none, author.at),
        check_hazard(HERE, "jet", Buffers(), Speaker(ALPHA).register, none, author.at),
        check_hazard(HERE, "jet", Buffers(), author.register, none, author.at),
        check_hazard(FAR, "jet", Buffers(), author.register, none, author.at),
        check_hazard(FAR, "jet", Buffers(), author.register, none, later),
        check_hazard(HERE, "jet", Buffers(), author.register, none, later),
    ]


@pytest.mark.requirement("HAZARD-012")
def test_each_answer_is_one_of_three_in_its_own_words_and_neither_yes_nor_no():
    found = answers()
    assert [answer_word(each).value for each in found] == [
        "undetermined", "undetermined", "touches", "nothing-notified", "undetermined", "touches",
    ]  # fmt: skip
    starts = {
        AnswerWord.TOUCHES: "touches 1 notified; nearest: hospital, self-reported, ",
        AnswerWord.NOTHING: f"nothing notified here as of {found[3].as_of}, register ",
        AnswerWord.UNDETERMINED: "undetermined because ",
    }
    for each in found:
        assert each.words.startswith(starts[answer_word(each)])
        with pytest.raises(TypeError):
            bool(each)
    assert {*get_args(HazardAnswer)} == {NoticeTouches, NothingNotified, Undetermined}
    assert len(AnswerWord) == 3
