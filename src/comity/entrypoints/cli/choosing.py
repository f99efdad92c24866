"""What a person states about a bundle, as types."""

from collections.abc import Callable, Sequence
from pathlib import Path

from comity.application.make_bundle import Wanted
from comity.domain.evidence.limits import WORDS_LENGTH_MAX
from comity.domain.records import fault_of_words
from comity.entrypoints.api.incident_messages import IncidentRecordsTold
from comity.entrypoints.cli.bundling import measured
from comity.entrypoints.cli.digests import withheld_typed
from comity.kernel.errors import InputError
from comity.kernel.ids import RecordDigest, party_id, record_digest
from comity.kernel.instants import instant_from_rfc3339


def wanted_of(
    records: Sequence[str] | None,
    kinds: Sequence[str] | None,
    parties: Sequence[str] | None,
    since: str | None,
    until: str | None,
    about: str | None,
) -> Wanted:
    """Which records to show.

    Raises:
        InputError: a value is not of its form, or nothing is stated.
    """
    wanted = Wanted(
        digests=frozenset(record_digest(each) for each in records or ()),
        kinds=tuple(kinds or ()),
        parties=frozenset(party_id(each) for each in parties or ()),
        since=None if since is None else instant_from_rfc3339(since, "since"),
        until=None if until is None else instant_from_rfc3339(until, "until"),
        mentions=about,
    )
    if wanted == Wanted():
        raise InputError("record", "state which: --record, --kind, --party, --since, --about")
    return wanted


def withheld_of(
    stated: Sequence[str] | None, whole: Callable[[str], str]
) -> dict[RecordDigest, str]:
    """Records to be withheld, and why; `whole` makes a digest of its beginning.

    Raises:
        InputError: not of the form DIGEST=REASON, or a digest that `whole` refuses.
    """
    withheld: dict[RecordDigest, str] = {}
    for digest, reason in withheld_typed(stated or (), whole):
        if (fault := fault_of_words(reason, WORDS_LENGTH_MAX)) is not None:
            raise InputError("withhold", fault)
        withheld[record_digest(digest)] = reason
    return withheld


def of_kinds(told: IncidentRecordsTold, stated: Sequence[str] | None) -> dict[RecordDigest, str]:
    """Records of an incident of kinds to be withheld, and why.

    Raises:
        InputError: not of the form KIND=REASON, or the incident has none of that kind.
    """
    withheld: dict[RecordDigest, str] = {}
    for each in stated or ():
        kind, equals, reason = each.partition("=")
        fault = fault_of_words(reason, WORDS_LENGTH_MAX)
        if not equals or not reason.strip() or fault is not None:
            raise InputError("withhold-kind", fault or f"{each[:80]!r} is not KIND=REASON")
        found = [one for one in told.records if one.kind == kind]
        if not found:
            known = ", ".join(sorted({one.kind for one in told.records if one.kind}))
            raise InputError("withhold-kind", f"{kind[:64]!r} is none of its kinds: {known}")
        withheld |= {record_digest(one.record): reason for one in found}
    return withheld


def lacking_of(told: IncidentRecordsTold, files: Sequence[tuple[Path, str]]) -> list[str]:
    """Material of an incident of which no bytes go into a bundle: named by its digest, and not given."""
    given = {measured(path, path.name).sha256 for path, _ in files}
    return [each for each in told.digest_only if each not in given]


def material_of(stated: Sequence[str] | None) -> list[tuple[Path, str]]:
    """Files and what is said of them; a description stands behind the last equals sign of a name that is no file."""
    found = []
    for each in stated or ():
        path, description = Path(each), ""
        if not path.exists() and "=" in each:
            name, _, description = each.partition("=")
            path = Path(name)
        if not path.is_file():
            raise InputError("material", f"{path} is not a file")
        found.append((path, description))
    return found
