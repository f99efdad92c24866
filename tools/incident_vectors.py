"""The vectors of docs/spec/incident.md: bodies of its records, and what follows from rows of them.

States, counts and refusals are written by hand in each case, from the page. Nothing here imports comity.
"""

import copy
import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

import rfc8785
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, Case, Fields, Party, b64

__all__ = ["cases", "known_keys"]

INCIDENT, OTHER = f"{ALFA.id}/00000000000000a1", f"{BRAVO.id}/00000000000000b1"
CLAIM, TASK_ID = f"{ALFA.id}/00000000000000c1", f"{ALFA.id}/00000000000000d1"
THEIR_CLAIM = f"{BRAVO.id}/00000000000000c2"
SHA = "a1" * 32
BEGINS: Fields = {
    "at": "2026-11-24T07:24:05.000Z",
    "stated": "2026-11-24T09:24:05+02:00",
    "zone": "Europe/Helsinki",
}
OPENING: Fields = {
    "because": {"record": None, "source": "person"},
    "begins": BEGINS,
    "ends": None,
    "incident": INCIDENT,
    "kind": "border-violation",
    "title": "Crossing at the river",
    "words": "",
}
LINK_ROW: Fields = {"digest": SHA, "part": None, "what": "intent", "words": ""}
LINK: Fields = {"incident": INCIDENT, "links": [LINK_ROW]}
UNLINK: Fields = {
    "digest": SHA,
    "incident": INCIDENT,
    "part": None,
    "reason": "another flight",
    "what": "intent",
}
TASK: Fields = {
    "due": "2026-11-25T12:00:00.000Z",
    "incident": INCIDENT,
    "owner": "ada",
    "party": ALFA.id,
    "state": "open",
    "task": TASK_ID,
    "title": "Ask the radar station for its recording",
    "version": 1,
    "words": "",
}
PLAN = b"north of the river\n"
FILE: Fields = {
    "content_base64": b64(PLAN),
    "description": "",
    "incident": INCIDENT,
    "media_type": "text/plain",
    "name": "plan.txt",
    "obtained_at": None,
    "origin": "Aurelia",
    "sha256": hashlib.sha256(PLAN).hexdigest(),
    "size_bytes": len(PLAN),
}
NAMED: Fields = {**FILE, "content_base64": None, "media_type": None}
DOCUMENT: Fields = {
    "claimant": "Aurelia",
    "format": "comity-claim/1",
    "sources": [
        {"kind": "own", "name": "letter", "origin": "Aurelia", "reference": "an invented letter"}
    ],
    "statements": [
        {
            "kind": "border-violation",
            "name": "crossing",
            "says": "yes",
            "sources": ["letter"],
            "topic": "border-crossed",
            "words": "It crossed.",
        }
    ],
    "title": "An invented crossing",
}
VERSION: Fields = {
    "claim": CLAIM,
    "document": DOCUMENT,
    "incident": INCIDENT,
    "published_as": None,
    "standing": "own",
    "version": 1,
}
WITHDRAWAL: Fields = {"claim": CLAIM, "reason": "The letter was misread."}
GRADE: Fields = {
    "at_hand": [],
    "by_rule": {"grade": "weak", "reasons": ["words only: no material"], "rule": "G9"},
    "claim": CLAIM,
    "document": hashlib.sha256(rfc8785.dumps(DOCUMENT)).hexdigest(),
    "grade": "weak",
    "incident": INCIDENT,
    "replaces": None,
    "statement": "crossing",
    "version": 1,
    "words": "",
}
TELLING: Fields = {
    "begins": BEGINS,
    "beside": None,
    "ends": None,
    "group": None,
    "incident": INCIDENT,
    "kind": "border-violation",
    "links": [],
    "state": "open",
    "title": "Crossing at the river",
    "version": 1,
    "withheld": [{"count": 1, "reason": "this party's own work", "what": "task"}],
    "words": "We look into it.",
}
SHARED = {"incident.telling", "claim.version", "claim.withdrawal"}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from openings()
    yield from links()
    yield from tasks()
    yield from states()
    yield from files()
    yield from claims()
    yield from grades()
    yield from tellings()


