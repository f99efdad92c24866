"""What the words of a notice say of heights, times, places and directions, to be held against its fields.

Source: docs/spec/notice.md §6.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comity.domain.airspace import Altitude, Datum
from comity.domain.places import StatedPosition, read_position
from comity.kernel.errors import InputError
from comity.kernel.units import metres_from_feet, metres_from_flight_level

SAID_WORDS_MAX = 5  # of a direction, as it is quoted
CLAIMS_MAX = 32  # of one kind; a text of 1,000 characters has room for few more

FLIGHT_LEVEL = re.compile(
    r"\b(?:FL|F)\s?(\d{3})\b|\bFL\s?(\d{2})\b|\bэшелон\w*\s?(\d{2,3})\b", re.IGNORECASE
)
HEIGHT = re.compile(
    r"(?<![\d.,/])(\d{1,3}(?:[ ,]\d{3})+|\d{2,6})\s?(feet|foot|ft|metres|meters|metre|meter|m)\b(?!/)"
    r"(?:\s?(above mean sea level|above sea level|above ground level|above ground|amsl|msl|agl|qne|std"
    r"|wgs\s?84|egm2008))?",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"(?<![\d:.])([01]\d|2[0-3])[:.]?([0-5]\d)(?::[0-5]\d)?\s?(?:Z|UTC|GMT)\b", re.IGNORECASE
)
_LATITUDE = r"[NS]\s?\d{1,2}[ °]\s?\d{1,2}(?:\.\d+)?'?(?:\s?\d{1,2}(?:\.\d+)?\")?"
_LONGITUDE = r"[EW]\s?\d{1,3}[ °]\s?\d{1,2}(?:\.\d+)?'?(?:\s?\d{1,2}(?:\.\d+)?\")?"
POSITION = re.compile(
    r"(?<![A-Z0-9])(?:\d{4}(?:\d{2})?(?:\.\d+)?[NS]\s?\d{5}(?:\d{2})?(?:\.\d+)?[EW]"
    rf"|{_LATITUDE}[ ,]\s?{_LONGITUDE}"
    r"|\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{2,5}\s?\d{2,5})(?![A-Z0-9])"
)
_DATUMS = {
    "above mean sea level": Datum.EGM2008, "above sea level": Datum.EGM2008, "amsl": Datum.EGM2008,
    "msl": Datum.EGM2008, "egm2008": Datum.EGM2008, "above ground level": Datum.AGL, "above ground": Datum.AGL,
    "agl": Datum.AGL, "qne": Datum.QNE, "std": Datum.QNE, "wgs84": Datum.WGS84, "wgs 84": Datum.WGS84,
}  # fmt: skip

# Words that leave open where or when, by language. A notice with figures beside them is told all the same:
# a reader may act on the words (L-09: «north» was said where it was west).
VAGUE_WORDS = {
    "en": (
        "near", "nearby", "vicinity", "around", "approximately", "approx", "about", "roughly", "somewhere", "area of",
        "in the region of", "soon", "shortly", "until further notice", "as required", "tbd", "tbc",
    ),
    "ru": (
        "около", "вблизи", "недалеко", "поблизости", "в районе", "примерно", "приблизительно", "вскоре",
        "до особого распоряжения",
    ),
    "ar": ("قرب", "بالقرب من", "حوالي", "تقريبًا", "تقريبا", "في محيط", "قريبًا", "حتى إشعار آخر"),
    "tr": (
        "yakın", "yakınında", "yakınlarında", "civarı", "civarında", "yaklaşık", "dolaylarında", "yakında",
        "ikinci bir emre kadar",
    ),
}  # fmt: skip
DIRECTIONS = {
    "north": 0, "northeast": 45, "north-east": 45, "east": 90, "southeast": 135, "south-east": 135, "south": 180,
    "southwest": 225, "south-west": 225, "west": 270, "northwest": 315, "north-west": 315,
    "севернее": 0, "северо-восточнее": 45, "восточнее": 90, "юго-восточнее": 135, "южнее": 180,
    "юго-западнее": 225, "западнее": 270, "северо-западнее": 315,
    "kuzeyinde": 0, "kuzeydoğusunda": 45, "doğusunda": 90, "güneydoğusunda": 135, "güneyinde": 180,
    "güneybatısında": 225, "batısında": 270, "kuzeybatısında": 315,
    "شمال": 0, "شرق": 90, "جنوب": 180, "غرب": 270,
}  # fmt: skip
_DIRECTION_OF = re.compile(
    r"\b(?P<en>north-?east|north-?west|south-?east|south-?west|north|south|east|west)(?:ern)? of "
    r"(?P<en_place>\w[\w'’\- ]{1,40})"
    r"|\b(?P<ru>(?:северо-|юго-)?(?:восточнее|западнее)|севернее|южнее) (?P<ru_place>\w[\w\- ]{1,40})"
    r"|(?P<tr_place>\w[\w\- ]{1,40}?)(?:['’]\w{1,4})? "
    r"(?P<tr>kuzeydoğusunda|kuzeybatısında|güneydoğusunda|güneybatısında|kuzeyinde|güneyinde|doğusunda|batısında)\b"
    r"|(?<!\w)(?P<ar>شمال|شرق|جنوب|غرب) (?P<ar_place>\w[\w\- ]{1,40})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeightClaim:
    """A height in the words; `altitude` is None where they name no datum."""

    said: str
    altitude: Altitude | None


@dataclass(frozen=True, slots=True)
class DirectionClaim:
    """«North of …» in the words: the direction in degrees, and the words after it, in which a name stands."""

    said: str
    azimuth_deg: float
    place_words: str


def vague_words_in(text: str) -> tuple[str, ...]:
    """Words of a text that leave open where or when, each once."""
    folded = text.casefold()
    return tuple(
        word
        for words in VAGUE_WORDS.values()
        for word in words
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded)
    )


def heights_in(text: str) -> tuple[HeightClaim, ...]:
    """Flight levels and heights that a text names; distances in kilometres or miles are none."""
    found: list[HeightClaim] = []
    for match in FLIGHT_LEVEL.finditer(text):
        level = int(match[1] or match[2] or match[3])
        found.append(HeightClaim(match[0], Altitude(metres_from_flight_level(level), Datum.QNE)))
    for match in HEIGHT.finditer(text):
        number = float(re.sub(r"[ ,]", "", match[1]))
        in_feet = match[2].lower().startswith("f")
        if match[3] is None and not in_feet:
            continue  # metres without a datum are more often a distance
        metres = metres_from_feet(number) if in_feet else number
        datum = None if match[3] is None else _DATUMS[" ".join(match[3].lower().split())]
        try:
            altitude = None if datum is None else Altitude(metres, datum)
        except InputError:
            continue  # no height that anything flies at
        found.append(HeightClaim(match[0], altitude))
    return tuple(found[:CLAIMS_MAX])


def clocks_in(text: str) -> tuple[tuple[str, int], ...]:
    """Clock times of UTC in a text, with the minute of the day each means."""
    found = [(match[0], int(match[1]) * 60 + int(match[2])) for match in CLOCK.finditer(text)]
    return tuple(found[:CLAIMS_MAX])


def positions_in(text: str) -> tuple[StatedPosition, ...]:
    """Positions with figures in a text; what only looks like one is passed over."""
    return tuple(_positions(text))[:CLAIMS_MAX]


def _positions(text: str) -> Iterator[StatedPosition]:
    for match in POSITION.finditer(text.upper()):
        try:
            yield read_position(match[0], "description")
        except InputError:
            continue


def directions_in(text: str) -> tuple[DirectionClaim, ...]:
    """Directions from a place, such as «north of …», in the four languages of the phrasebook."""
    found = []
    for match in _DIRECTION_OF.finditer(text):
        for language in ("en", "ru", "tr", "ar"):
            word = match[language]
            if word is not None:
                azimuth_deg = float(DIRECTIONS[word.casefold()])
                found.append(
                    DirectionClaim(
                        " ".join(match[0].split()[:SAID_WORDS_MAX]),
                        azimuth_deg,
                        match[f"{language}_place"],
                    )
                )
    return tuple(found[:CLAIMS_MAX])
