"""What follows here from a hazard record: who rings, which exposures are put down; and what decisions look at."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from comity.application.alarm import Alarm
from comity.domain.hazards import (
    EXPOSURE,
    OBJECTION,
    PREVIEW,
    READING,
    SWEEP,
    TOUCH,
    HazardBook,
    HazardContext,
    Standing,
    Sweep,
    SweepRule,
    Way,
)
from comity.domain.line import LineBook, LineContext
from comity.domain.records import Draft, Record
from comity.domain.sites import Seen
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

PLACE_RUNG_MAX = 200  # of the words of a place; the whole of them is a command away


def take_hazard(node: "Node", record: Record, received_at: Instant) -> None:
    """Apply one hazard record, and ring for it; again at each replay, like all alarms.

    Raises:
        RecordError: a code of docs/spec/hazard.md §7; nothing changed.
    """
    book = node.hazards_of(exercise=record.exercise)
    if record.kind == OBJECTION and record.author != node.party:
        _check_objector(node, record)
    known = len(book.sweeps())
    book.apply(record, received_at)
    ring = _ring(node, record, received_at)
    if record.kind in (PREVIEW, READING):
        for sweep in book.sweeps()[known:]:
            ring(
                "preview-sweep",
                f"by our own {sweep_words(sweep)}; the owners are told",
                "preview-sweep-own",
                who=sweep.operator or "",
                n=str(sweep.questions),
            )
    elif record.author == node.party:
        return
    elif record.kind == EXPOSURE:
        _put_down(node, record)
    elif record.kind == SWEEP:
        said = record.body
        who = said["by"] or "several operators"
        ring(
            "preview-sweep",
            f"{said['questions']} questions by {who} of {record.author} ({said['rule']}) where what is ours lies",
            "preview-sweep",
            n=str(said["questions"]),
            who=str(said["by"] or ""),
            party=record.author,
        )
    elif record.kind == TOUCH:
        said = record.body
        if said["standing"] == Standing.STANDS and said["count"]:
            ring(
                "notice-touches",
                f"{said['notice']} touches {said['count']} of what we speak for",
                "notice-touches",
                RecordDigest(str(said["record"])),
                n=str(said["count"]),
                **_notice_values(
                    node, RecordDigest(str(said["record"])), str(said["notice"]), record.exercise
                ),
            )
    elif record.kind == OBJECTION and not record.body["taken_back"]:
        ring(
            "objection",
            f"{record.author} objects to {record.body['notice']}",
            "objection",
            RecordDigest(str(record.body["record"])),
            party=record.author,
            **_notice_values(
                node,
                RecordDigest(str(record.body["record"])),
                str(record.body["notice"]),
                record.exercise,
            ),
        )


def _notice_values(
    node: "Node", record: RecordDigest, notice: str, exercise: bool
) -> dict[str, str]:
    """What a person knows a notice by: whose it is, and where it is said to be."""
    held = node.notices_of(exercise=exercise).get(record)
    if held is None:
        return {"notice": notice, "sender": notice.partition("/")[0]}
    words = held.notice.place or held.notice.description
    told = {"notice": notice, "sender": str(held.author)}
    return told | ({"said": words[:PLACE_RUNG_MAX], "language": "und"} if words else {})


def hazard_context(node: "Node", at: Instant, *, exercise: bool) -> HazardContext:
    """What the hazard book of one world may look at."""
    return HazardContext(
        node.terms(at),
        node.peers(),
        node.notices_of(exercise=exercise),
        node.sites_of(exercise=exercise),
        node.movements_of(exercise=exercise),
    )


def lines_owing(
    node: "Node", context: LineContext, at: Instant
) -> Iterator[tuple[LineBook, Callable[[], Draft | None]]]:
    """What the lines owe, silent echelons included."""
    for exercise in (False, True):
        silences = node.hazards_of(exercise=exercise).echelons.silences
        book = node.line_of(exercise=exercise)
        yield book, partial(book.next_owed, at, replace(context, silences=silences))


def look_at_hazards(
    node: "Node", at: Instant
) -> Iterator[tuple[HazardBook, Callable[[], Draft | None]]]:
    """Check notices again where something changed, ring for what of ours they touch, and give what is owed."""
    for exercise in (False, True):
        book = node.hazards_of(exercise=exercise)
        context = hazard_context(node, at, exercise=exercise)
        rung: dict[RecordDigest, int] = {}
        for notice, _ in book.look(context, at):
            rung[notice] = rung.get(notice, 0) + 1
        for notice, count in rung.items():
            held = context.notices.get(notice)
            author = None if held is None else held.author
            name = notice[:12] if held is None else held.notice.id
            values = {"n": str(count)} | _notice_values(node, notice, str(name), exercise)
            banner = "EXERCISE " if exercise else ""
            words = f"{banner}{name} touches {count} of what we speak for, by our own register"
            node.alarm(
                Alarm(
                    at, "notice-touches", words, author, notice, "notice-touches-by-us",
                    tuple(values.items()), notice, exercise,
                )
            )  # fmt: skip
        yield book, partial(book.next_owed, at, context)


def sweep_words(sweep: Sweep) -> str:
    """A sweep for people; it says nothing of what was answered."""
    who = sweep.operator or "operators together"
    if sweep.rule is SweepRule.READING_OUT:
        return f"{who}: {sweep.questions} lists of the register since {sweep.since} ({sweep.rule})"
    return (
        f"{who}: {sweep.questions} questions about {len(sweep.cells)} cells of some 39 km"
        f" since {sweep.since} ({sweep.rule})"
    )


class _Ring(Protocol):
    def __call__(
        self,
        code: str,
        words: str,
        says: str,
        about: RecordDigest | None = None,
        /,
        **values: str,
    ) -> None: ...


def _ring(node: "Node", record: Record, at: Instant) -> _Ring:
    banner = "EXERCISE " if record.exercise else ""

    def ring(
        code: str,
        words: str,
        says: str,
        about: RecordDigest | None = None,
        /,
        **values: str,
    ) -> None:
        told = tuple(values.items())
        node.alarm(
            Alarm(
                at, code, banner + words, record.author, record.digest, says, told, about,
                record.exercise,
            )
        )  # fmt: skip

    return ring


def _put_down(node: "Node", record: Record) -> None:
    """Sites that another party's person saw stand in the register's own log of exposures."""
    register = node.sites_of(exercise=record.exercise)
    viewer = f"{record.author} ({record.body['by']})"
    way = str(record.body.get("way", Way.PREVIEW.value))
    for row in record.body["seen"]:
        seen = Seen(record.made_at, viewer, row["precision_mm"], way)
        register.see(SiteId(row["id"]), seen)


def _check_objector(node: "Node", record: Record) -> None:
    """Whoever objects was told of the notice: as its recipient, or by a touch."""
    revision = RecordDigest(str(record.body.get("record")))
    held = node.notices_of(exercise=record.exercise).get(revision)
    told: set[PartyId] = set() if held is None else {*held.recipients}
    told |= {*node.hazards_of(exercise=record.exercise).told_of(revision)}
    if held is None or held.author != node.party or record.author not in told:
        why = f"{revision[:12]} is not here, or {record.author} was not told of it"
        raise RecordError("hazard-unknown", why)