class Story:
    """Rows of records by one party's officers, each with its place in its audience."""

    def __init__(self, reader: str = "alfa") -> None:
        self.reader = reader
        self.rows: list[bytes] = []
        self._places: dict[tuple[str, tuple[str, ...]], tuple[int, str | None]] = {}

    def said(self, kind: str, body: Fields, party: Party = ALFA, **more: Any) -> str:
        """Add a record; gives its digest."""
        to = more.pop("recipients", None)
        if to is None:
            to = [] if party is ALFA else [ALFA.id]
        audience = (party.id, tuple(to))
        sequence, previous = self._places.get(audience, (0, None))
        fields = {
            **payload(author=party.id, kind=kind, body=body, recipients=to, **{"operator": "ada", **more}),
            "sequence": sequence,
            "previous": previous,
        }  # fmt: skip
        content = rfc8785.dumps(fields)
        digest = hashlib.sha256(b"comity-record-v1\x00" + content).hexdigest()
        self._places[audience] = sequence + 1, digest
        self.rows.append(sealed(fields, party))
        return digest

    def case(
        self, name: str, rule: str, why: str, reason: str | None = None, **values: Any
    ) -> Case:
        """All but the last row are taken; what becomes of the last is the case."""
        files = {f"before-{n:02}.json": row for n, row in enumerate(self.rows[:-1], start=1)}
        files["envelope.json"] = self.rows[-1]
        name = f"{name}_reject" if reason else name
        found = {"reader": self.reader, **values}
        return Case(name, rule, why, files, reason, found)


def begun(**changes: Any) -> Story:
    """Alfa has opened an incident."""
    story = Story()
    story.said("incident.opening", changed(OPENING, **changes))
    return story


def good(name: str, rule: str, why: str, kind: str, body: Fields, **more: Any) -> Case:
    """After an opening, a record that is taken."""
    story = begun()
    story.said(kind, body, **more)
    return story.case(name, rule, why)


