"""The vectors of docs/spec/group.md: bodies of its records, and who is in by a set of them.

Who is in is written by hand in each case, from §4 of the page. Nothing here imports comity.
"""

import copy
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import rfc8785
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party, b64

__all__ = ["cases", "known_keys"]

GROUP = f"{ALFA.id}/00000000000000a1"
CREATION: Fields = {
    "group": GROUP,
    "labels": ["tlp:amber"],
    "legal_basis": "Article 3",
    "members": [BRAVO.id],
    "name": "Night flights",
    "terms": "What is said here stays here.",
    "type": "flight-safety",
}
ADMISSION = "a1" * 32
PLAN = b"north of the river\n"
MATERIAL: Fields = {"admission": ADMISSION, "group": GROUP}
POST: Fields = {
    **MATERIAL,
    "language": "en",
    "matter": f"{ALFA.id}/00000000000000b2",
    "subject": "Tonight",
    "text": "We fly at nine.",
}
TASK: Fields = {
    **MATERIAL,
    "due": "2026-12-24T12:00:00.000Z",
    "owner": BRAVO.id,
    "person": None,
    "replaces": [],
    "state": "open",
    "task": f"{ALFA.id}/00000000000000c3",
    "title": "Write it down",
}
DOCUMENT: Fields = {
    **MATERIAL,
    "content_base64": b64(PLAN),
    "matter": None,
    "media_type": "text/plain",
    "name": "plan.txt",
    "sha256": hashlib.sha256(PLAN).hexdigest(),
    "size_bytes": len(PLAN),
}
ABOUT: Fields = {**MATERIAL, "party": BRAVO.id}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from creations()
    yield from invitations()
    yield from answers()
    yield from material()
    yield from passed_on()
    yield from documents()
    yield from sets()


def enveloped(party: Party, kind: str, body: Fields, **more: Any) -> bytes:
    """A record of one party's officer; to bravo, or to alfa where bravo speaks."""
    to = [BRAVO.id] if party is not BRAVO else [ALFA.id]
    fields = {"author": party.id, "kind": kind, "operator": "ada", "body": body, "recipients": to}
    return sealed(payload(**(fields | more)), party)


def good(name: str, rule: str, why: str, kind: str, body: Fields, **more: Any) -> Case:
    """A record of alfa's that is taken in."""
    return Case(name, rule, why, {"envelope.json": enveloped(ALFA, kind, body, **more)})


