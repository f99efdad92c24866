"""From the text of an agreement to the terms that nodes obey and the articles that people read."""

import re
from dataclasses import dataclass
from typing import Literal

from comity.domain.agreement.articles import Article, read_articles
from comity.domain.agreement.front_matter import TIME_UNITS, Table, read_toml
from comity.domain.agreement.limits import (
    CLOCK_DIFFERENCE_S_LIMIT,
    CLOCK_DIFFERENCE_S_MAX,
    DECIDE_WITHIN_S_ASSUMED,
    GUARD_BAND_FACTOR,
    LANGUAGES_MAX,
    VALIDITY_DAYS_MAX,
)
from comity.domain.agreement.read_ladder import read_ladder
from comity.domain.agreement.read_parties import read_area, read_band, read_parties
from comity.domain.agreement.read_protection import read_buffers, read_echelons
from comity.domain.agreement.read_rules import (
    read_border,
    read_caps,
    read_height_bounds,
    read_legal_basis,
    read_notice,
    read_precedence,
    read_releasability,
    read_separation,
)
from comity.domain.agreement.read_watch import read_watch
from comity.domain.agreement.terms import Terms
from comity.domain.agreement.text import (
    AgreementTextError,
    agreement_digest,
    check_text,
    split_text,
)
from comity.domain.releasability import Disclosure
from comity.kernel.ids import DIGEST, AgreementDigest
from comity.kernel.instants import Instant