def bad(name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **more: Any) -> Case:
    """After an opening, a record that is refused."""
    story = begun()
    story.said(kind, body, **more)
    return story.case(name, rule, why, reason)


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with members changed, or left out where the value is `...`."""
    fresh = copy.deepcopy(body) | changes
    return {name: value for name, value in fresh.items() if value is not ...}


def first(
    name: str, rule: str, why: str, body: Fields, reason: str | None = None, **more: Any
) -> Case:
    """An opening by itself."""
    story = Story()
    story.said("incident.opening", body, **more)
    return story.case(name, rule, why, reason)


def openings() -> Iterator[Case]:
    """Incidents opened."""
    yield first("opening", "I2", "the example of the page", OPENING)
    yield first("opening-no-time", "I4", "when is not known", changed(OPENING, begins=None))
    by_alert = {"record": SHA, "source": "alert"}
    yield first("opening-alert", "I5", "by an alert", changed(OPENING, because=by_alert))
    for field in OPENING:
        body = changed(OPENING, **{field: ...})
        yield first(f"opening-no-{field}", "I2", f"no {field}", body, "missing-field")
    yield first(
        "opening-node", "I1", "a person opens it", OPENING, "person-required", operator="node"
    )
    theirs = changed(OPENING, incident=OTHER)
    yield first("opening-not-own", "I3", "bravo's id", theirs, "incident-owner")
    form = "field-form"
    for name, changes in {
        "kind": {"kind": "provocation"},
        "title": {"title": " "},
        "bidi": {"title": "left\u202ethgir"},
        "markup-hidden": {"words": "a\u200bb"},
        "id": {"incident": "night"},
        "begins": {"begins": "2026-11-24T07:24:05.000Z"},
        "naive": {"begins": {**BEGINS, "at": "2026-11-24T07:24:05"}},
        "no-zone": {"begins": {**BEGINS, "zone": ""}},
        "because-word": {"because": {"record": None, "source": "rumour"}},
    }.items():
        yield first(f"opening-{name}", "I2", f"bad {name}", changed(OPENING, **changes), form)
    time = "incident-time"
    for name, begins in {
        "other-instant": {**BEGINS, "stated": "2026-11-24T09:24:05+03:00"},
        "stated-naive": {**BEGINS, "stated": "2026-11-24T09:24:05"},
        "impossible": {**BEGINS, "stated": "2026-02-30T09:24:05+02:00"},
    }.items():
        yield first(f"opening-{name}", "I4", name, changed(OPENING, begins=begins), time)
    ends = {**BEGINS, "at": "2026-11-24T07:24:04.000Z", "stated": "2026-11-24T09:24:04+02:00"}
    yield first("opening-backwards", "I4", "it ends first", changed(OPENING, ends=ends), time)
    alone = changed(OPENING, begins=None, ends=BEGINS)
    yield first("opening-end-alone", "I4", "an end without a beginning", alone, time)
    because = "incident-because"
    for name, source in {
        "alert-bare": {"record": None, "source": "alert"},
        "person-record": {"record": SHA, "source": "person"},
    }.items():
        body = changed(OPENING, because=source)
        yield first(f"opening-{name}", "I5", name, body, because)
    story = begun()
    story.said("incident.opening", OPENING)
    yield story.case("opening-twice", "I14", "opened before", "incident-version")


def links() -> Iterator[Case]:
    """Links, and links taken away."""
    kind = "incident.link"
    yield good("link", "I6", "an intent", kind, LINK)
    clause = [{**LINK_ROW, "what": "agreement", "part": part} for part in ("§2", "§3")]
    yield good(
        "link-clauses", "I6", "two clauses of one agreement", kind, changed(LINK, links=clause)
    )
    alike = changed(LINK, links=[LINK_ROW, {**LINK_ROW, "words": "again"}])
    yield bad("link-alike", "I6", "incident-link", "two rows alike", kind, alike)
    none = changed(LINK, links=[])
    yield bad("link-none", "I2", "field-limit", "no row", kind, none)
    short = changed(LINK, links=[{**LINK_ROW, "digest": "a1"}])
    yield bad("link-digest", "I2", "field-form", "no digest", kind, short)
    what = changed(LINK, links=[{**LINK_ROW, "what": "target"}])
    yield bad("link-what", "I2", "field-form", "no such thing", kind, what)
    nowhere = changed(LINK, incident=f"{ALFA.id}/00000000000000ff")
    yield bad("link-unknown", "I13", "incident-unknown", "no such incident", kind, nowhere)
    again = begun()
    for _ in range(2):
        again.said(kind, LINK)
    yield again.case("link-again", "I6", "linked already", "incident-link")
    away = begun()
    away.said(kind, LINK)
    away.said("incident.unlink", UNLINK)
    yield away.case("unlink", "I6", "it does not belong")
    away.said(kind, LINK)
    yield away.case("link-back", "I6", "and does again")
    yield bad("unlink-unknown", "I6", "incident-link", "not linked", "incident.unlink", UNLINK)


def tasks() -> Iterator[Case]:
    """Tasks and their versions."""
    kind = "incident.task"
    yield good("task", "I14", "the first version", kind, TASK)
    done = begun()
    done.said(kind, TASK)
    done.said(kind, changed(TASK, version=2, state="done", words="It came."))
    yield done.case("task-done", "I14", "its next version", open_tasks=0)
    yield bad("task-gap", "I14", "incident-version", "no first", kind, changed(TASK, version=2))
    theirs = changed(TASK, task=f"{BRAVO.id}/00000000000000d1")
    yield bad("task-not-own", "I3", "incident-owner", "bravo's id", kind, theirs)
    for name, changes in {
        "due": {"due": "2026-11-25T12:00:00"},
        "owner": {"owner": ""},
        "party": {"party": "alfa"},
        "state": {"state": "overdue"},
    }.items():
        yield bad(f"task-{name}", "I2", "field-form", f"bad {name}", kind, changed(TASK, **changes))


# From the table of the page, and not from the code: what each event makes of each state.
MOVES = {
    ("open", "review"): "under-review", ("under-review", "resume"): "open",
    ("open", "close"): "closed", ("under-review", "close"): "closed",
    ("closed", "reopen"): "open", ("open", "void"): "void", ("under-review", "void"): "void",
}  # fmt: skip
WAYS: dict[str, tuple[str, ...]] = {
    "open": (), "under-review": ("review",), "closed": ("close",), "void": ("void",),
}  # fmt: skip


def moved(events: tuple[str, ...]) -> Story:
    """Alfa has opened an incident and moved it."""
    story = begun()
    for event in events:
        body = {"event": event, "incident": INCIDENT, "reason": "because"}
        story.said("incident.state", body)
    return story


def states() -> Iterator[Case]:
    """Every event in every state."""
    events = ("review", "resume", "close", "reopen", "void")
    for state, event in itertools.product(WAYS, events):
        after = MOVES.get((state, event))
        story = moved((*WAYS[state], event))
        name = f"state-{state}-{event}"
        if after is None:
            yield story.case(name, "I12", f"no {event} of {state}", "incident-state")
        else:
            yield story.case(name, "I12", f"{event} of {state}", state=after)
    body = {"event": "close", "incident": INCIDENT, "reason": "because"}
    busy = begun()
    busy.said("incident.task", TASK)
    busy.said("incident.state", body)
    yield busy.case("close-with-task", "I12", "a task is open", "incident-tasks")
    yield bad(
        "state-mute", "I2", "field-form", "no reason", "incident.state", {**body, "reason": ""}
    )
    for name, kind, said in (
        ("link", "incident.link", LINK),
        ("task", "incident.task", TASK),
        ("file", "incident.file", FILE),
        ("claim", "claim.version", VERSION),
    ):
        shut = moved(("close",))
        shut.said(kind, said)
        yield shut.case(f"closed-{name}", "I13", f"no {name} of a closed one", "incident-closed")
    told = moved(("close",))
    told.said("incident.telling", changed(TELLING, state="closed"), recipients=[BRAVO.id])
    yield told.case("closed-telling", "I13", "that it is closed may be told")


def files() -> Iterator[Case]:
    """Files, with their bytes and without."""
    kind = "incident.file"
    yield good("file", "I7", "a text", kind, FILE)
    yield good("file-named", "I7", "by its digest alone", kind, NAMED)
    later = begun()
    later.said(kind, NAMED)
    later.said(kind, FILE)
    yield later.case("file-bytes-later", "I7", "its bytes come later")
    later.said(kind, FILE)
    yield later.case("file-again", "I7", "filed already", "incident-file")
    page = b"<html><script>alert(1)</script></html>"
    drawing = b'<svg xmlns="x"><script>1</script></svg>'
    for name, content, file_name in (
        ("page", page, "plan.txt"),
        ("drawing", drawing, "plan.txt"),
        ("program", b"MZ\x90\x00\x03", "plan.txt"),
        ("pdf-script", b"%PDF-1.7\n/JavaScript (x)\n%%EOF", "plan.pdf"),
        ("path", PLAN, "../plan.txt"),
        ("lies", PLAN, "plan.pdf"),
    ):
        more = {
            "content_base64": b64(content),
            "name": file_name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_bytes": len(content),
        }
        yield bad(f"file-{name}", "I7", "incident-file", name, kind, changed(FILE, **more))
    other = changed(FILE, sha256=SHA)
    yield bad("file-digest", "I7", "incident-file", "another digest", kind, other)
    size = changed(FILE, size_bytes=3)
    yield bad("file-size", "I7", "incident-file", "another size", kind, size)
    typed = changed(NAMED, media_type="text/plain")
    yield bad("file-type-unseen", "I7", "incident-file", "a type without bytes", kind, typed)


def claims() -> Iterator[Case]:
    """Claims made, amended, made to others, withdrawn."""
    kind = "claim.version"
    yield good("claim", "I9", "made", kind, VERSION)
    published = changed(VERSION, standing="published", published_as="An invented paper, 1 May")
    yield good("claim-published", "I8", "taken in with its source", kind, published)
    bare = changed(VERSION, standing="published")
    yield bad("claim-no-source", "I8", "claim-standing", "no source", kind, bare)
    own = changed(VERSION, published_as="An invented paper")
    yield bad("claim-own-source", "I8", "claim-standing", "own, and published", kind, own)
    amended = changed(VERSION, version=2, document={**DOCUMENT, "title": "Again"})
    story = begun()
    story.said(kind, VERSION)
    story.said(kind, amended)
    yield story.case("claim-amended", "I14", "its next version", claim_version=2)
    story.said(kind, amended, recipients=[BRAVO.id])
    yield story.case("claim-made-to", "I14", "the same version to another", claim_version=2)
    twisted = changed(amended, document={**DOCUMENT, "title": "Else"})
    story.said(kind, twisted, recipients=[BRAVO.id])
    yield story.case("claim-two-tongues", "I14", "it says something else there", "claim-version")
    yield bad("claim-gap", "I14", "incident-version", "no first", kind, changed(VERSION, version=2))
    gone = begun()
    gone.said(kind, VERSION)
    gone.said("claim.withdrawal", WITHDRAWAL)
    yield gone.case("claim-withdrawn", "I14", "taken back", claimed=0)
    gone.said(kind, amended)
    yield gone.case("claim-after-all", "I14", "nothing follows", "claim-withdrawn")
    unknown = "incident-unknown"
    yield bad("withdrawal-unknown", "I14", unknown, "no claim", "claim.withdrawal", WITHDRAWAL)
    statement = DOCUMENT["statements"][0]
    for name, document in {
        "format": {**DOCUMENT, "format": "comity-claim/2"},
        "naive": {
            **DOCUMENT,
            "statements": [{**statement, "starts": {"stated": "2026-11-24T09:24:05"}}],
        },
        "impossible": {
            **DOCUMENT,
            "statements": [{**statement, "starts": {"stated": "2026-02-30T09:24:05Z"}}],
        },
        "misspelt": {**DOCUMENT, "tittle": "x"},
        "bidi": {**DOCUMENT, "title": "left\u202ethgir"},
        "bare-number": {**DOCUMENT, "statements": [{**statement, "length": 5}]},
        "source": {**DOCUMENT, "statements": [{**statement, "sources": ["nobody"]}]},
    }.items():
        body = changed(VERSION, document=document)
        yield bad(f"claim-{name}", "I9", "claim-document", f"bad {name}", kind, body)
    peers = Story()
    theirs = changed(VERSION, claim=THEIR_CLAIM, incident=OTHER)
    first_told = peers.said(kind, changed(theirs, version=3), BRAVO)
    yield peers.case(
        "claim-peers", "I15", "bravo's, of which alfa has no earlier version", claimed=0
    )
    peers.said("incident.opening", OPENING)
    row = {**LINK_ROW, "digest": first_told, "what": "claim"}
    peers.said("incident.link", changed(LINK, links=[row]))
    yield peers.case("claim-joined", "I15", "by a person's hand", claimed=1)
    peers.said(kind, changed(theirs, version=3, document={**DOCUMENT, "title": "Else"}), BRAVO)
    yield peers.case("claim-peers-twisted", "I14", "version 3 says something else", "claim-version")
    not_theirs = Story()
    not_theirs.said(kind, VERSION, BRAVO)
    yield not_theirs.case("claim-not-own", "I3", "alfa's id by bravo", "incident-owner")


def graded(*more: Fields) -> Story:
    """A claim, and grades of it."""
    story = begun()
    story.said("claim.version", VERSION)
    last = None
    for changes in more:
        last = story.said("incident.grade", changed(GRADE, **{"replaces": last, **changes}))
    return story


def graded_with_material(counts: Fields) -> Iterator[Case]:
    """A person's better grade of a statement that offers material: at hand, elsewhere, made up."""
    offered = {"description": "plots", "name": "plots", "origin": "Aurelia", "sha256": SHA}
    [statement] = DOCUMENT["statements"]
    for name, material, at_hand, alone in (
        ("at-hand", offered, [SHA], 0),
        ("not-at-hand", offered, ["a" * 64], 1),
        ("made-up", {**offered, "synthetic": True}, [SHA], 1),
    ):
        said = {**statement, "material": ["plots"]}
        document = {**DOCUMENT, "material": [material], "statements": [said]}
        story = begun()
        story.said("claim.version", {**VERSION, "document": document})
        body = {
            **GRADE,
            "at_hand": at_hand,
            "document": hashlib.sha256(rfc8785.dumps(document)).hexdigest(),
            "grade": "fair",
            "words": "I looked at it.",
        }
        story.said("incident.grade", body)
        yield story.case(f"grade-material-{name}", "I10", name, **counts, by_person_alone=alone)


