"""The vectors of docs/spec/agreement.md: each text by name, rule and reason.

Digests are hashlib's over the bytes written here; what an accepted text says is written by hand
beside it. Nothing here imports comity.
"""

import hashlib
from collections.abc import Iterator

from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party, b64

PREFIX = b"comity-agreement-v1\x00"
BODY = """\
# [en] Between neighbours

## 1. Purpose
Not to collide.

## 2. Release
For the safety of flight alone.
"""
RUSSIAN = """\
# [ru] Между соседями

## 1. Цель
Не сталкиваться.

## 2. Передача
Только ради безопасности полётов.
"""


def known_keys() -> Fields:
    """The parties of the texts: id to root key in hex."""
    return {party.id: party.root_public.hex() for party in (ALFA, BRAVO, CHARLIE)}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from accepted()
    yield from rejected_bytes()
    yield from rejected_front_matter()
    yield from rejected_parties()
    yield from rejected_terms()
    yield from rejected_articles()


def party(one: Party, more: str = "interest_everywhere = true\n") -> str:
    """One party's table."""
    key = b64(one.root_public)
    return f'[[party]]\nid = "{one.id}"\nname = "{one.slug.title()}"\nroot_key_base64 = "{key}"\n{more}\n'


TOP = """\
comity_agreement = 1
title = "Between neighbours"
version = 1
languages = ["en"]
authoritative_language = "en"
valid_from = 2026-11-22T12:00:00Z
valid_until = 2026-12-22T12:00:00Z
disclosure = "full"
clock_difference_s_max = 5.0
guard_band_s = 10.0
precedence = ["medical", "state", "general"]

"""
AREA = "[[area]]\nring_lat_lon_deg = [[40.0, 0.0], [40.0, 15.0], [50.0, 15.0], [50.0, 0.0]]\n\n"
MINIMA = "[separation]\nhorizontal_nm = 5\nvertical_ft = 1000\n\n"
FRONT = TOP + party(ALFA) + party(BRAVO) + AREA + MINIMA


def step(one: Party, after_min: int) -> str:
    """One step of a party's ladder."""
    return f'[[ladder]]\nparty = "{one.id}"\nechelon = "watch"\nafter_min = {after_min}\n\n'


BUFFERS = (
    "[buffers]\ndefault_km = 2\n\n"
    '[[buffer]]\nkind = "hospital"\ndistance_km = 5\n\n'
    '[[buffer]]\nactivity = "firing"\ndistance_km = 10\n\n'
)


WATCH = (
    "[watch]\nlook_ahead_s = 90\nwarning_s = 30\ncaution_min = 1\n"
    "nonconforming_after_s = 20\nat_once_nm = 0.5\n\n"
    '[[flight_class]]\nname = "uncrewed"\nhorizontal_m = 500\nvertical_m = 50\n'
    "look_ahead_s = 60\n\n"
    "[[watch_site]]\nbuffer_m = 500\n\n"
    '[[watch_site]]\nkind = "hospital"\nbuffer_km = 1\nupper_ft = 1000\ndatum = "EGM2008"\n\n'
)


def echelon(one: Party, level: str = "unit", within: str = "within_min = 30") -> str:
    """One echelon of a party."""
    return f'[[echelon]]\nparty = "{one.id}"\nlevel = "{level}"\nname = "ramp"\n{within}\n\n'


def text(front: str = FRONT, body: str = BODY) -> str:
    """A whole text."""
    return f"+++\n{front}+++\n\n{body}"


def swapped(before: str, after: str) -> str:
    """The example with one thing in the front matter changed."""
    if before not in FRONT:
        raise ValueError(before)
    return text(FRONT.replace(before, after, 1))


def good(name: str, rule: str, why: str, whole: str, **values: object) -> Case:
    """A text that is read; `values` say what it says."""
    text_bytes = whole.encode("utf-8")
    digest = hashlib.sha256(PREFIX + text_bytes).hexdigest()
    return Case(name, rule, why, {"agreement.md": text_bytes}, values={"digest": digest, **values})


def bad(name: str, rule: str, reason: str, why: str, whole: str | bytes) -> Case:
    """A text that is refused."""
    text_bytes = whole if isinstance(whole, bytes) else whole.encode("utf-8")
    return Case(f"{name}_reject", rule, why, {"agreement.md": text_bytes}, reason)


