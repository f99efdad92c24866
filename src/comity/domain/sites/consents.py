"""Who may know of which site, and how finely: the last word on a site and recipient counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from comity.domain.sites.bodies import Consent, ConsentWithdrawal
from comity.kernel.ids import PartyId, SiteId
from comity.kernel.instants import Instant

Word = tuple[int, Consent | None]
"""How manieth word it is, and the consent given; None: taken back."""


@dataclass(slots=True)
class _OfRecipient:
    count: int = 0
    of_all: Word = (0, None)
    of_site: dict[SiteId, Word] = field(default_factory=dict)


class Consents:
    """What one party consented to. Nothing said is nothing allowed."""

    def __init__(self) -> None:
        self._said: dict[PartyId, _OfRecipient] = {}

    def recipients(self) -> Iterable[PartyId]:
        """Whoever was ever given a consent."""
        return self._said

    def take(self, said: Consent | ConsentWithdrawal) -> None:
        """Take in one word; it counts for the sites it names, or for all."""
        of = self._said.setdefault(said.recipient, _OfRecipient())
        of.count += 1
        word = (of.count, said if isinstance(said, Consent) else None)
        if said.sites is None:
            of.of_all = word
            of.of_site.clear()
        else:
            of.of_site.update(dict.fromkeys(said.sites, word))

    def given(self, site: SiteId, recipient: PartyId, at: Instant) -> Consent | None:
        """The consent that holds at an instant, or None."""
        of = self._said.get(recipient)
        if of is None:
            return None
        consent = max(of.of_all, of.of_site.get(site, (0, None)), key=lambda word: word[0])[1]
        return consent if consent is not None and at < consent.until else None