FORMAT_VERSION = 1
LANGUAGE = re.compile(
    r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
)  # BCP 47: language, script, region
VERSION_MAX = 9_999
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement: its exact text, and what that text says.

    Attributes:
        digest: what the parties sign.
        text: the exact text.
        terms: what nodes obey.
        languages: of the articles; the first is authoritative where they part.
        articles: by language and number.
    """

    digest: AgreementDigest
    text: str
    terms: Terms
    languages: tuple[str, ...]
    articles: tuple[Article, ...]

    @property
    def authoritative_language(self) -> str:
        """The language that stands where two part."""
        return self.languages[0]


def parse_agreement(text: str) -> Agreement:
    """Read an agreement's text completely.

    Args:
        text: TOML front matter between two lines `+++`, then the articles.

    Returns:
        What it says; what it leaves open stands in `terms.undefined`.

    Raises:
        AgreementTextError: an InputError with a `reason` code; the field and the limit are named.

    Source: docs/spec/agreement.md.
    """
    check_text(text)
    front_matter, prose = split_text(text)
    digest = agreement_digest(text)
    top = Table(read_toml(front_matter))
    languages = _read_languages(top)
    terms = _read_terms(top, digest)
    top.finish()
    return Agreement(digest, text, terms, languages, read_articles(prose, languages))


def _read_languages(top: Table) -> tuple[str, ...]:
    format_version = top.integer("comity_agreement", 0, VERSION_MAX)
    if format_version != FORMAT_VERSION:
        why = f"format {format_version}; this version reads {FORMAT_VERSION}"
        raise AgreementTextError("unknown-format", "comity_agreement", why)
    languages = top.names("languages", LANGUAGE, LANGUAGES_MAX)
    authoritative = top.name("authoritative_language", LANGUAGE)
    if authoritative not in languages:
        why = f"{authoritative!r} is none of {', '.join(languages)}"
        raise AgreementTextError("language", "authoritative_language", why)
    return (authoritative, *(each for each in languages if each != authoritative))


def _read_terms(top: Table, digest: AgreementDigest) -> Terms:
    undefined: list[str] = []
    title = top.text("title")
    version = top.integer("version", 1, VERSION_MAX)
    amends = _read_amends(top, version)
    valid_from, valid_until = _read_validity(top)
    parties = read_parties(top, undefined)
    area = read_area(top, "area", "area")
    band = read_band(top, undefined)
    height_bounds = read_height_bounds(top, undefined)
    separation, look_ahead_s = read_separation(top, height_bounds, undefined)
    flight_classes = tuple(look_ahead_s)
    notice_s = read_notice(top, flight_classes, undefined)
    watch = read_watch(
        top, {name: stated for name, stated in look_ahead_s.items() if stated is not None}
    )
    clock_difference_s_max, guard_band_s = _read_clocks(top)
    legal_basis = read_legal_basis(top, undefined)
    ladder = read_ladder(top, parties, undefined)
    buffers = read_buffers(top, undefined)
    echelons = read_echelons(top, parties, undefined)
    return Terms(
        digest=digest,
        title=title,
        version=version,
        amends=amends,
        parties=parties,
        area=area,
        band=band,
        valid_from=valid_from,
        valid_until=valid_until,
        separation=separation,
        height_bounds=height_bounds,
        notice_s=notice_s,
        line_check_interval_s=_read_line_check(top, undefined),
        clock_difference_s_max=clock_difference_s_max,
        guard_band_s=guard_band_s,
        decide_within_s=_read_decide_within(top, guard_band_s, undefined),
        disclosure=_read_disclosure(top, undefined),
        assent_by=_read_assent_by(top),
        on_suspension=_read_on_suspension(top, undefined),
        suspension_notice_s=_read_lead(top, "suspension_notice", undefined),
        withdrawal_notice_s=_read_lead(top, "withdrawal_notice", undefined),
        precedence=read_precedence(top, undefined),
        caps=read_caps(top, undefined),
        border=read_border(top, undefined),
        releasability=read_releasability(top, legal_basis, undefined),
        legal_basis=legal_basis,
        flight_classes=flight_classes,
        undefined=tuple(undefined),
        ladder=ladder,
        buffers=buffers,
        echelons=echelons,
        watch=watch,
    )


def _read_amends(top: Table, version: int) -> AgreementDigest | None:
    amends = AgreementDigest(top.name("amends", DIGEST)) if top.has("amends") else None
    if (amends is None) != (version == 1):
        why = f"version {version}: version 1 amends nothing, every later one names what it amends"
        raise AgreementTextError("amends", "amends", why)
    return amends


def _read_validity(top: Table) -> tuple[Instant, Instant]:
    valid_from = top.instant("valid_from")
    valid_until = top.instant("valid_until")
    if valid_until <= valid_from:
        why = f"{valid_until} is not after valid_from, {valid_from}"
        raise AgreementTextError("validity-reversed", "valid_until", why)
    if valid_until.minus(valid_from) > VALIDITY_DAYS_MAX * _DAY_S:
        why = f"more than {VALIDITY_DAYS_MAX} days after valid_from"
        raise AgreementTextError("out-of-range", "valid_until", why)
    return valid_from, valid_until


def _read_clocks(top: Table) -> tuple[float, float]:
    difference_s = CLOCK_DIFFERENCE_S_MAX
    if top.has("clock_difference_s_max"):
        difference_s = top.number("clock_difference_s_max", 0.1, CLOCK_DIFFERENCE_S_LIMIT)
    least_s = GUARD_BAND_FACTOR * difference_s
    if not top.has("guard_band_s"):
        return difference_s, least_s
    guard_band_s = top.number("guard_band_s", 0.0, _DAY_S)
    if guard_band_s < least_s:
        why = f"{guard_band_s:g} is less than {least_s:g}, twice the allowed clock difference"
        raise AgreementTextError("guard-band", "guard_band_s", why)
    return difference_s, guard_band_s


def _read_decide_within(top: Table, guard_band_s: float, undefined: list[str]) -> float:
    least_s = 2.0 * guard_band_s  # the guard band itself, and as long again to answer in
    stated_s = top.measure("decide_within", TIME_UNITS, least_s, 7 * _DAY_S)
    if stated_s is not None:
        return stated_s
    undefined.append(f"decide_within: not stated; {DECIDE_WITHIN_S_ASSUMED:g} s are assumed")
    return max(DECIDE_WITHIN_S_ASSUMED, least_s)


def _read_line_check(top: Table, undefined: list[str]) -> float | None:
    interval_s = top.measure("line_check_interval", TIME_UNITS, 60.0, 31 * _DAY_S)
    if interval_s is None:
        undefined.append(
            "line_check_interval: no line checks are agreed; a dead line may go unseen"
        )
    return interval_s


def _read_disclosure(top: Table, undefined: list[str]) -> Disclosure:
    if not top.has("disclosure"):
        undefined.append("disclosure: not stated; flights are shown as cells")
        return Disclosure.CELLS
    value = top.choice("disclosure", (*Disclosure, "private"))
    if value == "private":
        why = "'private' is not offered by this version; write 'full' or 'cells'"
        raise AgreementTextError("disclosure-private", "disclosure", why)
    return Disclosure(value)


def _read_assent_by(top: Table) -> Literal["node", "person"]:
    stated = top.choice("assent_by", ("node", "person")) if top.has("assent_by") else "node"
    return "person" if stated == "person" else "node"


def _read_on_suspension(top: Table, undefined: list[str]) -> Literal["keep", "flag"]:
    if not top.has("on_suspension"):
        undefined.append("on_suspension: not stated; intents already accepted are kept")
        return "keep"
    return "flag" if top.choice("on_suspension", ("keep", "flag")) == "flag" else "keep"


def _read_lead(top: Table, stem: str, undefined: list[str]) -> float:
    lead_s = top.measure(stem, TIME_UNITS, 0.0, 366 * _DAY_S)
    if lead_s is not None:
        return lead_s
    undefined.append(f"{stem}: not stated; a statement takes effect at once")
    return 0.0