def accepted() -> Iterator[Case]:
    """Texts that are read."""
    both = [ALFA.id, BRAVO.id]
    example: Fields = {
        "horizontal_m": 9260.0,
        "parties": both,
        "valid_from": "2026-11-22T12:00:00.000Z",
        "valid_until": "2026-12-22T12:00:00.000Z",
        "vertical_m": 304.8,
    }
    yield good("example", "3", "the example of the page", text(), **example)
    yield good(
        "newline-more",
        "2",
        "one newline more at the end is another text",
        text() + "\n",
        **example,
    )
    yield good(
        "order-of-parties",
        "6",
        "the order of the text is the party index",
        text(TOP + party(BRAVO) + party(ALFA) + AREA + MINIMA),
        **(example | {"parties": [BRAVO.id, ALFA.id]}),
    )
    yield good(
        "offset",
        "6",
        "a time with an offset is the instant it means",
        swapped("2026-11-22T12:00:00Z", "2026-11-22T15:00:00.1239+03:00"),
        **(example | {"valid_from": "2026-11-22T12:00:00.123Z"}),
    )
    yield good(
        "kilometres",
        "5",
        "the unit stands in the key",
        swapped("horizontal_nm = 5", "horizontal_km = 2.5"),
        **(example | {"horizontal_m": 2500.0}),
    )
    yield good(
        "no-minima",
        "6",
        "minima left out are assumed, never zero",
        swapped(MINIMA, ""),
        **(example | {"vertical_m": 609.6}),
    )
    yield good(
        "ladder",
        "6",
        "each party's steps in order of time",
        swapped(MINIMA, MINIMA + step(ALFA, 1) + step(BRAVO, 5) + step(ALFA, 3)),
        **example,
    )
    yield good(
        "buffers",
        "6",
        "the greatest of what is said of the kind, of the activity and of everything",
        swapped(MINIMA, MINIMA + BUFFERS),
        **(
            example
            | {
                "around_m": [
                    ["school", "jet", 2e3],
                    ["hospital", "jet", 5e3],
                    ["hospital", "firing", 1e4],
                ]
            }
        ),
    )
    yield good(
        "echelons",
        "6",
        "who acknowledges what is told for protection, down to who flies",
        swapped(MINIMA, MINIMA + echelon(ALFA) + echelon(ALFA, "operator") + echelon(BRAVO)),
        **(example | {"echelons": [[ALFA.id, "unit"], [ALFA.id, "operator"], [BRAVO.id, "unit"]]}),
    )
    yield good(
        "watch",
        "6",
        "parameters of the nets; what is left out is null, and has the net's own default",
        swapped(MINIMA, MINIMA + WATCH),
        **(
            example
            | {
                "watch": {
                    "at_once_m": 926.0,
                    "caution_s": 60.0,
                    "conforming_after_s": None,
                    "contingent_after_s": None,
                    "look_ahead_s": 90.0,
                    "look_ahead_s_by_class": {"uncrewed": 60.0},
                    "lost_after_s": None,
                    "nonconforming_after_s": 20.0,
                    "warning_s": 30.0,
                },
                "watch_sites": [
                    ["school", 500.0, None, None],
                    ["hospital", 1000.0, 304.8, "EGM2008"],
                ],
            }
        ),
    )
    languages = FRONT.replace('languages = ["en"]', 'languages = ["ru", "en"]')
    yield good(
        "two-languages",
        "9",
        "the same articles in each language",
        text(languages, RUSSIAN + "\n" + BODY),
        **example,
    )
    yield good(
        "three-parties",
        "6",
        "an area of interest, shape by shape",
        text(
            TOP
            + party(ALFA)
            + party(BRAVO)
            + party(
                CHARLIE,
                "\n[[party.area_of_interest]]\npath_lat_lon_deg = [[45, 5]]\nradius_nm = 20\n",
            )
            + AREA
            + MINIMA
        ),
        **(example | {"parties": [*both, CHARLIE.id]}),
    )


