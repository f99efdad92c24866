"""An offline pack is made: what a recipient may hold, gathered, judged by the release gate, signed, on record.

The file itself is handed over by a person. Nothing of it is given out before the records of it are durable.
"""

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from comity.application.node import Node
from comity.domain.evidence import BundleParty, EntryHead, encode_parties, write_archive
from comity.domain.notices import NOTICE, notice_to_body
from comity.domain.packs import (
    BORDER_FILE_SIZE_BYTES_MAX,
    EXPORT,
    HOLDING,
    MANIFEST_NAME,
    MOVEMENTS_NAME,
    NOTICES_NAME,
    PACK,
    PACK_MOVEMENTS_MAX,
    PACK_NOTICES_MAX,
    PACK_SITES_MAX,
    PARTIES_NAME,
    SITES_NAME,
    TAKEN_BACK_MAX,
    TAKEN_BACK_NAME,
    Area,
    Exported,
    ExportFormat,
    MadePack,
    Manifest,
    PackedBorder,
    PackedMovement,
    PackedNotice,
    PackedSite,
    PackFile,
    PackNames,
    TakenBack,
    TheirPack,
    What,
    holding_bodies,
    manifest_to_body,
    meets,
    movement_line,
    notice_line,
    site_line,
    taken_back_line,
)
from comity.domain.records import Draft, Record
from comity.domain.sites import NOTICE as SITE_NOTICE
from comity.domain.sites import (
    ROWS_MAX,
    NotifiedMovement,
    NotifiedSite,
    OwnSite,
    SiteRegister,
    SiteState,
)
from comity.domain.sites.deviation import deviation_at
from comity.domain.sites.movements import NOTICE as MOVEMENT_NOTICE
from comity.domain.sites.movements import OwnMovement
from comity.kernel.errors import InputError
from comity.kernel.ids import MovementId, OperatorId, PackId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant

