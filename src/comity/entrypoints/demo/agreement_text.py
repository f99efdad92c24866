"""The agreement that the invented parties of the demonstration sign: readable, and obeyed."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from comity.adapters.generated_traffic import SERVICES
from comity.adapters.natural_earth import BorderDataSet, Outline, outlines
from comity.domain.agreement import PartyCard
from comity.domain.releasability import Disclosure
from comity.kernel.instants import Instant

INTEREST_BUFFER_M = 60_000.0  # each party wants to be asked this far off its coasts
COVERED_BUFFER_M = 200_000.0  # closes the sea between the areas of interest
VALID_DAYS = 30
LADDER_STEPS = 2  # of each party in the text below


@dataclass(frozen=True, slots=True)
class Region:
    """Where a demonstration takes place.

    Attributes:
        name: for the title.
        countries: of the two services, whose outlines are their areas of interest.
        border_region: corners of the invented border region, which is the relief service's area of interest:
            (latitude, longitude) in degrees, joined by geodesics.
        airports: ICAO codes between which live traffic flies.
        relief_fields: ICAO codes from and to which the relief service flies.
        centre_deg: latitude and longitude round which the live scene is laid out.
        scale: of that layout; 1 is a region of some 400 km.
        level_raised: flight levels that the live scene is raised by, over mountains.
        notice_place: of an activity, in words that leave it open.
        notice_position: where it is.
        hospital_deg: latitude and longitude of an invented hospital beside it.
        flash_position: of two aircraft without contact.
        misread_position: the same with one digit wrong, 9 km away.
    """

    name: str
    countries: tuple[tuple[str, ...], tuple[str, ...]]
    border_region: tuple[tuple[float, float], ...]
    airports: tuple[str, ...]
    relief_fields: tuple[str, ...]
    centre_deg: tuple[float, float]
    scale: float
    level_raised: int
    notice_place: str
    notice_position: str
    hospital_deg: tuple[float, float]
    flash_position: str
    misread_position: str


BALTIC = Region(
    "the Baltic",
    (SERVICES[0].countries, SERVICES[1].countries),
    border_region=((60.3, 21.4), (60.3, 27.2), (58.7, 27.2), (58.7, 21.4)),
    airports=(
        *("ESSA", "ESSV", "ESOE", "ESKN", "ESSL", "EFMA", "EFTU", "EFHK", "EFTP", "EFPO", "EFJY"),
        *("EETN", "EEKA", "EEKE", "EETU", "EEPU", "EVRA", "EVVA", "EVLA", "EYSA", "EYPA", "EFLP"),
    ),
    relief_fields=("EFTU", "EFHK", "EETN", "EEKA", "EEKE", "EFMA"),
    centre_deg=(59.6, 23.6),
    scale=1.0,
    level_raised=0,
    notice_place="north of Hiiumaa",
    notice_position="N 59 20.0 E 022 40.0 WGS84",
    hospital_deg=(59.36, 22.7),  # in the sea
    flash_position="N 59 54.0 E 024 30.0 WGS84",
    misread_position="N 59 54.0 E 024 40.0 WGS84",
)
ALPS = Region(
    "Switzerland",
    (("Switzerland",), ("Switzerland",)),
    border_region=((47.4, 7.4), (47.4, 9.4), (46.6, 9.4), (46.6, 7.4)),
    airports=(
        *("LSZH", "LSGG", "LSZB", "LFSB", "LSZA", "LSGS", "EDNY", "LIMC", "LIME", "LFLP"),
        *("LOWI", "EDDM", "EDDS", "LFST", "LFLL", "LIMF", "LIPB", "EDJA", "LFGA", "LSZR"),
    ),
    relief_fields=("LSZB", "LSZH", "LSZR", "LFSB", "LSGS"),
    centre_deg=(46.9, 8.3),
    scale=0.45,
    level_raised=100,
    notice_place="north of the lake",
    notice_position="N 47 10.0 E 008 20.0 WGS84",
    hospital_deg=(47.19, 8.37),
    flash_position="N 46 54.0 E 008 20.0 WGS84",
    misread_position="N 46 54.0 E 008 27.0 WGS84",
)


def agreement_text(
    region: Region,
    cards: Sequence[PartyCard],
    borders: BorderDataSet,
    begins: Instant,
    disclosure: Disclosure = Disclosure.FULL,
) -> str:
    """Write the text that all parties sign.

    Args:
        region: whose countries bound the area.
        cards: of the two services, and of the relief service where it takes part, in the order of their index.
        borders: where the outlines come from; named with version and digest.
        begins: 00:00 of the day of flights; the text is valid from a week before it.
        disclosure: how finely flights are shown to the other party.
    """
    every = tuple(dict.fromkeys(name for names in region.countries for name in names))
    parties = "\n".join(
        _PARTY.format(
            id=card.party,
            name=card.name,
            key=base64.b64encode(card.root_key).decode(),
            areas="\n".join(
                f"\n[[party.area_of_interest]]  # {name}\n{_ring(outline)}"
                for name, outline in _outlines(borders, names, INTEREST_BUFFER_M)
            )
            if names
            else f"\n[[party.area_of_interest]]  # the border region (invented)\n{_corners(region)}",
        )
        for card, names in zip(cards, (*region.countries, ())[: len(cards)], strict=True)
    )
    area = "\n\n".join(
        f"[[area]]  # {name}\n{_ring(outline)}"
        for name, outline in _outlines(borders, every, COVERED_BUFFER_M)
    )
    return _TEXT.format(
        title=f"Flights over {region.name}: an agreement between invented parties",
        disclosure=disclosure,
        valid_from=begins.plus_s(-7 * 86_400),
        valid_until=begins.plus_s(VALID_DAYS * 86_400),
        parties=parties,
        area=area,
        border_name=borders.name,
        border_version=borders.version,
        border_digest=borders.digest,
        error_km=round(borders.error_m / 1000, 1),
        names=", ".join(card.name for card in cards[:-1]) + f" and {cards[-1].name}",
    )


def _outlines(
    borders: BorderDataSet, names: Sequence[str], buffer_m: float
) -> list[tuple[str, Outline]]:
    """Each country's main land; its far islands are not part of the region."""
    return [(name, outlines(borders.country(name), buffer_m)[0]) for name in names]


