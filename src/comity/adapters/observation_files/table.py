"""Observations as CSV (RFC 4180): no cell that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Iterable

from comity.adapters.observation_files.areas import ExportedObservation
from comity.domain.geometry.nested_cells import cell_disc

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
COLUMNS = (
    *("observation", "record", "author", "exercise", "state", "kind", "nature"),
    *("area_middle_latitude_deg", "area_middle_longitude_deg", "area_radius_m", "subject"),
    *("begins", "ends", "words", "reliability", "credibility", "circular", "marking", "onward"),
)


def to_csv(observations: Iterable[ExportedObservation]) -> bytes:
    """A table with a header, UTF-8, CR LF; the middle of an area stands beside its radius."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for each in observations:
        place = ("", "", "")
        if each.area is not None:
            disc = cell_disc(each.area)
            place = (
                f"{disc.latitude_deg:.4f}",
                f"{disc.longitude_deg:.4f}",
                f"{disc.radius_m + 20.0:.0f}",  # 4 decimals of a degree: 8 m
            )
        writer.writerow(
            [
                each.observation, each.record, each.author, str(each.exercise).lower(), each.state,
                each.kind, each.nature, *place, each.subject or "", str(each.begins),
                str(each.ends), safe_cell(each.words), each.reliability, str(each.credibility),
                str(each.circular).lower(), each.marking, " ".join(each.onward),
            ]
        )  # fmt: skip
    return out.getvalue().encode()


def safe_cell(words: str) -> str:
    """Words that no spreadsheet runs: an apostrophe before whatever begins like a formula."""
    return f"'{words}" if words.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS) else words
