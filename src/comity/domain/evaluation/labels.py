"""Labels: what people, or a generator, say of the pairs of a recording (docs/spec/encounter-labels.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from comity.domain.evaluation.losses import Loss, Pair, Separation
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_rfc3339

FORMAT = "comity-encounter-labels"
VERSION = 1
PAIRS_MAX = 100_000
LOSSES_MAX = 1_000
TEXT_LENGTH_MAX = 256
SECONDS_MAX = 86_400.0
DISTANCE_M_MAX = 200_000.0


class Wanted(StrEnum):
    """Whether an alert is wanted."""

    YES = "yes"
    NO = "no"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class PairLabel:
    """What is said of one pair.

    Attributes:
        pair: names, the lesser first.
        wanted: whether an alert is, in this span.
        start_s, end_s: seconds since 1970; the label speaks of this span only.
        kind: of encounter; empty where nobody said.
        losses: of separation, where known.
        agreed: the pair flies close by agreement; the net is told so.
        note: for people.
    """

    pair: Pair
    wanted: Wanted
    start_s: float
    end_s: float
    kind: str = ""
    losses: tuple[Loss, ...] = ()
    agreed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """A label file.

    Attributes:
        separation: minima that its losses are losses of.
        complete: every pair that is not listed kept its separation, and no alert is wanted of it.
        pairs: each pair with its span; a pair may stand there several times.
    """

    separation: Separation
    complete: bool
    pairs: tuple[PairLabel, ...]

    def agreed(self) -> frozenset[Pair]:
        """Pairs that fly close by agreement."""
        return frozenset(label.pair for label in self.pairs if label.agreed)


def labels_within(
    labels: Labels, names: frozenset[str], start_s: float, end_s: float
) -> tuple[Labels, int]:
    """Labels of what a recording holds, and how many pairs and losses it does not hold.

    A pair that is not in the recording, or not in the part of it that is looked at, can be neither
    warned of nor missed.

    Args:
        labels: all.
        names: aircraft of the recording.
        start_s: of its first plot, seconds since 1970.
        end_s: of its last.
    """
    kept, dropped = [], 0
    for label in labels.pairs:
        if not names.issuperset(label.pair) or label.end_s < start_s or label.start_s > end_s:
            dropped += 1
            continue
        losses = tuple(loss for loss in label.losses if start_s <= loss.start_s <= end_s)
        dropped += len(label.losses) - len(losses)
        outside = label.losses and not losses and label.wanted is Wanted.YES
        wanted = Wanted.EITHER if outside else label.wanted
        kept.append(replace(label, losses=losses, wanted=wanted))
    return replace(labels, pairs=tuple(kept)), dropped


def labels_as_fields(labels: Labels) -> dict[str, Any]:
    """The file's content, for a JSON writer."""
    separation = labels.separation
    return {
        "format": FORMAT,
        "version": VERSION,
        "horizontal_m": separation.horizontal_m,
        "vertical_m": separation.vertical_m,
        "look_ahead_s": separation.look_ahead_s,
        "complete": labels.complete,
        "pairs": [_label_as_fields(label) for label in labels.pairs],
    }


def _label_as_fields(label: PairLabel) -> dict[str, Any]:
    return {
        "subjects": list(label.pair),
        "wanted": str(label.wanted),
        "from": _time(label.start_s),
        "to": _time(label.end_s),
        "kind": label.kind,
        "agreed": label.agreed,
        "note": label.note,
        "losses": [
            {
                "from": _time(loss.start_s),
                "to": _time(loss.end_s),
                "horizontal_m": round(loss.horizontal_m, 1),
                "vertical_m": round(loss.vertical_m, 1),
                "foreseeable_s": round(loss.foreseeable_s, 2),
                "seen_s": round(loss.seen_s, 2),
            }
            for loss in label.losses
        ],
    }


def labels_from_fields(content: object) -> Labels:
    """Read a label file's JSON value.

    Raises:
        InputError: names the field and what is wrong with it; unknown fields are refused, for a word
            misspelt would else be a label lost.
    """
    top = _object(content, "labels")
    _known(
        top,
        "labels",
        {"format", "version", "horizontal_m", "vertical_m", "look_ahead_s", "complete", "pairs"},
    )
    if top.get("format") != FORMAT or top.get("version") != VERSION:
        stated = f"{top.get('format')!r} version {top.get('version')!r}"
        raise InputError("format", f"{stated} is not {FORMAT!r} version {VERSION}")
    usual = Separation()
    separation = Separation(
        _number(top, "horizontal_m", "", DISTANCE_M_MAX, usual.horizontal_m),
        _number(top, "vertical_m", "", DISTANCE_M_MAX, usual.vertical_m),
        _number(top, "look_ahead_s", "", SECONDS_MAX, usual.look_ahead_s),
    )
    listed = top.get("pairs")
    if not isinstance(listed, list):
        raise InputError("pairs", "not a list")
    if len(listed) > PAIRS_MAX:
        raise InputError("pairs", f"{len(listed)} entries; at most {PAIRS_MAX}")
    return Labels(
        separation,
        _flag(top, "complete", ""),
        tuple(_label(entry, f"pairs[{number}].") for number, entry in enumerate(listed)),
    )