def rejected_bytes() -> Iterator[Case]:
    """§2: spellings that could read as one thing and be signed as another."""
    planted = {
        "bidi-override": ("\u202e", "bidi-control"),
        "bidi-isolate": ("\u2067", "bidi-control"),
        "right-to-left-mark": ("\u200f", "bidi-control"),
        "arabic-letter-mark": ("\u061c", "bidi-control"),
        "tab": ("\t", "control-character"),
        "null": ("\x00", "control-character"),
        "next-line": ("\x85", "control-character"),
        "zero-width-space": ("\u200b", "invisible-character"),
        "soft-hyphen": ("\u00ad", "invisible-character"),
        "line-separator": ("\u2028", "invisible-character"),
        "tag-letter": ("\U000e0041", "invisible-character"),
        "private-use": ("\ue000", "unassigned-character"),
        "noncharacter": ("\ufffe", "unassigned-character"),
        "decomposed": ("e\u0301", "not-nfc"),
        "angstrom-sign": ("\u212b", "not-nfc"),
        "carriage-return": ("\r\n", "carriage-return"),
    }
    for name, (inside, reason) in planted.items():
        whole = text(body=BODY.replace("collide", f"col{inside}lide"))
        yield bad(name, "1", reason, "in the prose, where a person would not see it", whole)
    yield bad("joiner-in-key", "1", "invisible-character", "joiners are for prose",
              swapped("Between", "Bet\u200dween"))  # fmt: skip
    yield bad("byte-order-mark", "1", "byte-order-mark", "saved with one", "\ufeff" + text())
    yield bad("latin-1", "1", "not-utf8", "a byte of another encoding", text().encode() + b"\xe9")
    yield bad(
        "surrogate", "1", "not-utf8", "half of a pair in bytes", text().encode() + b"\xed\xa0\x80"
    )
    yield bad("overlong", "1", "not-utf8", "U+002F in two bytes", text().encode() + b"\xc0\xaf")
    yield bad("long-line", "1", "line-too-long", "16,385 characters",
              text(body=BODY + "x" * 16_385 + "\n"))  # fmt: skip


def rejected_front_matter() -> Iterator[Case]:
    """§3: what is no TOML of this page."""
    yield bad("no-fence", "3", "front-matter", "no first line of three plus signs", FRONT + BODY)
    yield bad(
        "no-second-fence", "3", "front-matter", "the front matter does not end", "+++\n" + FRONT
    )
    yield bad("same-key-twice", "3", "not-toml", "TOML allows a key once",
              swapped("version = 1\n", "version = 1\nversion = 1\n"))  # fmt: skip
    yield bad("deep", "4", "too-deep", "brackets within brackets",
              swapped("version = 1", "version = " + "[" * 100 + "]" * 100))  # fmt: skip
    yield bad("dotted", "4", "too-deep", "a key of 2,001 names",
              swapped("version = 1", "a" + ".a" * 2000 + " = 1"))  # fmt: skip
    yield bad("unknown-key", "3", "unknown-key", "misspelt",
              swapped('disclosure = "full"', 'disclosur = "full"'))  # fmt: skip
    yield bad("unknown-key-below", "3", "unknown-key", "a minimum without its unit",
              swapped("vertical_ft = 1000", "vertical_ft = 1000\nhorizontal = 5"))  # fmt: skip
    yield bad("format", "6", "unknown-format", "a later format",
              swapped("comity_agreement = 1", "comity_agreement = 2"))  # fmt: skip
    yield bad("no-title", "6", "missing-key", "required",
              swapped('title = "Between neighbours"\n', ""))  # fmt: skip
    yield bad("title-number", "6", "wrong-type", "not a text",
              swapped('title = "Between neighbours"', "title = 7"))  # fmt: skip
    yield bad(
        "version-true", "6", "wrong-type", "true is not 1", swapped("version = 1", "version = true")
    )
    yield bad("amends-nothing", "6", "amends", "a second version names the first",
              swapped("version = 1", "version = 2"))  # fmt: skip


def rejected_parties() -> Iterator[Case]:
    """§3: parties that are not two to sixteen different ones with their own keys."""
    yield bad("one-party", "6", "party-count", "nothing to agree with oneself",
              text(TOP + party(ALFA) + AREA + MINIMA))  # fmt: skip
    yield bad("same-party", "6", "duplicate-party", "the same party twice",
              text(TOP + party(ALFA) + party(ALFA) + AREA + MINIMA))  # fmt: skip
    yield bad("another-key", "6", "party-id", "the id is of another root key",
              swapped(b64(BRAVO.root_public), b64(CHARLIE.root_public)))  # fmt: skip
    yield bad("zero-key", "6", "party-key", "not a point of the prime-order subgroup",
              swapped(b64(BRAVO.root_public), b64(bytes(32))))  # fmt: skip
    yield bad("short-key", "6", "out-of-range", "31 bytes",
              swapped(b64(BRAVO.root_public), b64(BRAVO.root_public[:31])))  # fmt: skip
    yield bad("two-interests", "6", "shape", "everywhere, and somewhere",
              text(TOP + party(ALFA) + party(BRAVO, "interest_everywhere = true\n\n"
                   "[[party.area_of_interest]]\npath_lat_lon_deg = [[45, 5]]\nradius_nm = 20\n")
                   + AREA + MINIMA))  # fmt: skip


