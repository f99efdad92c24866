"""Working groups on real nodes: whatever happens, no byte of a group goes to who is no member."""

import hashlib
import os
import random
from dataclasses import replace

import pytest
from tests.simulation.network import NONE, Faults
from tests.simulation.settings import Setting
from tests.simulation.world import OFFICER, World

from comity.application.ports.record_store import LogId
from comity.application.work_in_groups import (
    act_in_group,
    create_group,
    document_of,
    invite_to_group,
    set_task,
)
from comity.domain.groups import (
    MATERIAL_KINDS,
    Consent,
    GroupBook,
    GroupType,
    Membership,
    NewGroup,
    NewTask,
    Standing,
    book,
    standing_of_author,
)
from comity.domain.groups.documents import document
from comity.domain.records import Draft, decode_canonical, unwrap
from comity.kernel.errors import AgreementError, InputError, RecordError, StoreError
from comity.kernel.ids import GroupId

CAMPAIGN = bool(os.environ.get("COMITY_CAMPAIGN"))
BAD_DAY = Faults(loss=0.15, replay=0.1, crash=0.01, partition=0.01, backup=0.0, restore=0.0)
WORSE_DAY = replace(BAD_DAY, backup=0.05, restore=0.01)  # and disks that are lost


def wish(*members, **changes):
    fields = {
        "type": GroupType.FLIGHT_SAFETY,
        "name": "Night flights",
        "terms": "What is said here stays here.",
        "legal_basis": "Article 3 of the agreement",
        "members": members,
    }
    return NewGroup(**(fields | changes))


def create(world, owner, *others):
    members = tuple(each.party.id for each in others)
    record = world.do(owner, lambda n, at: create_group(n, wish(*members), OFFICER, at)).result()
    return GroupId(record.body["group"])


def act(world, place, do):
    return world.do(place, lambda n, at: act_in_group(n, do, OFFICER, at)).result()


def post(world, place, group, text="hello", subject="Night"):
    matter = f"{place.party.id}/{world.rng.randbytes(8).hex()}"
    return act(world, place, lambda d: d.post(group, matter, subject, text, "en"))


def payloads(place, author):
    """What a party holds of an author's log to it, in the order of that log."""
    log = LogId(author, place.party.id)
    return [
        decode_canonical(unwrap(leaf.envelope_bytes).payload_bytes)
        for leaf in place.store.leaves(log)
    ]


def texts(place, author):
    return [p["body"]["text"] for p in payloads(place, author) if p["kind"] == "group.post"]


def standing(place, group, other):
    return place.node.groups.membership(group).standing_of(other.party.id)


@pytest.fixture
def four():
    world = World(seed=11, setting=Setting(nodes=4))
    return world, *world.places.values()


@pytest.mark.requirement("GROUP-001")
def test_an_invited_party_sees_nothing_before_it_accepts(four):
    world, a, b, c, _ = four
    group = create(world, a, b, c)
    world.run(5)
    act(world, b, lambda d: d.accept(group))
    world.run(5)
    post(world, a, group, "for members")
    world.run(5)
    assert texts(b, a.party.id) == ["for members"]
    assert texts(c, a.party.id) == []
    act(world, c, lambda d: d.accept(group))
    world.run(5)
    post(world, a, group, "for all")
    world.run(5)
    assert texts(c, a.party.id) == ["for all"]
    assert [standing(c, group, each) for each in (a, b, c)] == [Standing.MEMBER] * 3