PACK_TOKEN_SIZE_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class BorderWish:
    """A border data set to name in a pack, and its bytes where they are to go along."""

    name: str
    sha256: str
    error_m: int
    file_name: str | None = None
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class PackWish:
    """What a pack is to be.

    Attributes:
        recipient: whose people may hold it; None: this party's own.
        holder: who gets it, in words.
        area: what it is made for; None: everywhere.
        stale_s, life_s: from when it warns, and from when it answers only what it touches.
    """

    recipient: PartyId | None
    holder: str
    area: Area | None
    stale_s: float
    life_s: float
    borders: tuple[BorderWish, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A pack as it was made."""

    record: Record
    manifest: Manifest
    pack_bytes: bytes


def make_pack(
    node: Node, wish: PackWish, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Made:
    """Make a pack and put it on record; everything in it is what the recipient may hold at this instant.

    Raises:
        InputError: a wish is out of its limits, or there is more than a pack may hold.
        AgreementError: the release gate denies the recipient something.
        RecordError: the records break a rule of their kinds.
    """
    recipient = node.party if wish.recipient is None else wish.recipient
    if recipient != node.party and recipient not in node.peers():
        raise InputError("recipient", f"{recipient} is not paired with this node")
    if not 0.0 < wish.stale_s <= wish.life_s:
        raise InputError("stale_s", f"{wish.stale_s:.0f}, not above 0 and within {wish.life_s:.0f}")
    gathered = _Gathered(node, recipient, wish.area, at, exercise=exercise)
    sites, movements, notices = gathered.sites(), gathered.movements(), gathered.notices()
    if recipient != node.party:
        _check_release(node, recipient, sites, movements, notices, operator, at, exercise)
    pack = PackId(f"{node.party}/{node.entropy.token(PACK_TOKEN_SIZE_BYTES).hex()}")
    taken_back = gathered.taken_back()
    parts = {
        PARTIES_NAME: encode_parties([_maker(node)]),
        SITES_NAME: b"".join(map(site_line, sites)),
        MOVEMENTS_NAME: b"".join(map(movement_line, movements)),
        NOTICES_NAME: b"".join(map(notice_line, notices)),
        TAKEN_BACK_NAME: b"".join(map(taken_back_line, taken_back)),
    }
    borders = tuple(_borders(wish.borders, parts))
    manifest = Manifest(
        pack=pack,
        recipient=recipient,
        holder=wish.holder,
        stale_from=at.plus_s(wish.stale_s),
        heard_at=gathered.heard_at,
        area=wish.area,
        counts={
            "sites": len(sites),
            "movements": len(movements),
            "notices": len(notices),
            "taken_back": len(taken_back),
        },
        borders=borders,
        files=tuple(
            PackFile(name, hashlib.sha256(content).hexdigest(), len(content))
            for name, content in parts.items()
        ),
    )
    for body in holding_bodies(pack, _held(sites, movements)):
        node.issue(Draft(HOLDING, (), body, operator, exercise=exercise), at)
    draft = Draft(
        PACK, (), manifest_to_body(manifest), operator,
        exercise=exercise, expires_at=at.plus_s(wish.life_s),
    )  # fmt: skip
    record = node.issue(draft, at)
    return Made(record, manifest, _archive({MANIFEST_NAME: record.envelope_bytes, **parts}))


def note_export(
    node: Node,
    pack: RecordDigest,
    form: ExportFormat,
    viewer: str,
    sha256: str,
    operator: OperatorId,
    at: Instant,
) -> Record:
    """Put on record that a pack was written in another form, and for whom.

    Raises:
        RecordError: `unknown-pack`: it was not made here; or a field's code.
    """
    exercise = any(each.record == pack and each.exercise for each in node.packs.packs())
    body = {"format": form.value, "record": pack, "sha256": sha256, "viewer": viewer}
    return node.issue(Draft(EXPORT, (), body, operator, exercise=exercise), at)


@dataclass(frozen=True, slots=True)
class StillHeld:
    """A pack that holds sites which its recipient may know of no more.

    Attributes:
        recipient: whose people hold it.
        maker: whose node made it: our own, or the recipient's, which told us.
        by: who made it.
        count: of the sites asked about that it holds.
        finest_mm: the finest precision among them.
        forms: in which it was written for other tools, and for whom.
    """

    pack: PackId
    recipient: PartyId
    holder: str
    maker: PartyId
    by: OperatorId
    made_at: Instant
    expires_at: Instant
    count: int
    finest_mm: int
    forms: tuple[Exported, ...] = ()


def packs_holding(
    node: Node, recipient: PartyId, sites: Iterable[SiteId] | None, *, exercise: bool = False
) -> tuple[StillHeld, ...]:
    """Packs made here for a recipient, and by it for its crews, that hold own sites; expired ones too (L-18).

    Args:
        node: this party's.
        recipient: whose people hold them.
        sites: these; None: every own site.
        exercise: of which world.
    """
    named = None if sites is None else list(sites)
    packs: list[MadePack | TheirPack] = [
        made for made in node.packs.packs() if made.manifest.recipient == recipient
    ]
    packs += [told for told in node.told_packs.packs() if told.maker == recipient]
    found = []
    for pack in packs:
        if pack.exercise is not exercise:
            continue
        if named is None:
            own = [h for h in pack.held if h.what is What.SITE and h.owner == node.party]
            counts = [(len(each.numbers), each.precision_mm) for each in own if len(each.numbers)]
        else:
            finest = [pack.finest_mm(What.SITE, each) for each in named]
            counts = [(1, each) for each in finest if each is not None]
        if counts:
            count, finest_mm = sum(c for c, _ in counts), min(mm for _, mm in counts)
            found.append(_still_held(pack, node.party, count, finest_mm))
    return tuple(found)


def _still_held(pack: MadePack | TheirPack, me: PartyId, count: int, finest_mm: int) -> StillHeld:
    if isinstance(pack, TheirPack):
        return StillHeld(
            pack.pack, pack.maker, pack.holder, pack.maker, pack.by, pack.made_at, pack.expires_at,
            count, finest_mm, pack.forms,
        )  # fmt: skip
    manifest = pack.manifest
    return StillHeld(
        manifest.pack, manifest.recipient, manifest.holder, me, pack.operator, pack.made_at,
        pack.expires_at, count, finest_mm, tuple(pack.exports),
    )  # fmt: skip


class _Gathered:
    """What a recipient may hold at an instant."""

    def __init__(
        self, node: Node, recipient: PartyId, area: Area | None, at: Instant, *, exercise: bool
    ) -> None:
        self._node, self._recipient, self._area, self._at = node, recipient, area, at
        self._own_people = recipient == node.party
        self._exercise = exercise
        self._sites = node.sites_of(exercise=exercise)
        self._movements = node.movements_of(exercise=exercise)

    @property
    def heard_at(self) -> Instant | None:
        """When the registers last heard anything."""
        times = [self._sites.heard_at, self._movements.heard_at]
        return max((each for each in times if each is not None), default=None)

    def sites(self) -> list[PackedSite]:
        """In the order of their ids."""
        found = [each for site in self._near() if (each := self._site(site)) is not None]
        _check_count("sites", len(found), PACK_SITES_MAX)
        return sorted(found, key=lambda each: each.id)

    def movements(self) -> list[PackedMovement]:
        """In the order of their ids; those of the area."""
        found = []
        for movement in self._movements.movements():
            packed = self._movement(movement)
            if packed is not None and meets(self._area, packed.notified.route.shape):
                found.append(packed)
        _check_count("movements", len(found), PACK_MOVEMENTS_MAX)
        return sorted(found, key=lambda each: each.id)

    def notices(self) -> list[PackedNotice]:
        """Those that stand, of the area or of none."""
        found = []
        for held in self._node.notices_of(exercise=self._exercise).standing(self._at):
            sent = held.author == self._node.party and self._recipient in held.recipients
            if not self._own_people and not sent:
                continue
            areas = held.notice.areas
            if not areas or any(meets(self._area, each.shape) for each in areas):
                found.append(PackedNotice(held.notice, held.author, held.record, held.received_at))
        _check_count("notices", len(found), PACK_NOTICES_MAX)
        return sorted(found, key=lambda each: each.id)

    def taken_back(self) -> list[TakenBack]:
        """What earlier packs for this recipient hold, and it may hold no more."""
        found = []
        held = self._node.packs.held_by(self._recipient, exercise=self._exercise)
        for what, name in held:
            gone = (
                self._site(SiteId(name)) if what is What.SITE else self._movement(MovementId(name))
            )
            if gone is None:
                found.append(TakenBack(what, name, self._why(what, name)))
        _check_count("taken_back", len(found), TAKEN_BACK_MAX)
        return sorted(found, key=lambda each: each.id)

    def _near(self) -> Iterable[SiteId]:
        if self._area is None:
            return self._sites.sites()
        index, ids = self._sites.index()
        area = self._area
        near = index.near_point(area.latitude_deg, area.longitude_deg, area.radius_m)
        return (ids[number] for number in near.number)

    def _site(self, site: SiteId) -> PackedSite | None:
        own = self._sites.own(site)
        if own is not None:
            notified = self._own_site(own, site)
            return None if notified is None else PackedSite(notified, own.since, None)
        theirs = self._sites.theirs(site) if self._own_people else None
        if theirs is None or theirs.withdrawn:
            return None
        return PackedSite(theirs.notified, theirs.received_at, theirs.notice)

    def _own_site(self, own: OwnSite, site: SiteId) -> NotifiedSite | None:
        if not self._own_people:
            return self._sites.notified(site, self._recipient, self._at)
        if own.recorded is SiteState.ENDED:
            return None
        return as_entered(own, self._at)

    def _movement(self, movement: MovementId) -> PackedMovement | None:
        own = self._movements.own(movement)
        if own is not None:
            told = (
                (None if own.ended else movement_as_entered(movement, own, self._at))
                if self._own_people
                else self._movements.notified(movement, self._recipient, self._at)
            )
            return None if told is None else PackedMovement(told, self._at)
        theirs = self._movements.theirs(movement) if self._own_people else None
        if theirs is None or theirs.withdrawn:
            return None
        return PackedMovement(theirs.notified, theirs.received_at)

    def _why(self, what: What, name: str) -> str:
        if what is What.MOVEMENT:
            own = self._movements.own(MovementId(name))
            return "ended" if own is not None and own.ended else "consent-withdrawn"
        return why_gone(self._sites, SiteId(name))


def why_gone(register: SiteRegister, site: SiteId) -> str:
    """Why a site that was packed may be packed no more."""
    own = register.own(site)
    if own is not None:
        return "ended" if own.recorded is SiteState.ENDED else "consent-withdrawn"
    return "erased" if register.theirs(site) is None else "consent-withdrawn"


def as_entered(own: OwnSite, at: Instant) -> NotifiedSite:
    """An own site as this party's own people may know it: all of it, a contact that is past left out."""
    entry = own.entry
    contact = entry.contact
    return NotifiedSite(
        site=entry.site,
        version=entry.version,
        kind=entry.kind,
        state=own.recorded,
        place=entry.place,
        precision_mm=0,
        names=entry.names,
        contact=contact if contact is not None and at < contact.until else None,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        renew_by=own.renew_by,
    )


def movement_as_entered(movement: MovementId, own: OwnMovement, at: Instant) -> NotifiedMovement:
    """An own movement as this party's own people may know it."""
    entry = own.entry
    return NotifiedMovement(
        movement, entry.version, entry.kind, entry.route, 0, entry.vehicles, entry.escorts,
        entry.contact if at < entry.contact.until else None,
        deviation_at(own.travel, entry.route, at), None,
    )  # fmt: skip


def _check_release(
    node: Node, recipient: PartyId, sites: list[PackedSite], movements: list[PackedMovement],
    notices: list[PackedNotice], operator: OperatorId, at: Instant, exercise: bool,
) -> None:  # fmt: skip
    """What is carried to another party on a stick passes the same gate as what is sent to it."""

    def ask(kind: str, body: Mapping[str, Any]) -> None:
        node.check_release(Draft(kind, (recipient,), body, operator, exercise=exercise), at)

    for start in range(0, len(sites), ROWS_MAX):
        rows = [each.notified.to_body() for each in sites[start : start + ROWS_MAX]]
        ask(SITE_NOTICE, {"sites": rows})
    for movement in movements:
        ask(MOVEMENT_NOTICE, movement.notified.to_body())
    for notice in notices:
        ask(NOTICE, notice_to_body(notice.notice))


def _held(
    sites: Iterable[PackedSite], movements: Iterable[PackedMovement]
) -> dict[tuple[What, PartyId, int], list[str]]:
    held: dict[tuple[What, PartyId, int], list[str]] = {}
    for site in sites:
        owner, _, number = site.id.partition("/")
        key = (What.SITE, PartyId(owner), site.notified.precision_mm)
        held.setdefault(key, []).append(number)
    for movement in movements:
        owner, _, number = movement.id.partition("/")
        key = (What.MOVEMENT, PartyId(owner), movement.notified.precision_mm)
        held.setdefault(key, []).append(number)
    return held


def _maker(node: Node) -> BundleParty:
    statements = node.directory.signed_statements(node.party)
    return BundleParty(node.party, node.card.name, node.card.root_key, statements)


def _borders(wishes: Iterable[BorderWish], parts: dict[str, bytes]) -> Iterator[PackedBorder]:
    number = 0
    for wish in wishes:
        name = None
        if wish.file_name is not None:
            if len(wish.content) > BORDER_FILE_SIZE_BYTES_MAX:
                why = f"{len(wish.content)} bytes; at most {BORDER_FILE_SIZE_BYTES_MAX}"
                raise InputError("borders", why)
            number += 1
            name = f"borders/{number:04}-{wish.file_name}"
            parts[name] = wish.content
        yield PackedBorder(wish.name, wish.sha256, wish.error_m, name)


def _archive(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    entries = (
        (EntryHead(name, len(content), zlib.crc32(content)), (content,))
        for name, content in parts.items()
    )
    write_archive(file.write, entries, PackNames())
    return file.getvalue()


def _check_count(field: str, count: int, most: int) -> None:
    if count > most:
        raise InputError(field, f"{count}; a pack holds at most {most}: name a smaller area")
