"""Words in which a position stands with figures: they would place more finely than any area here may.

What this reader does not know it does not find; people who approve a release read the words.
"""

import re

_NUMBER = r"[+-]?\d{1,3}[.,]\d{2,}"
_POSITIONS = (
    # two decimal degrees beside each other
    re.compile(rf"(?<![\d.,]){_NUMBER}\s*°?\s*[NSns]?\s*[,;/ ]\s*{_NUMBER}(?![\d.,])"),
    # degrees and minutes with hemispheres, in any order of letter and figures
    re.compile(r"\d{1,3}\s*[°º d]\s*\d{1,2}(?:[.,]\d+)?\s*['’′]?[^\n]{0,12}?[NSns]\b", re.ASCII),
    re.compile(r"\b[NSns]\s*\d{1,2}\s*[°º d:]\s*\d{1,2}", re.ASCII),
    # joined digits of ICAO positions: 4829N03507E, 482930N0350700E
    re.compile(r"\b\d{4,6}(?:\.\d+)?[NSns]\s*\d{5,7}(?:\.\d+)?[EWew]\b"),
    # grid references of 1 km and finer, joined or spaced
    re.compile(
        r"\b\d{1,2}\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{2,5}\s?\d{2,5}\b", re.IGNORECASE | re.ASCII
    ),
    # plus codes
    re.compile(r"\b[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}\b", re.IGNORECASE),
)


def position_in(words: str) -> str | None:
    """The first position with figures that stands in words, as written; None where none is found."""
    for form in _POSITIONS:
        found = form.search(words)
        if found is not None:
            return found[0].strip()[:40]
    return None
