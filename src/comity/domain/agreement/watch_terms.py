"""What an agreement says of the safety nets: how far they look, when they warn, times of grace, protected sites.

`None` is «the text does not say»: the net then has its own default (docs/rooms/alerts.md), and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.domain.airspace import Altitude


@dataclass(frozen=True, slots=True)
class SiteWatch:
    """How the area around a protected site is watched.

    Attributes:
        buffer_m: around the place and the error of its position.
        upper: no higher than this does flying over it count; None: at every height.
    """

    buffer_m: float = 0.0
    upper: Altitude | None = None


@dataclass(frozen=True, slots=True)
class WatchTerms:
    """Parameters of the nets.

    Attributes:
        look_ahead_s: of the pair net and the area net.
        look_ahead_s_by_class: of flights of a class; of two flights the longer counts.
        warning_s, caution_s: what happens within so long is a warning, a caution.
        nonconforming_after_s: outside its volumes for so long, a flight is nonconforming.
        at_once_m: further off sideways than this, it is so at once.
        conforming_after_s: inside for so long, it is conforming again.
        contingent_after_s: nonconforming for so long, it is contingent.
        lost_after_s: without a position for so long, it is nonconforming.
        site: of every kind of site that has no term of its own; None: nothing is stated.
        site_by_kind: of a kind.
    """

    look_ahead_s: float | None = None
    look_ahead_s_by_class: Mapping[str, float] = field(default_factory=dict)
    warning_s: float | None = None
    caution_s: float | None = None
    nonconforming_after_s: float | None = None
    at_once_m: float | None = None
    conforming_after_s: float | None = None
    contingent_after_s: float | None = None
    lost_after_s: float | None = None
    site: SiteWatch | None = None
    site_by_kind: Mapping[str, SiteWatch] = field(default_factory=dict)

    def of_site(self, kind: str) -> SiteWatch | None:
        """What is stated of a kind of site, else of every site; None: nothing."""
        return self.site_by_kind.get(kind, self.site)