def _ring(outline: Outline) -> str:
    pairs = zip(outline.latitude_deg, outline.longitude_deg, strict=True)
    positions = ", ".join(f"[{latitude:.4f}, {longitude:.4f}]" for latitude, longitude in pairs)
    return f'ring_lat_lon_deg = [{positions}]\nedge = "geodesic"'


def _corners(region: Region) -> str:
    positions = ", ".join(
        f"[{latitude:.4f}, {longitude:.4f}]" for latitude, longitude in region.border_region
    )
    return f'ring_lat_lon_deg = [{positions}]\nedge = "geodesic"'


_PARTY = """\
[[party]]
id = "{id}"
name = "{name}"
root_key_base64 = "{key}"
{areas}

[[ladder]]
party = "{id}"
echelon = "officer on watch"
after_s = 1  # short, so that a demonstration is

[[ladder]]
party = "{id}"
echelon = "chief of watch"
after_s = 2

[[echelon]]
party = "{id}"
level = "headquarters"
name = "headquarters"
within_s = 4  # short, so that a demonstration is

[[echelon]]
party = "{id}"
level = "unit"
name = "rotary wing"
within_s = 4

[[echelon]]
party = "{id}"
level = "operator"
name = "crews on the ramp"
within_s = 4
"""

_TEXT = """\
+++
comity_agreement = 1
title = "{title}"
version = 1
languages = ["en"]
authoritative_language = "en"
valid_from = {valid_from}
valid_until = {valid_until}
disclosure = "{disclosure}"  # full: volumes; cells: what contains them
assent_by = "node"  # by standing policy
clock_difference_s_max = 5.0
guard_band_s = 10.0
decide_within_min = 15
line_check_interval_h = 24
on_suspension = "keep"
suspension_notice_h = 0
withdrawal_notice_h = 24
precedence = ["emergency", "medical", "relief", "state", "scheduled", "general", "uncrewed"]

{parties}
{area}

[heights]
lower_m = -1000  # below any pressure height of the ground on a day of high pressure
upper_m = 20000
datum = "EGM2008"

[height_bounds]  # the terrain is left open: a height above ground is undetermined near others
pressure_error_m = 450  # sea-level pressure between 960 and 1067 hPa

[separation]  # between the volumes as planned; each carries its flight's own uncertainty
horizontal_nm = 3
vertical_ft = 600

[[flight_class]]
name = "jet"

[[flight_class]]
name = "turboprop"

[[flight_class]]
name = "helicopter"
horizontal_nm = 2
vertical_ft = 300

[[flight_class]]
name = "uas"
horizontal_m = 500
vertical_m = 50

[[separation_pair]]
classes = ["uas", "jet"]
horizontal_nm = 2
vertical_ft = 500

[[separation_pair]]
classes = ["uas", "turboprop"]
horizontal_nm = 2
vertical_ft = 500

[[separation_pair]]
classes = ["uas", "helicopter"]
horizontal_nm = 1
vertical_ft = 300

[[notice]]
activity = "jet"
lead_h = 2

[[notice]]
activity = "turboprop"
lead_h = 2

[[notice]]
activity = "helicopter"
lead_h = 1

[[notice]]
activity = "uas"
lead_h = 1

[buffers]
default_m = 2000

[[buffer]]
kind = "hospital"
distance_km = 5

[caps]
volumes_per_proposal_max = 1000
horizontal_extent_km_max = 5000
duration_h_max = 24
look_ahead_days_max = 14
open_proposals_max = 2000
proposals_per_hour_max = 20000

[border]
name = "{border_name}"
version = "{border_version}"
sha256 = "{border_digest}"
at_sea = "undetermined"

[[legal_basis]]
id = "flight-safety"
text = "Article 3 of this agreement"

[[releasability]]
kinds = ["intent.*"]
labels = ["tlp:clear", "tlp:green", "tlp:amber"]
legal_basis = "flight-safety"

[[legal_basis]]
id = "protection"
text = "Article 3 of this agreement"

[[releasability]]
kinds = ["site.*", "movement.*"]
labels = ["tlp:clear", "tlp:green", "tlp:amber"]
legal_basis = "protection"

[[legal_basis]]
id = "answering"
text = "Article 3 of this agreement"

[[releasability]]
kinds = ["claim.*", "incident.*"]
labels = ["tlp:clear", "tlp:green", "tlp:amber"]
legal_basis = "answering"
+++

# [en] {title}

## 1. Purpose
{names} are invented. The geography is real. They tell each other of planned flights, so that none
of them comes nearer to another than the minima. None of them commands another.

## 2. What is covered
The area, heights and dates stated above. The areas are outlines round the land that the border data
give to each country, which is one view of it, and may be wrong by {error_km} km. A flight outside
them is shown as not covered.

## 3. Release
Each party releases planned flights, and its answers, to the others for the safety of flight alone;
protected sites and movements, each as finely as it consents to, for their protection alone;
and what it claims of an incident, to be answered.

## 4. Flights
A planned flight is accepted with the signed assent of every party concerned. Silence is not assent.
The minima are kept between volumes as planned, each wider than its flight by what is uncertain of it:
with 1 NM and 60 m on either side, 3 NM and 600 ft between two volumes are 5 NM and 990 ft between two
flights.
An emergency may be announced without assent; it is never shown as deconflicted.

## 5. Line checks
The line is tested at the interval stated above. A missed check is shown as a degraded line.
A FLASH that no person acknowledges is carried up the ladder stated above, step by step;
so is what is told for protection and an echelon named above has not acknowledged in time.

## 6. Suspension and withdrawal
Either party may suspend or withdraw by a signed statement, which is recorded as its own. A suspension
stops new acceptances; flights already accepted stand.
"""
