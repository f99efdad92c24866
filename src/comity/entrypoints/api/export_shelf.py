"""Evidence bundles that wait for their second person."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.entrypoints.api.messages import BundleToSign
from comity.kernel.errors import InputError
from comity.kernel.ids import RecordDigest

EXPORTS_HELD_MAX: Final = 4  # that wait for the second person or were not fetched yet


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything of a bundle but the record that signs its list.

    Attributes:
        files: names and bytes, in the order of the archive.
        left_out: what was wanted and does not go in, by why.
    """

    listed: BundleToSign
    files: tuple[tuple[str, bytes], ...]
    left_out: Mapping[str, list[str]]


@dataclass(slots=True)
class ExportShelf:
    """Bundles that wait for their second person: in memory alone, the oldest goes first."""

    _held: OrderedDict[RecordDigest, Prepared] = field(default_factory=OrderedDict)

    def put(self, proposal: RecordDigest, prepared: Prepared) -> None:
        """Keep one until it is approved and fetched."""
        self._held.pop(proposal, None)
        self._held[proposal] = prepared
        while len(self._held) > EXPORTS_HELD_MAX:
            self._held.popitem(last=False)

    def get(self, proposal: RecordDigest) -> Prepared:
        """One of them.

        Raises:
            InputError: it is not here: the node was restarted, or others took its place.
        """
        found = self._held.get(proposal)
        if found is None:
            why = f"its files are not held any more (restarted, or {EXPORTS_HELD_MAX} newer ones); export again"
            raise InputError("proposal", why)
        return found
