"""Any order of delivery gives the same state: who is in, what was said, which version of a task stands."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement_world import actors

from comity.domain.groups import GroupBook, Standing, Task, heads_of
from comity.domain.records import Draft, open_record

PEOPLE = actors("alder", "birch", "cedar", "dogwood")
KEYS = {each.id: each.node.public_key for each in PEOPLE}
GROUP = f"{PEOPLE[0].id}/00000000000000a1"
OFFICER = "ada"


def opened(envelope):
    return open_record(envelope, lambda party, _key: KEYS.get(party))


def history(rng, length):
    """Records that four parties might have signed, sensible or not, naming each other's."""
    people = actors("alder", "birch", "cedar", "dogwood")
    owner, *others = people
    made = []

    def say(who, kind, body, *to):
        recipients = tuple(sorted(to)) or tuple(sorted(e.id for e in people if e is not who))
        record = who.say(Draft(kind, recipients, body, OFFICER))
        made.append(record)
        return record

    creation = say(
        owner,
        "group.creation",
        {
            "group": GROUP,
            "labels": [],
            "legal_basis": "an article",
            "members": [others[0].id],
            "name": "Night flights",
            "terms": "as agreed",
            "type": "technical",
        },
        others[0].id,
    )
    admissions = [(creation.digest, owner.id), (creation.digest, others[0].id)]
    tasks = []
    for number in range(length):
        who = rng.choice(people)
        digest, party = rng.choice(admissions)
        about = {"group": GROUP, "admission": digest}
        kind = rng.choice(
            ["acceptance", "acceptance", "refusal", "departure", "removal", "consent", "opening",
             "invitation", "invitation", "post", "task", "effect", "members"]
        )  # fmt: skip
        if kind == "acceptance":
            owner_of = next(each for each in people if each.id == party)
            say(owner_of, "group.acceptance", about)
        elif kind in ("refusal", "departure"):
            say(who, f"group.{kind}", {**about, "reason": "so"})
        elif kind in ("removal", "consent", "opening", "effect") and party != who.id:
            more = {
                "removal": {"reason": "so"},
                "consent": {"consent": rng.choice(["yes", "no"])},
                "opening": {},
                "effect": {"because": made[-1].digest},
            }[kind]
            say(who, f"group.{kind}", {**about, "party": party, **more})
        elif kind == "invitation":
            guest = rng.choice(people)
            if guest is who:
                continue
            body = {
                "creation": creation.envelope_bytes.decode(),
                "group": GROUP,
                "members": [{"admission": creation.digest, "party": who.id}],
                "party": guest.id,
                "words": "",
            }
            admissions.append((say(who, "group.invitation", body).digest, guest.id))
        elif kind == "members":
            passed = [r for r in made if r.kind in ("group.acceptance", "group.invitation")]
            rows = [{"envelope": r.envelope_bytes.decode()} for r in passed[-3:] or [creation]]
            to = next(each.id for each in people if each is not who)
            say(who, "group.members", {"group": GROUP, "party": to, "records": rows}, to)
        elif kind == "post":
            body = {"language": "en", "matter": f"{who.id}/{number:016x}", "subject": None}
            say(who, "group.post", {**about, **body, "text": "words"})
        elif kind == "task":
            replaces = sorted(rng.sample(tasks, min(len(tasks), rng.randrange(3))))
            body = {
                "due": "2026-12-24T12:00:00.000Z",
                "owner": party,
                "person": None,
                "replaces": replaces,
                "state": rng.choice(["open", "done"]),
                "task": f"{who.id}/{1:016x}",
                "title": "Write it down",
            }
            tasks.append(say(who, "group.task", {**about, **body}).digest)
    return made


def book_of(records):
    book = GroupBook(PEOPLE[0].id, opened)
    for record in records:
        book.apply(record)
    return book


def state(book):
    """Everything that a book shows of the group."""
    group = book.groups()[GROUP]
    membership = group.membership
    ids = [each.id for each in PEOPLE]
    tasks = {}
    for said in group.said.values():
        if isinstance(said.body, Task):
            tasks.setdefault(said.body.task, []).append(said)
    return {
        "standing": dict(membership.standing),
        "ended": dict(membership.ended_by),
        "consents": {k: dict(v) for k, v in membership.consents.items()},
        "effects": {k: dict(v) for k, v in membership.effects.items()},
        "shares": {(m, r): membership.shares(m, r) for m in ids for r in ids},
        "opened": {(m, e): membership.opened_to(m, e) for m in ids for e in membership.standing},
        "unmatched": membership.unmatched,
        "said": sorted(group.said),
        "heads": {task: [e.record.digest for e in heads_of(each)] for task, each in tasks.items()},
    }


@pytest.mark.requirement("GROUP-003")
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(1, 30))
def test_any_order_of_delivery_gives_the_same_state(seed, length):
    rng = random.Random(seed)
    made = history(rng, length)
    straight = state(book_of(made))
    for _ in range(3):
        shuffled = made + rng.sample(made, len(made) // 2)
        rng.shuffle(shuffled)
        book = book_of(shuffled)
        assert state(book) == straight


@pytest.mark.requirement("GROUP-003")
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(5, 30))
def test_what_has_ended_never_begins_again_by_more_records(seed, length):
    made = history(random.Random(seed), length)
    over: set = set()
    for count in range(1, len(made) + 1):
        standing = book_of(made[:count]).groups()[GROUP].membership.standing
        ended = (Standing.REMOVED, Standing.LEFT, Standing.DECLINED)
        assert all(standing[each] in ended for each in over)
        over |= {each for each, how in standing.items() if how in ended}