@pytest.mark.requirement("GROUP-004")
@pytest.mark.requirement("GROUP-015")
def test_a_later_party_gets_from_each_member_only_what_that_member_agreed_to_give(four):
    world, a, b, c, _ = four
    group = create(world, a, b)
    world.run(5)
    act(world, b, lambda d: d.accept(group))
    world.run(5)
    post(world, a, group, "before")
    post(world, b, group, "also before")
    c_id = c.party.id
    world.do(b, lambda n, at: invite_to_group(n, group, c_id, "join us", OFFICER, at)).result()
    world.run(5)
    act(world, c, lambda d: d.accept(group))
    world.run(5)
    post(world, a, group, "a has not agreed")
    post(world, b, group, "b has invited")
    world.run(5)
    assert texts(c, a.party.id) == []
    assert texts(c, b.party.id) == ["b has invited"]
    assert a.node.groups.membership(group).waiting_for(c_id) == (a.party.id,)
    owed = {p.party.id: p.node.groups.membership(group).undecided(p.party.id) for p in (a, b, c)}
    assert owed == {a.party.id: (c_id,), b.party.id: (), c_id: ()}
    act(world, a, lambda d: d.consent(group, c_id, Consent.YES))
    world.run(5)
    post(world, a, group, "a has agreed")
    world.run(5)
    assert texts(c, a.party.id) == ["a has agreed"]


@pytest.mark.requirement("GROUP-005")
def test_what_was_before_is_seen_once_every_member_has_agreed_to_that(four):
    world, a, b, c, _ = four
    group = create(world, a, b)
    world.run(5)
    act(world, b, lambda d: d.accept(group))
    world.run(5)
    before = post(world, a, group, "before")
    filed = act(
        world, b, lambda d: d.file(group, document("plan.txt", b"north of the river\n"), None)
    )
    c_id = c.party.id
    world.do(a, lambda n, at: invite_to_group(n, group, c_id, "", OFFICER, at)).result()
    world.run(5)
    act(world, c, lambda d: d.accept(group))
    act(world, b, lambda d: d.consent(group, c_id, Consent.YES))
    world.run(5)
    act(world, a, lambda d: d.open_earlier(group, c_id))
    world.run(5)
    assert set(c.node.groups.get(group).said) == set()
    act(world, b, lambda d: d.open_earlier(group, c_id))
    world.run(10)
    said = c.node.groups.get(group).said
    assert set(said) == {before.digest, filed.digest}
    assert all(each.earlier for each in said.values())
    for digest, owner in ((before.digest, a), (filed.digest, b)):
        carried = decode_canonical(unwrap(c.store.read(said[digest].carrier)).payload_bytes)
        assert carried["body"]["envelope"].encode() == owner.store.read(digest)
    content = document_of(c.node, group, filed.digest).content
    assert content == b"north of the river\n"


@pytest.mark.requirement("GROUP-006")
def test_a_removal_takes_effect_at_a_place_in_each_pair_log_and_can_be_proved(four):
    world, a, b, c, _ = four
    group = create(world, a, b, c)
    world.run(5)
    for each in (b, c):
        act(world, each, lambda d: d.accept(group))
    world.run(5)
    c_id = c.party.id
    removal = act(world, a, lambda d: d.remove(group, c_id, "left the area"))
    world.run(10)
    membership = b.node.groups.membership(group)
    [admission] = membership.of(c_id)
    assert membership.standing[admission] is Standing.REMOVED
    effect = membership.effects[admission][b.party.id]
    post(world, b, group, "after")
    post(world, a, group, "after")
    world.run(5)
    for author, at in ((a, removal.digest), (b, effect)):
        kinds = [p["kind"] for p in payloads(c, author.party.id)]
        [place] = [d.index for d in author.node.deliveries(at) if d.reader == c_id]
        assert kinds[place] in ("group.removal", "group.effect")
        assert not set(kinds[place + 1 :]) & MATERIAL_KINDS
        assert all(d.receipted for d in author.node.deliveries(at) if d.reader == c_id)
    with pytest.raises(AgreementError, match="group-standing"):
        post(world, c, group, "still here?")


