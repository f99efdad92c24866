"""The label file: what is written is read, and what is wrong is named."""

import copy

import pytest

from comity.domain.evaluation import (
    Labels,
    Loss,
    PairLabel,
    Separation,
    Wanted,
    labels_as_fields,
    labels_from_fields,
    labels_within,
    pair_of,
)
from comity.kernel.errors import InputError

PAIR = ("4ca7f1", "4ca7f2")
LOSS = Loss(PAIR, 1_800_000_100.0, 1_800_000_150.25, 4_000.5, 120.0, 80.25, 100.0)
LABELS = Labels(
    Separation(5_556.0, 304.8, 90.0),
    complete=True,
    pairs=(
        PairLabel(PAIR, Wanted.YES, 1_800_000_000.0, 1_800_000_300.0, "crossing", (LOSS,)),
        PairLabel(("4ca7f2", "~2b0001"), Wanted.EITHER, 1_800_000_000.0, 1_800_000_300.0, note="é"),
        PairLabel(PAIR, Wanted.NO, 1_800_000_400.0, 1_800_000_500.0, agreed=True),
    ),
)


@pytest.mark.requirement("EVAL-003")
def test_what_is_written_is_read_again():
    assert labels_from_fields(labels_as_fields(LABELS)) == LABELS


@pytest.mark.requirement("EVAL-003")
def test_what_a_person_need_not_write_has_the_usual_value():
    fields = {
        "format": "comity-encounter-labels",
        "version": 1,
        "pairs": [
            {"subjects": ["4CA7F2", "4ca7f1"], "wanted": "yes", "from": "2026-12-01T10:00:00+01:00",
             "to": "2026-12-01T09:05:00Z"}
        ],
    }  # fmt: skip
    read = labels_from_fields(fields)
    assert read.separation == Separation()
    assert not read.complete
    (label,) = read.pairs
    assert label.pair == PAIR
    assert label.end_s - label.start_s == 300.0


@pytest.mark.requirement("EVAL-005")
def test_what_the_recording_does_not_hold_can_neither_be_warned_of_nor_missed():
    names = frozenset({"4ca7f1", "4ca7f2"})
    whole = labels_within(LABELS, names, 1_800_000_000.0, 1_800_000_500.0)
    assert [len(label.losses) for label in whole[0].pairs] == [1, 0]
    assert whole[1] == 1
    part = labels_within(LABELS, names, 1_800_000_200.0, 1_800_000_300.0)
    assert [(label.losses, label.wanted) for label in part[0].pairs] == [((), Wanted.EITHER)]
    assert part[1] == 3
    assert labels_within(LABELS, frozenset(), 0.0, 2e9)[0].pairs == ()


def test_names_are_those_of_alerts_without_party_and_twin_mark():
    assert pair_of(["borealis.h7k2pq4z/4ca7f2", "borealis.h7k2pq4z/4ca7f1+"]) == PAIR


WRONG = {
    "format": lambda f: f.update(format="labels"),
    "pairs": lambda f: f.update(pairs={}),
    "labels": lambda f: f.update(minima=1),
    "horizontal_m": lambda f: f.update(horizontal_m=-1),
    "vertical_m": lambda f: f.update(vertical_m=0),
    "complete": lambda f: f.update(complete="yes"),
    "pairs[0]": lambda f: f["pairs"][0].update(subject=1),
    "pairs[0].subjects": lambda f: f["pairs"][0].update(subjects=["4ca7f1", "4ca7f1"]),
    "pairs[0].wanted": lambda f: f["pairs"][0].update(wanted="perhaps"),
    "pairs[0].from": lambda f: f["pairs"][0].update({"from": "2026-12-01T10:00:00"}),
    "pairs[0].to": lambda f: f["pairs"][0].update(to="2020-01-01T00:00:00Z"),
    "pairs[0].kind": lambda f: f["pairs"][0].update(kind="x" * 300),
    "pairs[0].losses": lambda f: f["pairs"][0].update(losses=None),
    "pairs[0].losses[0].horizontal_m": lambda f: f["pairs"][0]["losses"][0].update(
        horizontal_m=float("nan")
    ),
    "pairs[1].agreed": lambda f: f["pairs"][1].update(agreed=1),
}


@pytest.mark.requirement("EVAL-003")
@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_refused_by_its_name(field):
    fields = copy.deepcopy(labels_as_fields(LABELS))
    WRONG[field](fields)
    with pytest.raises(InputError) as caught:
        labels_from_fields(fields)
    assert caught.value.field == field


@pytest.mark.requirement("EVAL-003")
def test_a_loss_that_is_not_wanted_is_a_contradiction():
    fields = copy.deepcopy(labels_as_fields(LABELS))
    fields["pairs"][0]["wanted"] = "no"
    with pytest.raises(InputError, match="beside a loss"):
        labels_from_fields(fields)
    for wrong in (None, [], "labels", 3):
        with pytest.raises(InputError):
            labels_from_fields(wrong)
