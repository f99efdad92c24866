"""The register of protected sites of one party: its own, and those notified to it.

State changes only by `apply`, in the order of the journal. What recipients are owed is found again by
asking (`next_owed`): a notice where what they may know differs from what they were last told, a withdrawal
where they may know nothing any more.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from comity.domain.geometry.point_index import PointIndex
from comity.domain.geometry.point_rows import point_rows
from comity.domain.records import Draft, Record
from comity.domain.sites import bodies
from comity.domain.sites.bodies import (
    Consent,
    ConsentWithdrawal,
    Exposure,
    Finding,
    FindingWord,
    NotifiedSite,
    Withdrawal,
    WithdrawalWhy,
    emptied_notice,
    read_body,
)
from comity.domain.sites.coarse import coarse_form
from comity.domain.sites.consents import Consents
from comity.domain.sites.entry import SiteEntry, SiteKind
from comity.domain.sites.erasure import ERASURE, Erasure, emptied
from comity.domain.sites.held import (
    CHECKS_MAX,
    EARLIER_MAX,
    RENEW_S_MAX,
    Check,
    Copy,
    OwnSite,
    Seen,
    TheirSite,
)
from comity.domain.sites.numbers import SiteNumbers
from comity.domain.sites.own_sites import OwnSites, Source
from comity.domain.sites.peer_erasure import (
    REPLY,
    REQUEST,
    ErasureReply,
    ErasureRequest,
    ErasureWord,
    PeerErasures,
)
from comity.domain.sites.place import Disc
from comity.domain.sites.plain_entries import PlainEntries, read_plain_entries
from comity.domain.sites.proposals import (
    ANSWER,
    PROPOSALS,
    PROPOSALS_MAX,
    Answer,
    AnswerWord,
    Proposal,
    Proposed,
)
from comity.domain.sites.states import SiteEvent, SiteState
from comity.kernel.errors import RecordError
from comity.kernel.ids import NODE_OPERATOR, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant

SITES_MAX: Final = (
    2_000_000  # of one register; the whole of OpenStreetMap has some 200,000 hospitals
)

SEEN_MAX: Final = 1_000  # lines of one site's exposure log kept in memory; the journal has all

Told = tuple[NotifiedSite, RecordDigest]


class SiteRegister:
    """Sites of one world, live or exercise, as one party's records tell them."""

    def __init__(self, party: PartyId, *, exercise: bool = False) -> None:
        self._party = party
        self._exercise = exercise
        self._numbers = SiteNumbers()
        self._own = OwnSites(self._numbers)
        self._theirs: dict[SiteId, TheirSite] = {}
        self._consents = Consents()
        self._told: dict[PartyId, dict[SiteId, Told]] = {}
        self._taken_back: dict[PartyId, dict[SiteId, RecordDigest]] = {}
        self._dirty: dict[PartyId, dict[SiteId, None]] = {}
        self._passed_over: set[PartyId] = set()
        self._offered: PartyId | None = None
        self._seen: dict[SiteId, list[Seen]] = {}
        self._proposals: dict[RecordDigest, dict[int, Proposal]] = {}
        self._proposal_files: dict[RecordDigest, str] = {}
        self._proposed_in: dict[SiteId, RecordDigest] = {}
        self._erased: dict[RecordDigest, tuple[str, str]] = {}
        self.peer_erasures = PeerErasures()
        self._index: PointIndex | None = None
        self.heard_at: Instant | None = None

    # What is held

    def __len__(self) -> int:
        return len(self._own) + len(self._theirs)

    @property
    def exercise(self) -> bool:
        """Whether this is the exercise's register."""
        return self._exercise

    def own(self, site: SiteId) -> OwnSite | None:
        """A site this party speaks for, to be read, or None."""
        return self._own.get(site)

    def own_kind(self, number: int) -> SiteKind | None:
        """What the own site of a number of the index is, sooner than `own` tells it; None: not an own site."""
        return self._own.kind_of(number)

    def theirs(self, site: SiteId) -> TheirSite | None:
        """A site another party notified, or None; its copy may be withdrawn."""
        return self._theirs.get(site)

    def sites(self) -> Iterable[SiteId]:
        """All of them, own first, in the order in which this node learnt of them."""
        yield from self._own
        yield from self._theirs

    def exposures(self, site: SiteId) -> tuple[Seen, ...]:
        """Who saw an own site, how finely, when and how, oldest first."""
        return tuple(self._seen.get(site, ()))

    def see(self, site: SiteId, seen: Seen) -> None:
        """Put down that somebody saw an own site, as another room's record tells; nothing of one not known."""
        if site in self._own:
            lines = self._seen.setdefault(site, [])
            lines.append(seen)
            if len(lines) > SEEN_MAX:  # a notice stays: it is what a party is asked to erase
                del lines[next((n for n, each in enumerate(lines) if each.notice is None), 0)]

    def consent(self, site: SiteId, recipient: PartyId, at: Instant) -> Consent | None:
        """The consent that lets a recipient know of an own site, or None."""
        return self._consents.given(site, recipient, at)

    def copies(self, sites: Iterable[SiteId]) -> tuple[Copy, ...]:
        """Who was given own sites in whatever way, and whether they were taken back there (L-18)."""
        found = []
        for site in sites:
            by_viewer: dict[str, list[Seen]] = {}
            for seen in self._seen.get(site, ()):
                by_viewer.setdefault(seen.viewer, []).append(seen)
            for viewer, rows in sorted(by_viewer.items()):
                party = PartyId(viewer.partition(" ")[0])  # a person of a party stands in brackets
                taken_back = self._taken_back.get(party, {}).get(site)
                finest_mm = min(row.precision_mm for row in rows)
                last = self.peer_erasures.last_of(site, party) if viewer == party else None
                since = last is not None and rows[-1].at > last.made_at
                copy = Copy(site, viewer, finest_mm, rows[-1].at, taken_back, last, since)
                found.append(copy)
        return tuple(found)

    def told_in(self, site: SiteId, recipient: PartyId) -> tuple[RecordDigest, ...]:
        """The notices by which a recipient was told of an own site, oldest first."""
        rows = self._seen.get(site, ())
        told = (each.notice for each in rows if each.viewer == recipient)
        return tuple(dict.fromkeys(each for each in told if each is not None))

    def is_told(self, site: SiteId, recipient: PartyId) -> bool:
        """Whether a recipient was told of an own site and it was not taken back."""
        return site in self._told.get(recipient, {})

    def entered_in(self, site: SiteId) -> tuple[RecordDigest, ...]:
        """The records in which an own site was entered, and the one in which it was proposed."""
        own = self._own.get(site)
        proposed = self._proposed_in.get(site)
        records = () if own is None else own.records
        return records if proposed is None else (proposed, *records)

    def erased(self, record: RecordDigest) -> tuple[str, str] | None:
        """SHA-256 of the envelope and of the stub of a record, as the last erasure of it says; None: none does."""
        return self._erased.get(record)

    def to_be_erased(self) -> Iterable[tuple[RecordDigest, tuple[str, str]]]:
        """Every record that an erasure of this party names, with SHA-256 of its envelope and stub."""
        return self._erased.items()

    def vouches(self, record: RecordDigest, found: tuple[str, str]) -> bool:
        """Whether this party's word says that a record's envelope went and this stub is left of it."""
        return self._erased.get(record) == found or (self.peer_erasures.vouches(record, found))

    def proposal(self, proposals: RecordDigest, number: int) -> Proposal | None:
        """A row of an import that waits for a person, or None."""
        return self._proposals.get(proposals, {}).get(number)

    def proposals(self) -> Iterable[tuple[RecordDigest, str, Proposal]]:
        """Every row that waits, with the record it stands in and the file it came from."""
        for digest, rows in self._proposals.items():
            for proposal in rows.values():
                yield digest, self._proposal_files[digest], proposal

    def disc_of(self, site: SiteId) -> Disc | None:
        """A disc that holds all of a site that counts; None: ended, withdrawn or unknown."""
        own = self._own.get(site)
        if own is not None:
            if own.erased or own.recorded is SiteState.ENDED:
                return None
            return own.entry.place.disc()
        theirs = self._theirs.get(site)
        if theirs is None or theirs.withdrawn:
            return None
        return theirs.notified.place.disc()

    def index(self) -> tuple[PointIndex, SiteNumbers]:
        """The index of all sites that count, and whose number is whose; made when first asked for."""
        if self._index is None:
            self._index = self._indexed()
        return self._index, self._numbers

    # What recipients may know

    def notified(self, site: SiteId, recipient: PartyId, at: Instant) -> NotifiedSite | None:
        """An own site as a recipient may know it now; None: nothing of it.

        A function of the entry, the consent and the time alone: what the release gate compares with.
        """
        own = self._own.get(site)
        consent = self._consents.given(site, recipient, at)
        if own is None or consent is None or own.erased or own.recorded is SiteState.ENDED:
            return None
        entry, place = own.entry, own.entry.place
        if consent.precision_mm:
            coarse = coarse_form((*own.earlier, place.disc()), consent.precision_mm)
            if coarse is None:
                return None
            place = coarse
        contact = entry.contact
        return NotifiedSite(
            site=site,
            version=entry.version,
            kind=entry.kind,
            state=own.recorded,
            place=place,
            precision_mm=consent.precision_mm,
            names=entry.names if consent.names else (),
            contact=contact if consent.contact and contact and at < contact.until else None,
            valid_from=entry.valid_from,
            valid_until=entry.valid_until,
            renew_by=own.renew_by,
        )

    def refusal(self, draft: Draft, recipient: PartyId, at: Instant) -> str | None:
        """Why a notice may not go to a recipient: what it says is not, to the letter, what they may know."""
        if draft.kind != bodies.NOTICE:
            return f"no consent speaks of {draft.kind}"
        if set(draft.body) != {"sites"}:
            return "a notice holds its sites and nothing beside them"
        for row in draft.body.get("sites", ()):
            site = SiteId(str(row.get("site")))
            allowed = self.notified(site, recipient, at)
            if allowed is None:
                return f"its owner has not consented that {recipient} knows of {site}"
            if allowed.to_body() != row:
                return f"{site}: not the form that its owner has consented to"
        return None

    def next_owed(self, at: Instant, peers: Collection[PartyId]) -> Draft | None:
        """The next notice or withdrawal this party owes, or None; `apply` of it makes it owed no more.

        Args:
            at: now.
            peers: the parties this node is paired with; what is owed to others waits until they are.
        """
        for recipient in sorted(self._dirty):
            if recipient in self._passed_over or recipient not in peers:
                continue
            self._offered = recipient
            notices, withdrawals = self._owed_to(recipient, at)
            if withdrawals:
                why = self._why(withdrawals)
                return self._draft(bodies.WITHDRAWAL, recipient, sites=withdrawals, why=why.value)
            if notices:
                rows = [each.to_body() for each in notices]
                return self._draft(bodies.NOTICE, recipient, sites=rows)
        return None

    def pass_over(self) -> None:
        """Offer nothing more to the recipient offered last; `try_again` does."""
        if self._offered is not None:
            self._passed_over.add(self._offered)

    def try_again(self) -> None:
        """What stood in the way may have gone: a new agreement, a peer paired."""
        self._passed_over.clear()

    # How it changes

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one site record, own or a peer's.

        Raises:
            RecordError: a code of docs/spec/site.md §9; nothing changed.
        """
        if record.kind == bodies.ENTRIES and self._take_plainly(record, received_at):
            self.heard_at = received_at
            return
        said = read_body(record)
        take: Mapping[str, Callable[[Record, Any, Instant], None]] = {
            bodies.ENTRIES: self._take_entries,
            bodies.RENEWAL: self._renew,
            bodies.ENDING: self._end,
            bodies.CONSENT: self._take_consent,
            bodies.CONSENT_WITHDRAWAL: self._take_consent,
            bodies.EXPOSURE: self._take_exposure,
            bodies.FINDING: self._take_finding,
            bodies.NOTICE: self._take_notice,
            bodies.WITHDRAWAL: self._take_withdrawal,
            PROPOSALS: self._take_proposals,
            ANSWER: self._take_answer,
            ERASURE: self._take_erasure,
            REQUEST: self._take_request,
            REPLY: self._take_reply,
        }
        take[record.kind](record, said, received_at)
        self.heard_at = received_at

    def _take_consent(self, record: Record, said: Consent | ConsentWithdrawal, at: Instant) -> None:
        del record, at
        self._consents.take(said)
        of = list(self._own) if said.sites is None else said.sites
        self._dirty.setdefault(said.recipient, {}).update(dict.fromkeys(of))
        self._passed_over.discard(said.recipient)

    def _end(self, record: Record, ending: bodies.Ending, at: Instant) -> None:
        self._known(ending.site).move(SiteEvent.END, at, (record.author, record.operator))
        self._touch(ending.site)
        self._place(ending.site)

    def _take_exposure(self, record: Record, exposure: Exposure, at: Instant) -> None:
        del at
        for site in exposure.sites:
            if site not in self._own:
                raise RecordError("unknown-site", f"{site} is not in this register")
        seen = Seen(record.made_at, exposure.viewer, exposure.precision_mm, exposure.way)
        for site in exposure.sites:
            self._seen.setdefault(site, []).append(seen)

    def _take_proposals(self, record: Record, proposed: Proposed, at: Instant) -> None:
        del at
        waiting = sum(map(len, self._proposals.values())) + len(proposed.rows)
        if waiting > PROPOSALS_MAX:
            raise RecordError("register-full", f"{waiting} proposals; at most {PROPOSALS_MAX}")
        self._proposals[record.digest] = {each.number: each for each in proposed.rows}
        self._proposal_files[record.digest] = proposed.file

    def _take_answer(self, record: Record, answer: Answer, at: Instant) -> None:
        del record, at
        proposal = self.proposal(answer.proposals, answer.number)
        if proposal is None:
            raise RecordError("unknown-proposal", f"row {answer.number} of {answer.proposals}")
        if answer.word is AnswerWord.ENTERED:
            self._proposed_in[proposal.entry.site] = answer.proposals
        del self._proposals[answer.proposals][answer.number]

    def _take_erasure(self, record: Record, erasure: Erasure, at: Instant) -> None:
        del record, at
        own = self._known(erasure.site)
        if own.recorded is not SiteState.ENDED:
            raise RecordError("site-state", f"{erasure.site} is {own.recorded}: no erasure")
        own.entry, own.earlier = emptied(own.entry), ()
        for row in erasure.records:
            self._erased[row.record] = (row.envelope_sha256, row.stub_sha256)
        self._place(erasure.site)

    def _take_request(self, record: Record, request: ErasureRequest, at: Instant) -> None:
        if record.author != self._party:
            for site in request.sites:
                held = self._theirs.get(site)
                if held is None or not held.withdrawn:
                    why = f"{site} is not taken back here" if held else f"{site} is not known here"
                    raise RecordError("site-state", why)
        self.peer_erasures.take_request(record, request, at, own=record.author == self._party)

    def _take_reply(self, record: Record, reply: ErasureReply, at: Instant) -> None:
        del at
        asked = self.peer_erasures.take_reply(record, reply)
        if record.author != self._party or reply.word is not ErasureWord.ERASED:
            return
        for row in asked.request.records:
            self._erased[row.record] = (row.envelope_sha256, row.stub_sha256)
        for site in asked.request.sites:
            held = self._theirs.get(site)
            if held is not None and held.withdrawn:
                self._theirs[site] = replace(held, notified=emptied_notice(held.notified))

    def _take_plainly(self, record: Record, at: Instant) -> bool:
        """Take in new sites at points, if the record tells of nothing else; False: nothing changed."""
        entries = read_plain_entries(record)
        if entries is None or not self._takes(entries, record):
            return False
        first = self._own.take(entries, Source(record.digest, at, (record.author, record.operator)))
        if self._consents.recipients():
            for number in range(first, first + len(entries)):
                self._touch(self._numbers[number])
        if self._index is not None:
            new = self._own.discs(first)
            self._index.put_many(point_rows(*new[1:], new.number))
        return True

    def _takes(self, entries: PlainEntries, record: Record) -> bool:
        ahead_ms = [
            each - record.made_at.unix_ms
            for each in (min(entries.renew_by_ms), max(entries.renew_by_ms))
        ]
        return (
            len(self) + len(entries) <= SITES_MAX
            and ahead_ms[0] > 0
            and ahead_ms[1] <= RENEW_S_MAX * 1000
            and not self._numbers.any_held(entries.owner, entries.tokens)
        )

    def _take_entries(self, record: Record, entries: tuple[SiteEntry, ...], at: Instant) -> None:
        fresh = sum(entry.site not in self._own for entry in entries)
        if len(self) + fresh > SITES_MAX:
            raise RecordError("register-full", f"{len(self)} sites; at most {SITES_MAX}")
        for entry in entries:
            held = self._own.get(entry.site)
            expected = 1 if held is None else held.entry.version + 1
            if entry.version != expected:
                raise RecordError(
                    "version-order", f"{entry.site}: {entry.version}, next is {expected}"
                )
            if held is not None and held.recorded is SiteState.ENDED:
                raise RecordError("site-state", f"{entry.site} is ended: no change")
            _check_renewal(entry.site, entry.renew_by, record.made_at)
        by = (record.author, record.operator)
        for entry in entries:
            held = self._own.get(entry.site)
            earlier: tuple[Disc, ...] = ()
            records: tuple[RecordDigest, ...] = (record.digest,)
            if held is not None:
                records = (*held.records, record.digest)
                if not held.erased:
                    earlier = (*held.earlier, held.entry.place.disc())[-EARLIER_MAX:]
            own = OwnSite(
                entry, SiteState.SELF_REPORTED, at, by, by, entry.renew_by, (), earlier, records
            )
            self._own.put(entry.site, own)
            self._touch(entry.site)
            self._place(entry.site)

    def _take_finding(self, record: Record, finding: Finding, at: Instant) -> None:
        if record.author != self._party and not record.recipients:
            raise RecordError("private-kind", f"{record.kind} from {record.author}")
        if finding.site.partition("/")[0] != self._party:
            return  # an own finding of another's site: its owner decides what follows from it
        own = self._known(finding.site)
        if finding.version != own.entry.version:
            why = f"{finding.site}: of version {finding.version}, {own.entry.version} stands"
            raise RecordError("other-version", why)
        if len(own.checks) >= CHECKS_MAX:
            why = f"{finding.site}: {CHECKS_MAX} findings of this version, the most"
            raise RecordError("register-full", why)
        who = (record.author, record.operator)
        if finding.word is FindingWord.CONFIRMED:
            _check_second(own, finding, who)
            own.move(SiteEvent.CONFIRMATION, at, who)
        else:
            own.move(SiteEvent.DISPUTE, at, who)
        check = Check(finding.word, *who, finding.origin, at, finding.words, record.digest)
        own.checks = (*own.checks, check)
        self._touch(finding.site)

    def _renew(self, record: Record, renewal: bodies.Renewal, at: Instant) -> None:
        own = self._known(renewal.site)
        _check_renewal(renewal.site, renewal.renew_by, record.made_at)
        own.move(SiteEvent.RENEWAL, at, (record.author, record.operator))
        own.renew_by = renewal.renew_by
        self._touch(renewal.site)

    def _take_notice(self, record: Record, sites: tuple[NotifiedSite, ...], at: Instant) -> None:
        if record.author == self._party:
            recipient = record.recipients[0]
            told = self._told.setdefault(recipient, {})
            back, dirty = self._taken_back.get(recipient, {}), self._dirty.get(recipient, {})
            for each in sites:
                told[each.site] = (each, record.digest)
                back.pop(each.site, None)
                dirty.pop(each.site, None)
                seen = Seen(record.made_at, recipient, each.precision_mm, "notice", record.digest)
                self._seen.setdefault(each.site, []).append(seen)
            return
        fresh = sum(each.site not in self._theirs for each in sites)
        if len(self) + fresh > SITES_MAX:
            raise RecordError("register-full", f"{len(self)} sites; at most {SITES_MAX}")
        for each in sites:
            held = TheirSite(each, at, record.digest)
            self._theirs[each.site] = replace(held, withdrawn=True) if held.erased else held
            self._place(each.site)

    def _take_withdrawal(self, record: Record, withdrawal: Withdrawal, at: Instant) -> None:
        del at
        if record.author == self._party:
            recipient = record.recipients[0]
            back = self._taken_back.setdefault(recipient, {})
            back.update(dict.fromkeys(withdrawal.sites, record.digest))
            for site in withdrawal.sites:
                self._told.get(recipient, {}).pop(site, None)
                self._dirty.get(recipient, {}).pop(site, None)
            return
        for site in withdrawal.sites:
            held = self._theirs.get(site)
            if held is not None:
                self._theirs[site] = replace(held, withdrawn=True)
                self._place(site)

    # Inside

    def _known(self, site: SiteId) -> OwnSite:
        own = self._own.opened(site)
        if own is None:
            raise RecordError("unknown-site", f"{site} is not in this register")
        return own

    def _touch(self, site: SiteId) -> None:
        """Whoever may know of the site may be owed news of it."""
        for recipient in self._consents.recipients():
            self._dirty.setdefault(recipient, {})[site] = None

    def _owed_to(self, recipient: PartyId, at: Instant) -> tuple[list[NotifiedSite], list[SiteId]]:
        notices: list[NotifiedSite] = []
        withdrawals: list[SiteId] = []
        told, dirty = self._told.get(recipient, {}), self._dirty[recipient]
        settled = []
        for site in dirty:
            may_know = self.notified(site, recipient, at)
            last = told.get(site)
            if may_know is None and last is not None:
                withdrawals.append(site)
            elif may_know is not None and (last is None or last[0] != may_know):
                notices.append(may_know)
            else:
                settled.append(site)
            if max(len(notices), len(withdrawals)) == bodies.ROWS_MAX:
                break
        for site in settled:
            del dirty[site]
        if not dirty:
            del self._dirty[recipient]
        return notices, withdrawals

    def _why(self, sites: list[SiteId]) -> WithdrawalWhy:
        held = [self._own.get(site) for site in sites]
        ended = all(own is not None and own.recorded is SiteState.ENDED for own in held)
        return WithdrawalWhy.ENDED if ended else WithdrawalWhy.CONSENT_WITHDRAWN

    def _draft(self, kind: str, recipient: PartyId, **body: object) -> Draft:
        return Draft(kind, (recipient,), body, NODE_OPERATOR, exercise=self._exercise)

    def _window(self, site: SiteId) -> tuple[float, float]:
        own = self._own.get(site)
        held: SiteEntry | NotifiedSite
        held = own.entry if own is not None else self._theirs[site].notified
        from_s = -math.inf if held.valid_from is None else held.valid_from.unix_s
        return from_s, math.inf if held.valid_until is None else held.valid_until.unix_s

    def _place(self, site: SiteId) -> None:
        """Bring the index up to date with one site, if there is an index yet."""
        if self._index is None:
            return
        disc = self.disc_of(site)
        if disc is None:
            self._index.drop(self._numbers.number(site))
            return
        self._index.put(
            self._numbers.number(site),
            disc.latitude_deg,
            disc.longitude_deg,
            disc.radius_m,
            *self._window(site),
        )

    def _indexed(self) -> PointIndex:
        plain = self._own.discs()
        rows = []
        for site in (*self._own.kept(), *self._theirs):
            disc = self.disc_of(site)
            if disc is not None:
                place = (disc.latitude_deg, disc.longitude_deg, disc.radius_m)
                rows.append((self._numbers.number(site), *place, *self._window(site)))
        others = np.array(rows, float).reshape(-1, len(plain)).T
        latitude, longitude, reach_m, from_s, until_s = map(
            np.concatenate, zip(plain[1:], others[1:], strict=True)
        )
        number = np.concatenate([plain.number, others[0].astype(np.int64)])
        made = PointIndex()
        if len(number):
            made.load(point_rows(latitude, longitude, reach_m, from_s, until_s, number))
        invariant(len(made) == len(number), "every site that counts is in the index")
        return made


def _check_renewal(site: SiteId, renew_by: Instant, made_at: Instant) -> None:
    ahead_s = renew_by.minus(made_at)
    if not 0.0 < ahead_s <= RENEW_S_MAX:
        why = f"{site}: {renew_by} is not within {RENEW_S_MAX / 86_400:.0f} days after {made_at}"
        raise RecordError("renewal-date", why)


def _check_second(own: OwnSite, finding: Finding, who: tuple[PartyId, object]) -> None:
    """A second look is a second person's, from a second origin (L-17)."""
    persons = {own.entered_by, *((check.party, check.operator) for check in own.checks)}
    if who in persons:
        raise RecordError("same-person", f"{who[1]} of {who[0]} has spoken of this version before")
    origins = [own.entry.origin, *(check.origin for check in own.checks)]
    if finding.origin.name.casefold() in {origin.name.casefold() for origin in origins}:
        raise RecordError("same-origin", f"{finding.origin.name!r} has been relied on before")