@pytest.mark.requirement("GROUP-003")
def test_who_invites_while_another_removes_is_told_the_same_everywhere(four):
    world, a, b, c, d = four
    group = create(world, a, b, c)
    world.run(5)
    for each in (b, c):
        act(world, each, lambda drafts: drafts.accept(group))
    world.run(5)
    ids = [each.party.id for each in (a, b, c, d)]
    for one in (a, b):
        for other in ids:
            world.network.partition(one.party.id, other, 20_000)
            world.network.partition(other, one.party.id, 20_000)
    world.do(b, lambda n, at: invite_to_group(n, group, ids[3], "", OFFICER, at)).result()
    act(world, a, lambda drafts: drafts.remove(group, ids[1], "a quarrel"))
    world.run(60)
    found = {p.party.id: p.node.groups.membership(group) for p in (a, b, c)}
    assert len({str(sorted(m.standing.items())) for m in found.values()}) == 1
    assert found[ids[0]].standing_of(ids[1]) is Standing.REMOVED
    assert found[ids[0]].standing_of(ids[3]) is Standing.INVITED
    act(world, d, lambda drafts: drafts.accept(group))
    world.run(10)
    assert not c.node.groups.membership(group).shares(ids[2], ids[3])


@pytest.mark.requirement("GROUP-002")
def test_a_group_of_three_survives_a_restart_of_each(four):
    world, a, b, c, _ = four
    group = create(world, a, b, c)
    world.run(5)
    for each in (b, c):
        act(world, each, lambda d: d.accept(group))
    world.run(5)
    task = NewTask("Write the rules", b.party.id, world.at(a).plus_s(86_400))
    world.do(a, lambda n, at: set_task(n, group, None, task, OFFICER, at)).result()
    world.run(5)
    before = [set(each.node.groups.get(group).said) for each in (a, b, c)]
    standings = [each.node.groups.membership(group).standing for each in (a, b, c)]
    for each in (a, b, c):
        world._start(each)
    assert [set(each.node.groups.get(group).said) for each in (a, b, c)] == before
    assert [each.node.groups.membership(group).standing for each in (a, b, c)] == standings
    assert before[0]
    assert before[0] == before[1] == before[2]


@pytest.mark.requirement("GROUP-012")
def test_who_comes_later_learns_who_is_in_and_shares_with_them(four):
    world, a, b, c, d = four
    group = create(world, a, b)
    world.run(5)
    act(world, b, lambda drafts: drafts.accept(group))
    world.run(5)
    ids = [each.party.id for each in (a, b, c, d)]
    for inviter, guest in ((a, c), (b, d)):
        guest_id = guest.party.id
        world.do(
            inviter, lambda n, at, g=guest_id: invite_to_group(n, group, g, "", OFFICER, at)
        ).result()
    world.run(5)
    for guest in (c, d):
        act(world, guest, lambda drafts: drafts.accept(group))
    world.run(5)
    act(world, a, lambda drafts: drafts.consent(group, ids[3], Consent.YES))
    act(world, b, lambda drafts: drafts.consent(group, ids[2], Consent.YES))
    world.run(10)
    for place in (a, b, c, d):
        assert set(place.node.groups.membership(group).members()) == set(ids)
    post(world, c, group, "from c")
    world.run(5)
    assert texts(a, ids[2]) == texts(b, ids[2]) == ["from c"]
    assert texts(d, ids[2]) == [], "c has not agreed to d"
    act(world, c, lambda drafts: drafts.consent(group, ids[3], Consent.YES))
    post(world, c, group, "to all")
    world.run(5)
    assert texts(d, ids[2]) == ["to all"]

    def told(place):
        return sum(p["kind"].startswith("group.") for _, p in journal_of(place))

    size = [told(place) for place in (a, b, c, d)]
    world.run(60)
    assert [told(place) for place in (a, b, c, d)] == size, "it comes to an end"