def bad(name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **more: Any) -> Case:
    """A record of alfa's that opens, and is refused for what it says."""
    envelope = enveloped(ALFA, kind, body, **more)
    return Case(f"{name}_reject", rule, why, {"envelope.json": envelope}, reason)


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with members changed, or left out where the value is `...`."""
    fresh = copy.deepcopy(body) | changes
    return {name: value for name, value in fresh.items() if value is not ...}


def creations() -> Iterator[Case]:
    """Groups made."""
    kind, form = "group.creation", "field-form"
    yield good("creation", "G2", "the example of the page", kind, CREATION)
    yield good("creation-free", "G2", "no labels", kind, changed(CREATION, type="free", labels=[]))
    for field in CREATION:
        body = changed(CREATION, **{field: ...})
        yield bad(f"creation-no-{field}", "G2", "missing-field", f"no {field}", kind, body)
    of_bravo = changed(CREATION, group=f"{BRAVO.id}/00000000000000a1")
    yield bad("creation-not-own", "G3", "group-owner", "bravo's id", kind, of_bravo)
    more = {"recipients": sorted([BRAVO.id, CHARLIE.id])}
    yield bad("creation-more", "G4", "group-recipients", "charlie too", kind, CREATION, **more)
    for name, changes in {
        "type": {"type": "military"},
        "id": {"group": "night"},
        "name": {"name": "x" * 121},
        "blank": {"name": "  "},
        "bidi": {"terms": "stay\u202eyats"},
        "label": {"labels": ["not-releasable"]},
        "labels": {"labels": ["tlp:green", "tlp:amber"]},
        "member": {"members": ["bravo"]},
    }.items():
        yield bad(f"creation-{name}", "G2", form, f"bad {name}", kind, changed(CREATION, **changes))
    nobody = changed(CREATION, members=[])
    yield bad("creation-nobody", "G2", "field-limit", "no members", kind, nobody, recipients=[])
    why = "a person creates a group"
    yield bad("creation-node", "G1", "person-required", why, kind, CREATION, operator="node")
    yield bad("creation-v2", "G2", "field-limit", "version 2", kind, CREATION, kind_version=2)


def invitation(**changes: Any) -> Fields:
    """Alfa asks charlie in."""
    creation = enveloped(ALFA, "group.creation", CREATION)
    body: Fields = {
        "creation": creation.decode(),
        "group": GROUP,
        "members": [{"admission": ADMISSION, "party": ALFA.id}],
        "party": CHARLIE.id,
        "words": "",
    }
    return changed(body, **changes)


def invitations() -> Iterator[Case]:
    """Parties asked in."""
    kind = "group.invitation"
    to = {"recipients": sorted([BRAVO.id, CHARLIE.id])}
    yield good("invitation", "G6", "charlie is asked in", kind, invitation(), **to)
    contradiction = "group-contradiction"
    own = invitation(party=ALFA.id)
    yield bad("invitation-own", "G5", contradiction, "oneself", kind, own, **to)
    rows = [{"admission": ADMISSION, "party": each.id} for each in (ALFA, CHARLIE)]
    listed = invitation(members=rows)
    yield bad("invitation-member", "G5", contradiction, "listed as a member", kind, listed, **to)
    without = invitation(members=[{"admission": ADMISSION, "party": BRAVO.id}])
    yield bad("invitation-stranger", "G5", contradiction, "alfa not listed", kind, without, **to)
    yield bad("invitation-not-told", "G4", "group-recipients", "not to charlie", kind, invitation())
    twice = invitation(members=[rows[0], rows[0]])
    yield bad("invitation-twice", "G2", "field-form", "a row twice", kind, twice, **to)
    none = invitation(members=[])
    yield bad("invitation-empty", "G2", "field-limit", "no members", kind, none, **to)
    inside = enveloped(ALFA, "group.post", POST).decode()
    yield bad(
        "invitation-inside", "G6", "group-inside", "a post", kind, invitation(creation=inside), **to
    )
    other = changed(CREATION, group=f"{ALFA.id}/00000000000000ff")
    other_text = enveloped(ALFA, "group.creation", other).decode()
    of_other = invitation(creation=other_text)
    yield bad("invitation-other", "G6", "group-inside", "another group", kind, of_other, **to)
    forged = json.loads(enveloped(ALFA, "group.creation", CREATION))
    forged["signatures"][0]["sig"] = b64(b"\x01" * 64)
    bent = invitation(creation=rfc8785.dumps(forged).decode())
    yield bad("invitation-forged", "G6", "bad-signature", "not alfa's", kind, bent, **to)
    large = invitation(creation="x" * (24 * 1024 + 1))
    yield bad("invitation-large", "G6", "field-limit", "24 KiB and one", kind, large, **to)


def answers() -> Iterator[Case]:
    """What is said about an admission."""
    for word in ("acceptance", "refusal", "departure"):
        body = MATERIAL if word == "acceptance" else {**MATERIAL, "reason": ""}
        kind = f"group.{word}"
        yield good(word, "G2", "about one's own", kind, body)
        bent = changed(body, admission="A1" * 32)
        yield bad(f"{word}-form", "G2", "field-form", "capitals", kind, bent)
        yield bad(
            f"{word}-node", "G1", "person-required", "a person's act", kind, body, operator="node"
        )
    more: dict[str, Fields] = {
        "removal": {"reason": "left the area"},
        "consent": {"consent": "no"},
        "opening": {},
    }
    for word, fields in more.items():
        kind = f"group.{word}"
        yield good(word, "G2", "about another", kind, {**ABOUT, **fields})
        own = {**ABOUT, **fields, "party": ALFA.id}
        yield bad(f"{word}-own", "G5", "group-contradiction", "about oneself", kind, own)
    blank = {**ABOUT, "reason": " "}
    yield bad("removal-blank", "G2", "field-form", "without a reason", "group.removal", blank)
    of_charlie = {**ABOUT, "party": CHARLIE.id, "reason": "so"}
    why = "not to charlie"
    yield bad("removal-not-told", "G4", "group-recipients", why, "group.removal", of_charlie)
    perhaps = {**ABOUT, "consent": "perhaps"}
    yield bad("consent-word", "G2", "field-form", "neither", "group.consent", perhaps)
    effect = {**ABOUT, "because": "b2" * 32}
    yield good("effect", "G13", "by the node", "group.effect", effect, operator="node")
    away = {**effect, "party": CHARLIE.id}
    yield bad("effect-not-told", "G4", "group-recipients", why, "group.effect", away)


def material() -> Iterator[Case]:
    """Posts, tasks and what is handed on."""
    yield good("post", "G2", "opens a matter", "group.post", POST)
    yield good("post-goes-on", "G2", "no subject", "group.post", changed(POST, subject=None))
    arabic = changed(POST, text="الرحلة في التاسعة", language="ar")
    yield good("post-arabic", "G2", "another script", "group.post", arabic)
    for name, changes in {
        "bidi": {"text": "fly\u202eylf"},
        "zero-width": {"text": "fly\u200bat nine"},
        "lines": {"text": "one\ntwo"},
        "long": {"text": "x" * 2001},
        "language": {"language": "English"},
        "matter": {"matter": "tonight"},
    }.items():
        body = changed(POST, **changes)
        yield bad(f"post-{name}", "G2", "field-form", f"bad {name}", "group.post", body)
    yield bad(
        "post-node", "G1", "person-required", "a person speaks", "group.post", POST, operator="node"
    )
    yield good("task", "G2", "a new task", "group.task", TASK)
    of_bravo = changed(TASK, task=f"{BRAVO.id}/00000000000000c3", replaces=["c3" * 32])
    yield good("task-next", "G14", "a version of bravo's", "group.task", of_bravo)
    new = changed(of_bravo, replaces=[])
    yield bad("task-not-own", "G3", "group-owner", "new, and bravo's id", "group.task", new)
    many = changed(TASK, replaces=[f"{n:064x}" for n in range(17)])
    yield bad("task-replaces", "G2", "field-limit", "17 rivals", "group.task", many)
    late = changed(TASK, due="2026-12-24")
    yield bad("task-due", "G2", "field-form", "a day", "group.task", late)
    handed: Fields = {
        **MATERIAL,
        "envelope": enveloped(ALFA, "group.post", POST).decode(),
        "joined": "d4" * 32,
        "party": BRAVO.id,
    }
    kind, inside = "group.earlier", "group-inside"
    yield good("earlier", "G12", "an own post", kind, handed, operator="node")
    theirs = changed(handed, envelope=enveloped(BRAVO, "group.post", POST).decode())
    yield bad("earlier-not-own", "G6", inside, "of bravo", kind, theirs, operator="node")
    act = changed(handed, envelope=enveloped(ALFA, "group.creation", CREATION).decode())
    yield bad("earlier-act", "G6", inside, "no material", kind, act, operator="node")
    both = {"recipients": sorted([BRAVO.id, CHARLIE.id]), "operator": "node"}
    yield bad("earlier-more", "G4", "group-recipients", "charlie too", kind, handed, **both)


def passed_on() -> Iterator[Case]:
    """What a member passes on to another."""
    kind, inside = "group.members", "group-inside"
    acceptance = enveloped(BRAVO, "group.acceptance", MATERIAL)
    creation = enveloped(ALFA, "group.creation", CREATION)
    rows = [{"envelope": each.decode()} for each in (acceptance, creation)]
    told: Fields = {"group": GROUP, "party": BRAVO.id, "records": rows}
    node = {"operator": "node"}
    yield good("members", "G15", "an acceptance and the creation", kind, told, **node)
    strange = json.loads(acceptance)
    strange["signatures"][0]["keyid"] = "ed25519:" + "00" * 32
    unknown = changed(told, records=[{"envelope": rfc8785.dumps(strange).decode()}])
    yield good("members-unknown", "G15", "by a key not known: left out", kind, unknown, **node)
    bent = json.loads(acceptance)
    bent["signatures"][0]["sig"] = b64(b"\x01" * 64)
    forged = changed(told, records=[{"envelope": rfc8785.dumps(bent).decode()}])
    yield bad("members-forged", "G6", "bad-signature", "not bravo's", kind, forged, **node)
    refusal = enveloped(BRAVO, "group.refusal", {**MATERIAL, "reason": "so"}).decode()
    act = changed(told, records=[{"envelope": refusal}])
    yield bad("members-refusal", "G6", inside, "an act not passed on", kind, act, **node)
    said = changed(told, records=[{"envelope": enveloped(ALFA, "group.post", POST).decode()}])
    yield bad("members-post", "G6", inside, "material", kind, said, **node)
    nothing = changed(told, records=[])
    yield bad("members-none", "G2", "field-limit", "nothing", kind, nothing, **node)
    more = {"recipients": sorted([BRAVO.id, CHARLIE.id]), **node}
    yield bad("members-more", "G4", "group-recipients", "charlie too", kind, told, **more)


def documents() -> Iterator[Case]:
    """Documents are what their bytes are."""
    kind, code = "group.document", "group-document"
    yield good("document-text", "G7", "plain text", kind, DOCUMENT)
    yield good(
        "document-pdf", "G7", "PDF", kind, filed("rules.pdf", "application/pdf", b"%PDF-1.7 ")
    )
    png = b"\x89PNG\r\n\x1a\n" + bytes(16)
    yield good("document-png", "G7", "PNG", kind, filed("map.png", "image/png", png))
    geo = b'{"type":"FeatureCollection","features":[]}'
    yield good("document-json", "G7", "JSON", kind, filed("area.geojson", "application/json", geo))
    for name, body in {
        "empty": filed("none.txt", "text/plain", b""),
        "lies": filed("plan.txt", "application/pdf", PLAN),
        "ending": filed("plan.pdf", "text/plain", PLAN),
        "program": filed("plan.txt", "text/plain", b"MZ\x90\x00\x03"),
        "page": filed("plan.txt", "text/plain", b"<!DOCTYPE html><script>alert(1)</script>"),
        "drawing": filed("map.txt", "text/plain", b" \n<svg onload='x()'>"),
        "pdf-script": filed("a.pdf", "application/pdf", b"%PDF-1.7 <</S/JavaScript/JS(x)>>"),
        "pdf-launch": filed("a.pdf", "application/pdf", b"%PDF-1.7 <</S /Launch>>"),
        "path": filed("../plan.txt", "text/plain", PLAN),
        "hidden": filed(".plan.txt", "text/plain", PLAN),
        "turned": filed("plan\u202etxt.exe", "text/plain", PLAN),
        "size": changed(DOCUMENT, size_bytes=1),
        "digest": changed(DOCUMENT, sha256="ee" * 32),
        "base64": changed(DOCUMENT, content_base64=b64(PLAN) + "\n"),
    }.items():
        yield bad(f"document-{name}", "G7", code, f"document {name}", kind, body)


def filed(name: str, media_type: str, content: bytes) -> Fields:
    """A document's body."""
    return changed(
        DOCUMENT,
        name=name,
        media_type=media_type,
        content_base64=b64(content),
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
    )


