"""Parties that speak for protected sites, all invented, and the records between them, without keys or store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from comity.domain.records import Draft, Record, encode_canonical, payload_digest
from comity.domain.sites import (
    CONSENT,
    CONSENT_WITHDRAWAL,
    ENTRIES,
    FINDING,
    SiteEntry,
    SiteRegister,
    entry_from_body,
)
from comity.kernel.ids import KeyId, OperatorId, PartyId, SiteId
from comity.kernel.instants import Instant, instant_from_canonical

NOON = instant_from_canonical("2026-11-23T12:00:00.000Z")
DAY_S = 86_400.0
ADA, BEA = OperatorId("ada"), OperatorId("bea")
ALPHA, BRAVO, CHARLIE = (PartyId(f"{name}.aaaaaaaa") for name in ("alpha", "bravo", "charlie"))


def site_id(number: int, party: PartyId = ALPHA) -> SiteId:
    return SiteId(f"{party}/{number:016x}")


def entry_body(number: int = 1, party: PartyId = ALPHA, **changed: Any) -> dict[str, Any]:
    """An invented hospital near 10° S 150° W, in the open ocean."""
    place = {
        "kind": "path",
        "edge": "geodesic",
        "latitude_deg_e7": [changed.pop("latitude_e7", -100_000_000)],
        "longitude_deg_e7": [changed.pop("longitude_e7", -1_500_000_000)],
        "radius_mm": changed.pop("radius_mm", 0),
        "accuracy_mm": changed.pop("accuracy_mm", 10_000),
        "datum": changed.pop("datum", "WGS84"),
    }
    return {
        "site": site_id(number, party),
        "version": 1,
        "kind": "hospital",
        "names": [
            {"text": f"Invented hospital {number}", "script": "Latn", "language": "en"},
            {"text": "Выдуманная больница", "script": "Cyrl", "language": "ru"},
        ],
        "place": place,
        "owner": "Invented Health Trust",
        "contact": {"words": "duty desk, channel 4", "until": str(NOON.plus_s(30 * DAY_S))},
        "origin": {"name": "owner's list", "kind": "owner"},
        "valid_from": None,
        "valid_until": None,
        "renew_by": str(NOON.plus_s(90 * DAY_S)),
        "blind": f"{number:032x}",
        **changed,
    }


def entry(number: int = 1, **changed: Any) -> SiteEntry:
    return entry_from_body(entry_body(number, **changed))


@dataclass
class Speaker:
    """One party: its register, and what it has said."""

    party: PartyId
    at: Instant = NOON
    count: int = 0
    register: SiteRegister = field(init=False)

    def __post_init__(self) -> None:
        self.register = SiteRegister(self.party)

    def say(
        self,
        kind: str,
        body: Mapping[str, Any],
        recipients: tuple[PartyId, ...] = (),
        operator: OperatorId = ADA,
        after_s: float = 60.0,
    ) -> Record:
        """Make a record at this party's next instant and take it in here."""
        record = self.unheard(kind, body, recipients, operator, after_s)
        self.register.apply(record, record.made_at)
        return record

    def unheard(
        self,
        kind: str,
        body: Mapping[str, Any],
        recipients: tuple[PartyId, ...] = (),
        operator: OperatorId = ADA,
        after_s: float = 60.0,
    ) -> Record:
        """Make a record that nobody has taken in."""
        self.at = self.at.plus_s(after_s)
        self.count += 1
        payload = encode_canonical({"author": self.party, "body": dict(body), "count": self.count})
        return Record(
            digest=payload_digest(payload),
            envelope_bytes=payload,
            kind=kind,
            kind_version=1,
            author=self.party,
            operator=operator,
            recipients=recipients,
            labels=(),
            exercise=False,
            sequence=self.count,
            previous=None,
            made_at=self.at,
            expires_at=None,
            body=body,
            key_id=KeyId("none"),
        )

    def enter(self, *numbers: int, **changed: Any) -> Record:
        rows = [entry_body(number, self.party, **changed) for number in numbers]
        return self.say(ENTRIES, {"entries": rows})

    def consent(self, recipient: PartyId, precision_mm: int = 1_000_000, **changed: Any) -> Record:
        body = {
            "recipient": recipient,
            "sites": None,
            "precision_mm": precision_mm,
            "names": False,
            "contact": False,
            "until": str(NOON.plus_s(60 * DAY_S)),
            "words": "agreed at the table",
            **changed,
        }
        return self.say(CONSENT, body)

    def take_back(self, recipient: PartyId, *sites: SiteId) -> Record:
        body = {"recipient": recipient, "sites": list(sites) or None, "words": "withdrawn"}
        return self.say(CONSENT_WITHDRAWAL, body)

    def find(
        self,
        number: int = 1,
        finding: str = "confirmed",
        operator: OperatorId = BEA,
        origin: str = "second visit",
        owner: PartyId = ALPHA,
        version: int = 1,
    ) -> Record:
        body = {
            "site": site_id(number, owner),
            "version": version,
            "finding": finding,
            "origin": {"name": origin, "kind": "visit"},
            "words": "seen on site",
        }
        recipients = () if owner == self.party else (owner,)
        return self.unheard(FINDING, body, recipients, operator)

    def issue_owed(self, peers: Collection[PartyId] = (ALPHA, BRAVO, CHARLIE)) -> list[Record]:
        """Say whatever is owed to the peers, as a node does; gives it."""
        said = []
        while (draft := self.register.next_owed(self.at, peers)) is not None:
            assert isinstance(draft, Draft)
            said.append(self.say(draft.kind, draft.body, draft.recipients, draft.operator, 0.0))
        return said