def pair_of(subjects: Sequence[str]) -> Pair:
    """Names in the one order; without party and twin mark, as alerts' subjects carry them."""
    names = sorted(subject.rpartition("/")[2].rstrip("+") for subject in subjects)
    return names[0], names[-1]


def _label(content: object, at: str) -> PairLabel:
    entry = _object(content, at.rstrip("."))
    _known(
        entry,
        at.rstrip("."),
        {"subjects", "wanted", "from", "to", "kind", "agreed", "note", "losses"},
    )
    subjects = entry.get("subjects")
    if not isinstance(subjects, list) or len(subjects) != 2:
        raise InputError(f"{at}subjects", "not a list of two names")
    names = [_text(name, f"{at}subjects") for name in subjects]
    if not all(names) or names[0] == names[1]:
        raise InputError(f"{at}subjects", f"{names} are not two names")
    start_s, end_s = _span(entry, at)
    wanted = _text(entry.get("wanted"), f"{at}wanted")
    if wanted not in set(Wanted):
        raise InputError(f"{at}wanted", f"{wanted!r} is none of {', '.join(Wanted)}")
    listed = entry.get("losses", [])
    if not isinstance(listed, list) or len(listed) > LOSSES_MAX:
        raise InputError(f"{at}losses", f"not a list of at most {LOSSES_MAX}")
    pair = pair_of([name.lower() for name in names])
    losses = tuple(_loss(each, pair, f"{at}losses[{n}].") for n, each in enumerate(listed))
    if losses and wanted != Wanted.YES and not entry.get("agreed"):
        raise InputError(f"{at}wanted", f"{wanted!r} beside a loss that is not agreed")
    return PairLabel(
        pair, Wanted(wanted), start_s, end_s,
        _text(entry.get("kind", ""), f"{at}kind"), losses, _flag(entry, "agreed", at),
        _text(entry.get("note", ""), f"{at}note"),
    )  # fmt: skip


def _loss(content: object, pair: Pair, at: str) -> Loss:
    entry = _object(content, at.rstrip("."))
    _known(
        entry,
        at.rstrip("."),
        {"from", "to", "horizontal_m", "vertical_m", "foreseeable_s", "seen_s"},
    )
    start_s, end_s = _span(entry, at)
    return Loss(
        pair, start_s, end_s,
        _number(entry, "horizontal_m", at, DISTANCE_M_MAX, 0.0),
        _number(entry, "vertical_m", at, DISTANCE_M_MAX, 0.0),
        _number(entry, "foreseeable_s", at, SECONDS_MAX, SECONDS_MAX),
        _number(entry, "seen_s", at, SECONDS_MAX, SECONDS_MAX),
    )  # fmt: skip


def _span(entry: Mapping[str, Any], at: str) -> tuple[float, float]:
    start = instant_from_rfc3339(entry.get("from"), f"{at}from")
    end = instant_from_rfc3339(entry.get("to"), f"{at}to")
    if end < start:
        raise InputError(f"{at}to", f"{end} is before {start}")
    return start.unix_s, end.unix_s


def _time(at_s: float) -> str:
    return str(Instant(round(at_s * 1000)))


def _object(content: object, field: str) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        raise InputError(field, "not an object")
    return content


def _known(entry: Mapping[str, Any], field: str, names: set[str]) -> None:
    unknown = sorted(set(entry) - names)
    if unknown:
        raise InputError(field, f"has a field {unknown[0]!r} that nobody knows")


def _text(value: object, field: str) -> str:
    if (
        not isinstance(value, str)
        or len(value) > TEXT_LENGTH_MAX
        or not (value + "x").isprintable()
    ):
        raise InputError(field, f"not a printable text of at most {TEXT_LENGTH_MAX} characters")
    return value


def _flag(entry: Mapping[str, Any], name: str, at: str) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        raise InputError(f"{at}{name}", f"{value!r} is not true or false")
    return value


def _number(entry: Mapping[str, Any], name: str, at: str, greatest: float, usual: float) -> float:
    value = entry.get(name, usual)
    sound = isinstance(value, int | float) and not isinstance(value, bool)
    if not sound or not 0.0 <= value <= greatest:
        raise InputError(f"{at}{name}", f"{value!r} is not a number from 0 to {greatest:g}")
    return float(value)