class Story:
    """Records of three parties, written down with their digests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.digests: list[str] = []
        self.creation = self.say(ALFA, "creation", CREATION, BRAVO)
        self.envelope = self.files["00.json"].decode()

    def say(self, party: Party, word: str, body: Fields, *to: Party) -> str:
        """One record; gives its digest."""
        others = to or tuple(e for e in (ALFA, BRAVO, CHARLIE) if e is not party)
        recipients = sorted(each.id for each in others)
        fields = payload(
            author=party.id,
            kind=f"group.{word}",
            operator="ada",
            body=body,
            recipients=recipients,
            made_at=f"2026-11-22T17:30:{len(self.digests):02d}.000Z",
        )
        self.files[f"{len(self.digests):02d}.json"] = sealed(fields, party)
        self.digests.append(
            hashlib.sha256(b"comity-record-v1\x00" + rfc8785.dumps(fields)).hexdigest()
        )
        return self.digests[-1]

    def invite(self, by: Party, guest: Party, *members: tuple[str, Party]) -> str:
        """One party asks another in."""
        rows = [{"admission": digest, "party": each.id} for digest, each in members]
        rows.sort(key=lambda row: (row["party"], row["admission"]))
        body: Fields = {
            "creation": self.envelope,
            "group": GROUP,
            "members": rows,
            "party": guest.id,
            "words": "",
        }
        return self.say(by, "invitation", body)

    def about(
        self, party: Party, word: str, admission: str, of: Party | None = None, **more: Any
    ) -> str:
        """One act about an admission."""
        body: Fields = {"admission": admission, "group": GROUP, **more}
        if of is not None:
            body["party"] = of.id
        return self.say(party, word, body)

    def case(self, name: str, rule: str, why: str, standing: Fields, shares: list[str]) -> Case:
        """The set, and what it means: `shares` holds `author>reader`."""
        values: Fields = {"shares": sorted(shares), "standing": standing}
        return Case(f"set-{name}", rule, why, dict(self.files), values=values)


def sets() -> Iterator[Case]:
    """Who is in, by sets of records (§4 and §5)."""
    a, b, c = ALFA, BRAVO, CHARLIE
    story = Story()
    alone: Fields = {a.id: "member", b.id: "invited"}
    yield story.case("created", "G8", "bravo has not answered", alone, [])
    story.about(b, "acceptance", story.creation)
    two = {a.id: "member", b.id: "member"}
    both = ["alfa>bravo", "bravo>alfa"]
    yield story.case("accepted", "G8", "bravo is in", two, both)
    guest = story.invite(b, c, (story.creation, a), (story.creation, b))
    yield story.case("invited", "G8", "charlie is asked", two | {c.id: "invited"}, both)
    story.about(c, "acceptance", guest)
    three = two | {c.id: "member"}
    pairs = [*both, "bravo>charlie", "charlie>alfa", "charlie>bravo"]
    yield story.case("one-agreed", "G9", "alfa has not agreed to charlie", three, pairs)
    story.about(a, "consent", guest, c, consent="yes")
    everybody = [*pairs, "alfa>charlie"]
    yield story.case("all-agreed", "G9", "alfa has agreed", three, everybody)
    story.about(a, "consent", guest, c, consent="no")
    yield story.case("no-beside-yes", "G9", "a no beside a yes is a no", three, pairs)
    story.about(b, "removal", guest, c, reason="for myself")
    fewer = [each for each in pairs if each != "bravo>charlie"]
    yield story.case("barred", "G9", "bravo for itself alone", three, fewer)
    story.about(a, "removal", story.creation, b, reason="a quarrel")
    out = three | {b.id: "removed"}
    yield story.case("removed", "G8", "b's invitation of c stands", out, ["charlie>alfa"])
    story.about(b, "acceptance", story.creation)
    yield story.case("accepted-again", "G8", "what is over stays over", out, ["charlie>alfa"])
    unknown = Story()
    lost = unknown.invite(c, b, (unknown.creation, c))
    unknown.about(b, "acceptance", lost)
    yield unknown.case(
        "no-right", "G8", "charlie was never in", {a.id: "member", b.id: "invited"}, []
    )