@pytest.mark.requirement("GROUP-013")
def test_what_comes_from_who_is_no_member_is_held_and_shown_as_that(four, monkeypatch):
    world, a, b, c, d = four
    group = create(world, a, b, c)
    world.run(5)
    for each in (b, c):
        act(world, each, lambda drafts: drafts.accept(group))
    world.run(5)
    [admission] = c.node.groups.membership(group).of(c.party.id)
    act(world, a, lambda drafts: drafts.remove(group, c.party.id, "a quarrel"))
    world.run(5)
    monkeypatch.setattr(Membership, "shares", lambda self, member, reader: member != reader)
    about = {"admission": admission.digest, "group": group, "subject": "s", "language": "en"}
    for liar in (c, d):  # c acts as if it had not been removed, d as if it were c
        body = {**about, "matter": f"{liar.party.id}/{1:016x}", "text": "listen to me"}
        draft = Draft("group.post", (b.party.id,), body, OFFICER)
        monkeypatch.setattr(GroupBook, "denies", lambda self, draft, recipient: None)
        monkeypatch.setattr(GroupBook, "legal_basis", lambda self, draft: "none")
        world.do(liar, lambda n, at, wish=draft: n.issue(wish, at)).result()
    world.run(5)
    monkeypatch.undo()
    held = b.node.groups.get(group)
    stands = {
        said.record.author: standing_of_author(held.membership, said) for said in held.said.values()
    }
    assert stands == {c.party.id: Standing.REMOVED, d.party.id: Standing.UNKNOWN}
    assert d.party.id not in held.membership.members()


@pytest.mark.requirement("GROUP-014")
def test_what_is_owed_and_cannot_be_made_is_alarmed_and_holds_up_nothing(four, monkeypatch):
    world, a, b, c, _ = four
    group = create(world, a, b, c)
    world.run(5)
    for each in (b, c):
        act(world, each, lambda drafts: drafts.accept(group))
    world.run(5)
    post(world, b, group, "and now b has as many records as it may")
    world.run(5)
    act(world, a, lambda drafts: drafts.remove(group, c.party.id, "a quarrel"))
    monkeypatch.setattr(book, "RECORDS_OF_A_PARTY_MAX", 2)
    world.run(5)
    monkeypatch.undo()
    assert b.node.groups.membership(group).effects == {}
    assert "group-limit" in {each.code for each in b.node.alarms.since(0)}
    other = create(world, b, a)
    world.run(5)
    [admission] = b.node.groups.membership(group).of(c.party.id)
    assert b.party.id in b.node.groups.membership(group).effects[admission]
    assert other in a.node.groups.groups()


@pytest.mark.requirement("GROUP-002")
def test_groups_of_an_exercise_never_mix_with_live_ones(four):
    world, a, b, *_ = four
    members = (b.party.id,)
    record = world.do(
        a, lambda n, at: create_group(n, wish(*members), OFFICER, at, exercise=True)
    ).result()
    group = record.body["group"]
    world.run(5)
    for place in (a, b):
        assert group in place.node.exercise_groups.groups()
        assert group not in place.node.groups.groups()
    with pytest.raises(InputError, match="not known"):
        act(world, b, lambda drafts: drafts.accept(group))


@pytest.mark.requirement("NODE-013")
@pytest.mark.parametrize("text", ["fly\u202eylf", "fly\u200bat nine", "one\ntwo", "x" * 2001, " "])
def test_a_record_that_is_refused_is_told_to_nobody(four, text):
    world, a, b, *_ = four
    group = create(world, a, b)
    world.run(5)
    act(world, b, lambda drafts: drafts.accept(group))
    world.run(5)
    matter = f"{a.party.id}/{1:016x}"
    outcome = world.do(
        a,
        lambda n, at: act_in_group(
            n, lambda d: d.post(group, matter, "s", text, "en"), OFFICER, at
        ),
    )
    assert isinstance(outcome.error, RecordError)
    assert [each.record.kind for each in a.node.settled] == []
    assert a.node.groups.get(group).said == {}
    post(world, a, group, "well formed")
    world.run(5)
    assert texts(b, a.party.id) == ["well formed"]