def rejected_terms() -> Iterator[Case]:
    """§3: terms out of range, without zone or unit, or against each other."""
    yield bad("naive-time", "6", "naive-time", "no zone",
              swapped("2026-11-22T12:00:00Z", "2026-11-22T12:00:00"))  # fmt: skip
    yield bad("date", "6", "naive-time", "a date is no instant",
              swapped("2026-11-22T12:00:00Z", "2026-11-22"))  # fmt: skip
    yield bad("validity-reversed", "6", "validity-reversed", "ends before it begins",
              swapped("2026-12-22", "2026-10-22"))  # fmt: skip
    yield bad("validity-empty", "6", "validity-reversed", "ends as it begins",
              swapped("2026-12-22", "2026-11-22"))  # fmt: skip
    yield bad("validity-long", "6", "out-of-range", "more than ten years",
              swapped("2026-12-22", "2036-12-22"))  # fmt: skip
    yield bad("nan", "5", "not-finite", "a minimum that is no number",
              swapped("horizontal_nm = 5", "horizontal_nm = nan"))  # fmt: skip
    yield bad("infinite", "5", "not-finite", "a minimum without bound",
              swapped("horizontal_nm = 5", "horizontal_nm = inf"))  # fmt: skip
    yield bad("zero-minimum", "6", "out-of-range", "zero lets everything pass",
              swapped("horizontal_nm = 5", "horizontal_nm = 0"))  # fmt: skip
    yield bad("two-units", "5", "two-units", "stated twice",
              swapped("horizontal_nm = 5", "horizontal_nm = 5\nhorizontal_km = 9.26"))  # fmt: skip
    yield bad("one-minimum", "6", "missing-key", "horizontal without vertical",
              swapped("vertical_ft = 1000\n", ""))  # fmt: skip
    yield bad("guard-band", "6", "guard-band", "less than twice the clock difference",
              swapped("guard_band_s = 10.0", "guard_band_s = 9.999"))  # fmt: skip
    yield bad("private", "6", "disclosure-private", "not in this version",
              swapped('"full"', '"private"'))  # fmt: skip
    yield bad("precedence-twice", "6", "duplicate", "a class ranks once",
              swapped('"state"', '"medical"'))  # fmt: skip
    yield bad("no-area", "6", "missing-key", "nothing is covered", swapped(AREA, ""))
    yield bad("latitude", "7", "shape", "beyond the pole", swapped("[40.0, 0.0]", "[90.1, 0.0]"))
    yield bad("bow-tie", "7", "shape", "a ring that crosses itself",
              swapped("[50.0, 15.0], [50.0, 0.0]", "[50.0, 0.0], [50.0, 15.0]"))  # fmt: skip
    yield bad("unknown-pair", "8", "unknown-class", "a pair of a class not named",
              swapped(MINIMA, MINIMA + '[[separation_pair]]\nclasses = ["a", "b"]\n'
                      "horizontal_m = 1\nvertical_m = 1\n\n"))  # fmt: skip
    yield bad("unknown-datum", "6", "out-of-range", "a height of another datum",
              swapped(MINIMA, MINIMA + '[heights]\nlower_m = 0\nupper_m = 1\ndatum = "NN"\n\n'))  # fmt: skip
    yield bad("heights-reversed", "6", "heights", "the lower is the upper",
              swapped(MINIMA, MINIMA + '[heights]\nlower_m = 2\nupper_m = 1\ndatum = "QNE"\n\n'))  # fmt: skip
    rule = '[[releasability]]\nkinds = ["intent.*"]\n{}legal_basis = "law"\n\n'
    yield bad("no-basis", "6", "unknown-legal-basis", "a release without a legal basis",
              swapped(MINIMA, MINIMA + rule.format("")))  # fmt: skip
    yield bad("unknown-label", "6", "unknown-label", "a label nobody knows",
              swapped(MINIMA, MINIMA + rule.format('labels = ["secret"]\n')))  # fmt: skip

    yield bad("ladder-back", "6", "ladder", "a step before the one above it",
              swapped(MINIMA, MINIMA + step(ALFA, 3) + step(ALFA, 1)))  # fmt: skip
    yield bad("ladder-stranger", "6", "ladder", "steps of no party of the text",
              swapped(MINIMA, MINIMA + step(CHARLIE, 1)))  # fmt: skip
    yield bad("ladder-no-time", "6", "missing-key", "a step that never comes due",
              swapped(MINIMA, MINIMA + step(ALFA, 1).replace("after_min = 1\n", "")))  # fmt: skip
    yield bad("buffer-kind", "6", "unknown-kind", "no kind of what is protected",
              swapped(MINIMA, MINIMA + BUFFERS.replace("hospital", "hospitals")))  # fmt: skip
    yield bad("buffer-zero", "6", "out-of-range", "a buffer of nothing",
              swapped(MINIMA, MINIMA + BUFFERS.replace("default_km = 2", "default_km = 0")))  # fmt: skip
    yield bad("buffer-twice", "6", "duplicate", "one kind, two buffers",
              swapped(MINIMA, MINIMA + BUFFERS + BUFFERS.split("\n\n")[1] + "\n\n"))  # fmt: skip
    yield bad("watch-warning-late", "6", "watch", "a warning that comes before its caution",
              swapped(MINIMA, MINIMA + WATCH.replace("warning_s = 30", "warning_s = 61")))  # fmt: skip
    yield bad("watch-half", "6", "watch", "a warning without a caution",
              swapped(MINIMA, MINIMA + WATCH.replace("caution_min = 1\n", "")))  # fmt: skip
    yield bad("watch-look-ahead", "6", "out-of-range", "further ahead than nets see",
              swapped(MINIMA, MINIMA + WATCH.replace("look_ahead_s = 90", "look_ahead_min = 11")))  # fmt: skip
    yield bad("watch-class-look-ahead", "6", "out-of-range", "a class that looks no time ahead",
              swapped(MINIMA, MINIMA + WATCH.replace("look_ahead_s = 60", "look_ahead_s = 0")))  # fmt: skip
    yield bad("watch-unknown", "3", "unknown-key", "a time of grace nobody knows",
              swapped(MINIMA, MINIMA + WATCH.replace("nonconforming_after", "forgiven_after")))  # fmt: skip
    yield bad("watch-site-kind", "6", "unknown-kind", "no kind of what is protected",
              swapped(MINIMA, MINIMA + WATCH.replace("hospital", "hospitals")))  # fmt: skip
    yield bad("watch-site-twice", "6", "duplicate", "every kind, twice",
              swapped(MINIMA, MINIMA + WATCH + "[[watch_site]]\nbuffer_m = 5\n\n"))  # fmt: skip
    yield bad("watch-site-datum", "6", "missing-key", "a height above nothing",
              swapped(MINIMA, MINIMA + WATCH.replace('datum = "EGM2008"\n', "")))  # fmt: skip
    yield bad("watch-site-empty", "6", "missing-key", "a site's term that says nothing",
              swapped(MINIMA, MINIMA + "[[watch_site]]\n\n"))  # fmt: skip
    yield bad("echelon-stranger", "6", "echelon", "an echelon of no party of the text",
              swapped(MINIMA, MINIMA + echelon(CHARLIE)))  # fmt: skip
    yield bad("echelon-level", "6", "out-of-range", "a level nobody knows",
              swapped(MINIMA, MINIMA + echelon(ALFA, "division")))  # fmt: skip
    yield bad("echelon-no-time", "6", "missing-key", "an echelon that is never late",
              swapped(MINIMA, MINIMA + echelon(ALFA, within="")))  # fmt: skip


def rejected_articles() -> Iterator[Case]:
    """§4: articles that no claim could name."""
    yield bad("no-articles", "9", "language", "no section", text(body=""))
    yield bad("gap", "9", "articles", "article 3 after article 1",
              text(body=BODY.replace("## 2.", "## 3.")))  # fmt: skip
    yield bad("language-missing", "9", "language", "a language without its section",
              text(FRONT.replace('["en"]', '["en", "ru"]')))  # fmt: skip
    yield bad("languages-differ", "9", "articles", "two articles in one language, one in the other",
              text(FRONT.replace('["en"]', '["en", "ru"]'),
                   BODY + "\n" + RUSSIAN.partition("## 2.")[0]))  # fmt: skip
    yield bad("stray-prose", "9", "articles", "prose before the first section",
              text(body="Small print.\n" + BODY))  # fmt: skip
    yield bad("not-authoritative", "9", "language", "the authoritative language is not named",
              text(FRONT.replace('authoritative_language = "en"', 'authoritative_language = "fr"')))  # fmt: skip