def grades() -> Iterator[Case]:
    """Grades signed, again, and dissented from."""
    counts = {"claimed": 1, "graded": 1}
    yield graded({}).case("grade", "I16", "as the rule has it", **counts, evidenced=0)
    words = {"grade": "fair", "words": "The letter bears it."}
    yield graded(words).case("grade-otherwise", "I10", "with words", **counts, evidenced=1)
    alone = {**counts, "evidenced": 1}
    yield graded(words).case(
        "grade-by-person-alone", "I10", "on words alone", **alone, by_person_alone=1
    )
    yield from graded_with_material(alone)
    mute = {"grade": "fair"}
    yield graded(mute).case("grade-mute", "I10", "without", "incident-reasoned")
    blank = {"grade": "fair", "words": "  "}
    yield graded(blank).case("grade-blank", "I10", "with blanks", "incident-reasoned")
    yield graded({}, words).case("grade-again", "I16", "the history stays", **counts, evidenced=1)
    for name, changes in {
        "first-replaces": {"replaces": SHA},
    }.items():
        yield graded(changes).case(f"grade-{name}", "I16", name, "incident-regrade")
    yield graded({}, {"replaces": None}).case(
        "grade-beside", "I16", "none replaced", "incident-regrade"
    )
    for name, changes in {
        "version": {"version": 2},
        "document": {"document": SHA},
        "statement": {"statement": "other"},
        "claim": {"claim": f"{ALFA.id}/00000000000000cf"},
    }.items():
        if name == "claim":
            yield graded(changes).case(f"grade-{name}", "I16", name, "incident-claim")
            continue
        yield graded(changes).case(f"grade-{name}", "I16", f"another {name}", "incident-claim")
    gone = graded()
    gone.said("claim.withdrawal", WITHDRAWAL)
    gone.said("incident.grade", GRADE)
    yield gone.case("grade-withdrawn", "I16", "the claim was taken back", "incident-claim")
    for name, changes in {
        "word": {"grade": "true"},
        "rule": {"by_rule": {**GRADE["by_rule"], "rule": "X1"}},
        "order": {"at_hand": ["b" * 64, "a" * 64]},
    }.items():
        yield graded(changes).case(f"grade-{name}", "I2", f"bad {name}", "field-form")
    overtaken = graded({})
    overtaken.said("incident.file", FILE)
    yield overtaken.case("grade-overtaken", "I16", "a file came", **counts, overtaken=1)
    story = begun()
    story.said("claim.version", VERSION)
    digest = story.said("incident.grade", GRADE)
    body = {"grade": digest, "incident": INCIDENT, "words": "It is more.", "would_be": "fair"}
    story.said("incident.dissent", body, operator="ben")
    yield story.case("dissent", "I17", "another person", **counts, evidenced=0, dissented=1)
    story.said("incident.dissent", body, operator="ben")
    yield story.case("dissent-twice", "I17", "once each", "incident-second-person")
    own = begun()
    own.said("claim.version", VERSION)
    digest = own.said("incident.grade", GRADE)
    own.said("incident.dissent", {**body, "grade": digest})
    yield own.case("dissent-own", "I17", "who signed it", "incident-second-person")
    nothing = {**body, "grade": SHA}
    yield bad("dissent-unknown", "I17", "incident-unknown", "no grade", "incident.dissent", nothing)