# Random histories


def inside(payload):
    """The records of membership that one carries, and their digests as the record page has them."""
    body = payload["body"]
    texts = [body["creation"]] if payload["kind"] == "group.invitation" else []
    if payload["kind"] == "group.members":
        texts = [row["envelope"] for row in body["records"]]
    for text in texts:
        payload_bytes = unwrap(text.encode()).payload_bytes
        digest = hashlib.sha256(b"comity-record-v1\x00" + payload_bytes).hexdigest()
        yield digest, decode_canonical(payload_bytes)


def naive_members(fields):
    """Who is in, from payloads in the order in which one node took them in; written apart from the domain."""
    invited, accepted, ended = {}, set(), set()
    fields = [*fields, *(each for _, p in fields for each in inside(p))]
    fields = [*fields, *(each for _, p in fields for each in inside(p))]
    for digest, p in fields:
        body, kind = p["body"], p["kind"]
        if kind == "group.creation":
            for party in (p["author"], *body["members"]):
                invited[digest, party] = p["author"]
            accepted.add((digest, p["author"]))
        elif kind == "group.invitation":
            invited[digest, body["party"]] = p["author"]
        elif kind == "group.acceptance":
            accepted.add((body["admission"], p["author"]))
        elif kind in ("group.departure", "group.refusal"):
            ended.add((body["admission"], p["author"]))
        elif kind == "group.removal" and body["group"].startswith(p["author"]):
            ended.add((body["admission"], body["party"]))
    return {party for digest, party in set(invited) & accepted - ended}


def journal_of(place):
    return [
        (entry.digest, decode_canonical(unwrap(entry.envelope_bytes).payload_bytes))
        for entry in place.store.journal()
    ]


def check_no_material_left_the_group(world, group):
    """Each piece of material went only to members, as its author's journal had it before."""
    found = 0
    for author in world.places.values():
        before = []
        for digest, p in journal_of(author):
            if p["kind"] in MATERIAL_KINDS and p["author"] == author.party.id:
                found += 1
                members = naive_members(before)
                assert author.party.id in members
                assert set(p["recipients"]) <= members, (digest, p)
            if p["kind"].startswith("group.") and p["body"]["group"] == group:
                before.append((digest, p))
    for reader in world.places.values():
        for author in world.places:
            for p in payloads(reader, author) if author != reader.party.id else ():
                if p["kind"] in MATERIAL_KINDS:
                    assert reader.party.id in p["recipients"]
    return found


def check_ends_hold_in_every_log(world, group):
    """After an effect, or the removal itself, a log to a party has no material but under another admission."""
    ends = 0
    for reader in world.places.values():
        journal = journal_of(reader)
        own = {
            p["body"]["admission"]
            for _, p in journal
            if p["kind"] == "group.acceptance" and p["author"] == reader.party.id
        } | {
            digest
            for digest, p in journal
            if p["kind"] == "group.creation" and p["author"] == reader.party.id
        }
        for author in world.places:
            closed = set()
            for p in payloads(reader, author) if author != reader.party.id else ():
                about = p["body"].get("party") == reader.party.id
                if p["kind"] in ("group.effect", "group.removal") and about:
                    closed.add(p["body"]["admission"])
                    ends += 1
                if p["kind"] in MATERIAL_KINDS:
                    assert own - closed, (author, reader.party.id)
    return ends


