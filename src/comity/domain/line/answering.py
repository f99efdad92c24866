"""What an answer changes in the thing it is about: which are taken, which change nothing, which are refused.

Source: docs/spec/line.md §6.
"""

from comity.domain.line.answers import (
    About,
    Acknowledged,
    Concurrence,
    Given,
    ReadBack,
    StopRelease,
    Translation,
    given,
    read_about,
)
from comity.domain.line.items import Answers, Item, ReadBackSeen
from comity.domain.line.limits import READ_BACKS_MAX, TRANSLATIONS_MAX
from comity.domain.line.read_back import compare
from comity.domain.records import Record
from comity.kernel.errors import RecordError
from comity.kernel.instants import Instant


def take_answer(item: Item, record: Record, received_at: Instant) -> None:
    """Take in a record about something said. A second answer of the same kind changes nothing.

    Raises:
        RecordError: `own-side`, `not-addressed`, `nothing-to-read-back`, `not-a-stop`, `not-yours`
            or `too-many`; nothing changed.
    """
    _, about = read_about(record)
    check_answer(item, record, about)
    by = given(record, received_at)
    if isinstance(about, Translation):
        item.translations.append((by, about))
    elif isinstance(about, StopRelease):
        item.released = item.released or (by, about.reason)
    else:
        _take(item, item.answers[record.author], about, by)


def check_answer(item: Item, record: Record, about: About) -> None:
    """Whether a record may speak of an item so.

    Raises:
        RecordError: as `take_answer`.
    """
    author = record.author
    if isinstance(about, Translation):
        if author not in item.participants:
            raise RecordError("not-addressed", f"{author} never had it")
        if len(item.translations) >= TRANSLATIONS_MAX:
            raise RecordError("too-many", f"{TRANSLATIONS_MAX} translations, the most")
        return
    if isinstance(about, StopRelease):
        if item.said.stop is None:
            raise RecordError("not-a-stop", f"{item.digest[:12]} asks nobody to stop")
        if author != item.author:
            raise RecordError("not-yours", f"{item.author} asked; it alone releases")
        return
    if author == item.author:
        raise RecordError("own-side", f"{author} answers what it said itself")
    if author not in item.answers:
        raise RecordError("not-addressed", f"it was not said to {author}")
    if isinstance(about, ReadBack) and item.said.particulars.empty:
        raise RecordError("nothing-to-read-back", f"{item.digest[:12]} states nothing")


def _take(item: Item, answers: Answers, about: About, by: Given) -> None:
    if isinstance(about, Acknowledged):
        answers.acknowledged = answers.acknowledged or by
    elif isinstance(about, ReadBack):
        if not answers.read_back_matched and len(answers.read_backs) < READ_BACKS_MAX:
            compared = compare(item.said.particulars, about.particulars)
            answers.read_backs.append(ReadBackSeen(by, compared))
    elif isinstance(about, Concurrence):
        answers.concurred = answers.concurred or (by, about.concurs, about.remark)