def tellings() -> Iterator[Case]:
    """What is told, and what is withheld."""
    kind, to = "incident.telling", [BRAVO.id]
    yield good("telling", "I11", "told, and what is not", kind, TELLING, recipients=to)
    why = "it goes to nobody"
    yield bad("telling-nobody", "I11", "incident-recipients", why, kind, TELLING)
    row = {"digest": SHA, "part": None, "what": "intent", "words": ""}
    linked = begun()
    linked.said("incident.link", LINK)
    linked.said(kind, changed(TELLING, links=[row]), recipients=to)
    yield linked.case("telling-link", "I18", "a link of its own")
    strange = changed(TELLING, links=[row])
    yield bad("telling-strange", "I18", "incident-link", "not linked", kind, strange, recipients=to)
    gap = changed(TELLING, version=2)
    yield bad("telling-gap", "I14", "incident-version", "no first", kind, gap, recipients=to)
    withheld = TELLING["withheld"][0]
    for name, rows in {
        "what": [{**withheld, "what": "people"}],
        "reason": [{**withheld, "reason": ""}],
    }.items():
        body = changed(TELLING, withheld=rows)
        yield bad(f"telling-{name}", "I11", "field-form", f"bad {name}", kind, body, recipients=to)
    zero = changed(TELLING, withheld=[{**withheld, "count": 0}])
    yield bad("telling-zero", "I11", "field-limit", "nothing withheld", kind, zero, recipients=to)
    twice = changed(TELLING, withheld=[withheld, withheld])
    yield bad("telling-alike", "I11", "incident-link", "two rows", kind, twice, recipients=to)
    theirs = Story()
    of_bravo = changed(TELLING, incident=OTHER)
    theirs.said(kind, changed(of_bravo, version=2), BRAVO)
    yield theirs.case("telling-peers", "I14", "bravo's, of which alfa was not told the first")
    theirs.said(kind, changed(of_bravo, version=1, title="Else"), BRAVO)
    yield theirs.case("telling-older", "I14", "it goes back", "incident-version")