def wander(world, group, rng):
    """One act of somebody, as likely as not out of place."""
    place = rng.choice(list(world.places.values()))
    other = rng.choice([each for each in world.places if each != place.party.id])
    if not place.up or group not in place.node.groups.groups():
        return
    acts = {
        "accept": lambda d: d.accept(group),
        "decline": lambda d: d.decline(group, "no"),
        "leave": lambda d: d.leave(group, "enough"),
        "remove": lambda d: d.remove(group, other, "out"),
        "yes": lambda d: d.consent(group, other, Consent.YES),
        "no": lambda d: d.consent(group, other, Consent.NO),
        "open": lambda d: d.open_earlier(group, other),
        "post": lambda d: d.post(
            group, f"{place.party.id}/{rng.randbytes(8).hex()}", "s", "secret", "en"
        ),
    }
    weights = {
        "accept": 8,
        "leave": 0.3,
        "decline": 0.3,
        "remove": 1,
        "no": 0.5,
        "open": 3,
        "post": 20,
    }
    names = [*acts, "invite"]
    name = rng.choices(names, [weights.get(each, 8) for each in names])[0]
    if name == "invite":
        outcome = world.do(place, lambda n, at: invite_to_group(n, group, other, "", OFFICER, at))
    else:
        outcome = world.do(place, lambda n, at: act_in_group(n, acts[name], OFFICER, at))
    assert outcome is None or isinstance(
        outcome.error, AgreementError | InputError | StoreError | type(None)
    ), outcome.error


@pytest.mark.requirement("GROUP-007")
@pytest.mark.requirement("RELEASE-007")
@pytest.mark.parametrize("seed", range(200 if CAMPAIGN else 6))
def test_no_byte_of_a_group_goes_to_who_is_no_member(seed):
    world = World(seed=seed, setting=replace(Setting(nodes=4), faults=NONE))
    places = list(world.places.values())
    group = create(world, places[0], *places[1:3])
    world.run(5)
    act(world, places[1], lambda d: d.accept(group))
    world.run(5)
    post(world, places[0], group, "the first")
    world.network.faults = (NONE, BAD_DAY, WORSE_DAY)[seed % 3]
    rng = random.Random(seed)
    for _ in range(70):
        wander(world, group, rng)
        world.run(rng.choice([0, 1, 3]))
    world.heal()
    world.run(60)
    assert check_no_material_left_the_group(world, group) > 0
    check_ends_hold_in_every_log(world, group)
    held = [each.node.groups.groups().get(group) for each in places]
    told = [set(each.membership_records) for each in held if each is not None]
    for one in held:
        for other in held:
            if one and other and set(one.membership_records) == set(other.membership_records):
                assert one.membership.standing == other.membership.standing
    assert told
    for place, one in zip(places, held, strict=True):
        world._start(place)  # by replay
        again = place.node.groups.groups().get(group)
        assert (one is None) == (again is None)
        if one is not None and again is not None:
            assert again.membership.standing == one.membership.standing
            assert set(again.said) == set(one.said)


@pytest.mark.requirement("GROUP-007")
def test_the_check_of_the_histories_sees_a_node_that_shares_with_everybody(four, monkeypatch):
    world, a, b, c, _ = four
    group = create(world, a, b, c)
    world.run(5)
    act(world, b, lambda d: d.accept(group))
    world.run(5)
    monkeypatch.setattr(Membership, "shares", lambda self, member, reader: member != reader)
    post(world, a, group, "to all peers")
    with pytest.raises(AssertionError):
        check_no_material_left_the_group(world, group)


@pytest.mark.requirement("GROUP-006")
def test_the_check_of_the_logs_sees_what_goes_to_who_was_removed(four, monkeypatch):
    world, a, b, c, _ = four
    group = create(world, a, b, c)
    world.run(5)
    for each in (b, c):
        act(world, each, lambda d: d.accept(group))
    world.run(5)
    act(world, a, lambda d: d.remove(group, c.party.id, "out"))
    world.run(5)
    assert check_ends_hold_in_every_log(world, group) == 2
    monkeypatch.setattr(Membership, "shares", lambda self, member, reader: member != reader)
    post(world, b, group, "to who was removed")
    world.run(5)
    with pytest.raises(AssertionError):
        check_ends_hold_in_every_log(world, group)
