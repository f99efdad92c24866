"""A party asks another to erase what it was told; crashes, lost messages and restored backups leave it true."""

import base64
import json
import os
import random

import pytest
from tests.incident_world import act, opened
from tests.simulation.invariants import logs_agree
from tests.simulation.network import Faults
from tests.simulation.test_sites import said
from tests.simulation.world import OFFICER, World, copy_of
from tests.sites_world import entry_body

from comity.application import node as node_module
from comity.application.alarm_standing import goes_on
from comity.application.erase_at_peer import answer_erasure, ask_to_erase
from comity.application.keep_sites import consent, enter_sites, take_back_consent
from comity.application.kept_record import kept_record
from comity.application.make_bundle import ERASED_WHY, Wanted, choose
from comity.application.node import RESTORED_SETTING, Node
from comity.application.pair_peers import accept_peer, remove_peer
from comity.application.reconstruct import heard_of
from comity.application.recover_logs import Recovery
from comity.application.verify_store import verify_store
from comity.domain.agreement import encode_card
from comity.domain.evidence import WithheldLeaf
from comity.domain.incidents import Link, Linked
from comity.domain.peering import Entry, PullResponse, Recovered
from comity.domain.records import Draft
from comity.domain.sites import REPLY, REQUEST, ErasureWord
from comity.domain.sites.peer_erasure import ANSWER_S_MAX
from comity.entrypoints.api.telling import tell_alarms
from comity.entrypoints.api.telling_sites import tell_copy, tell_erasure
from comity.kernel.errors import InputError, PeerError, RecordError

WISHES = [
    {
        name: value
        for name, value in entry_body(number).items()
        if name not in ("site", "version", "blind", "renew_by")
    }
    | {
        "contact": None,
        "names": [{"text": f"Tumbledown {number}", "script": "Latn", "language": "en"}],
    }
    for number in range(1, 4)
]
CAMPAIGN = bool(os.environ.get("COMITY_CAMPAIGN"))


def told_and_taken_back(seed):
    world = World(seed=seed)
    here, there = world.places.values()
    backups = {}
    _, sites = world.do(here, lambda n, at: enter_sites(n, WISHES, OFFICER, at)).result()
    world.run(5)
    backups["entered"] = (copy_of(here.store), copy_of(there.store))
    words = {**said(there.party.id, world.at(here), 0), "names": True}
    world.do(here, lambda n, at: consent(n, words, OFFICER, at)).result()
    world.run(5)
    assert there.node.sites.theirs(sites[0]).notified.names[0].text == "Tumbledown 1"
    backups["told"] = (copy_of(here.store), copy_of(there.store))
    world.do(
        here, lambda n, at: take_back_consent(n, there.party.id, None, "enough", OFFICER, at)
    ).result()
    world.run(5)
    backups["taken back"] = (copy_of(here.store), copy_of(there.store))
    return world, here, there, sites, backups


def ask(world, here, there, *sites):
    return (
        world.do(
            here, lambda n, at: ask_to_erase(n, there.party.id, sites, "in danger", OFFICER, at)
        )
        .result()[0]
        .digest
    )


def answer(world, there, request, word=ErasureWord.ERASED):
    return world.do(
        there, lambda n, at: answer_erasure(n, request, word, "no packs left", OFFICER, at)
    ).result()


def bytes_of(store):
    found = [each.envelope_bytes for each in store.journal()]
    found += [leaf.envelope_bytes for log in store.log_ids() for leaf in store.leaves(log)]
    found += list(store.settings().values())
    texts = []
    for each in found:
        try:
            texts.append(base64.b64decode(json.loads(each)["payload"]))
        except Exception:  # noqa: BLE001 - a stub, or no envelope
            texts.append(each)
    return b"\n".join(texts)


def restore(world, place, backup):
    world._crash(place)
    place.store = copy_of(backup)
    place.store.put_setting(RESTORED_SETTING, b"1")
    place.store.commit()


def sound(world):
    for place in world.places.values():
        assert not verify_store(place.store, place.node.directory).faults
        node = place.node
        Node.open(node.store, node.signer, node.entropy, node.card, node.make_finder, node.kernel)


@pytest.mark.requirement("SITES-070", "SITES-071", "SITES-072")
def test_a_holder_erases_what_its_owner_asks_and_every_root_stays():
    world, here, there, sites, _ = told_and_taken_back(3)
    roots = [
        there.node.peer_log(here.party.id).tree.root(),
        here.node.own_log(there.party.id).tree.root(),
    ]
    size = there.node.peer_log(here.party.id).tree.size
    request = ask(world, here, there, sites[0])
    copy = here.node.sites.copies([sites[0]])[0]
    assert copy.erasure.answer is None
    world.run(5)
    assert b"Tumbledown 1" in bytes_of(there.store)
    answer(world, there, request)
    world.run(5)
    left = bytes_of(there.store)
    assert b"Tumbledown 1" not in left
    assert b"Tumbledown 2" in left
    assert there.node.peer_log(here.party.id).tree.root(size) == roots[0] == roots[1]
    copy = here.node.sites.copies([sites[0]])[0]
    assert copy.erasure.answer.word is ErasureWord.ERASED
    assert copy.erasure.answer.words == "no packs left"
    assert here.node.sites.copies([sites[1]])[0].erasure is None
    assert logs_agree(world)
    sound(world)
    second = ask(world, here, there, sites[1], sites[2])
    world.run(5)
    answer(world, there, second)
    world.run(5)
    assert b"Tumbledown" not in bytes_of(there.store)
    sound(world)


@pytest.mark.requirement("SITES-071")
def test_a_holder_says_why_not_and_is_asked_again():
    world, here, there, sites, _ = told_and_taken_back(4)
    request = ask(world, here, there, sites[0])
    with pytest.raises(InputError, match="has not answered"):
        ask(world, here, there, sites[1])  # it stands in the same notice
    world.run(5)
    answer(world, there, request, ErasureWord.REFUSED)
    world.run(5)
    assert here.node.sites.copies([sites[0]])[0].erasure.answer.word is ErasureWord.REFUSED
    assert b"Tumbledown 1" in bytes_of(there.store)
    with pytest.raises(InputError, match="was answered: refused"):
        answer(world, there, request)
    again = ask(world, here, there, sites[0])
    world.run(5)
    answer(world, there, again)
    world.run(5)
    assert b"Tumbledown 1" not in bytes_of(there.store)
    with pytest.raises(InputError, match="has erased"):
        ask(world, here, there, sites[0])
    sound(world)


@pytest.mark.requirement("SITES-070")
def test_only_what_was_taken_back_is_asked_for_and_told_again_it_is_a_copy_again():
    world, here, there, sites, _ = told_and_taken_back(5)
    words = said(there.party.id, world.at(here), 2_000_000)
    request = ask(world, here, there, sites[0])
    world.run(5)
    answer(world, there, request)
    world.run(5)
    world.do(here, lambda n, at: consent(n, words, OFFICER, at)).result()
    world.run(5)
    copy = here.node.sites.copies([sites[0]])[0]
    assert (copy.erasure.record, copy.told_since, copy.withdrawal) == (request, True, None)
    with pytest.raises(InputError, match="not taken back"):
        ask(world, here, there, sites[0])
    sound(world)


@pytest.mark.requirement("SITES-073")
@pytest.mark.parametrize(
    ("who", "since"),
    [
        ("owner", "entered"),
        ("holder", "told"),
        ("owner then holder", "entered"),
        ("holder then owner", "taken back"),
    ],
)
def test_whoever_is_restored_from_an_older_backup_believes_the_stub_and_erases_again(who, since):
    world, here, there, sites, backups = told_and_taken_back(6)
    for some in (sites[:1], sites[1:2]):
        request = ask(world, here, there, *some)
        world.run(5)
        answer(world, there, request)
        world.run(5)
    for name in who.split(" then "):
        place = {"owner": here, "holder": there}[name]
        restore(world, place, backups[since][place is there])
        world.run(40)
        assert not place.node.recovering
    assert logs_agree(world)
    left = bytes_of(there.store)
    assert b"Tumbledown 1" not in left
    assert b"Tumbledown 2" not in left
    assert b"Tumbledown 3" in left
    sound(world)
    third = ask(world, here, there, sites[2])
    world.run(5)
    answer(world, there, third)
    world.run(5)
    assert b"Tumbledown" not in bytes_of(there.store)
    sound(world)


@pytest.mark.requirement("SITES-073")
def test_a_stub_that_its_owner_never_asked_for_is_not_believed():
    world, here, there, sites, backups = told_and_taken_back(7)
    (notice,) = here.node.sites.told_in(sites[0], there.party.id)
    stub = kept_record(there.node, notice).stub_without((sites[0],))
    there.store.erase(notice, stub)
    there.store.commit()
    restore(world, here, backups["entered"][0])
    world.run(40)
    assert here.node.recovering, "it signs nothing on a log that is not what it said"
    recovery = Recovery()
    held = there.node.peer_log(here.party.id)
    leaves = there.store.leaves(held.log, here.node.own_log(there.party.id).tree.size)
    given = tuple(
        Entry(each.salt, each.envelope_bytes, each.erased_sha256 or b"") for each in leaves
    )
    size = held.tree.size
    response = PullResponse(
        protocol=1, owner=there.party.id, position=here.node.peer_log(there.party.id).tree.size,
        recovered=Recovered(given, held.checkpoint.note_bytes, size),
    )  # fmt: skip
    with pytest.raises(PeerError, match="erased-without-record"):
        recovery.take(here.node, there.party.id, response)


def somebody_acts(world, rng, sites):
    here, there = world.places.values()
    place = rng.choice([here, there])
    if not place.up:
        return
    if place is here:
        some = rng.sample(sites, rng.randint(1, 2))
        world.do(here, lambda n, at: ask_to_erase(n, there.party.id, some, "now", OFFICER, at))
        return
    waiting = [each for each in there.node.sites.peer_erasures.all() if each.answer is None]
    if waiting:
        word = rng.choice([ErasureWord.ERASED, ErasureWord.ERASED, ErasureWord.REFUSED])
        request = waiting[0].record
        world.do(there, lambda n, at: answer_erasure(n, request, word, "so", OFFICER, at))


@pytest.mark.requirement("SITES-072")
@pytest.mark.parametrize("seed", range(40 if CAMPAIGN else 2))
def test_under_loss_crash_and_restore_an_answer_and_the_store_say_the_same(seed):
    world, here, there, sites, _ = told_and_taken_back(seed)
    rng = random.Random(seed)
    world.network.faults = Faults(
        loss=0.2, replay=0.1, crash=0.02, partition=0.02, backup=0.05, restore=0.01
    )
    for _ in range(30):
        somebody_acts(world, rng, sites)
        world.run(rng.choice([0, 1, 3]))
    world.heal()
    world.run(60)
    assert logs_agree(world)
    sound(world)
    left = bytes_of(there.store)
    for number, site in enumerate(sites, 1):
        said_gone = any(
            each.answer is not None and each.answer.word is ErasureWord.ERASED
            for each in there.node.sites.peer_erasures.of(site, there.party.id)
        )
        assert (f"Tumbledown {number}".encode() in left) is not said_gone
        at_owner = here.node.sites.peer_erasures.of(site, there.party.id)
        at_holder = there.node.sites.peer_erasures.of(site, there.party.id)
        assert [each.answer for each in at_owner] == [each.answer for each in at_holder]


@pytest.mark.requirement("SITES-072", "SITES-073")
def test_a_bundle_names_the_place_of_an_erased_notice_and_the_past_is_still_read():
    world, here, there, sites, _ = told_and_taken_back(8)
    (notice,) = here.node.sites.told_in(sites[0], there.party.id)
    request = ask(world, here, there, sites[0])
    world.run(5)
    answer(world, there, request)
    world.run(5)
    chosen = choose(there.store, [there.party.card], Wanted(digests=frozenset({notice, request})))
    assert not chosen.missing
    (part,) = chosen.parts
    withheld = [each for each in part.leaves if isinstance(each, WithheldLeaf)]
    assert [each.reason for each in withheld] == [ERASED_WHY]
    log = here.node.own_log(there.party.id)
    assert withheld[0].leaf_data in {leaf.commitment for leaf in here.store.leaves(log.log)}
    heard = [each.kind for each in heard_of(there.store)]
    assert "site.notice" in heard
    assert choose(here.store, [here.party.card], Wanted(digests=frozenset({notice}))).shown == {
        notice
    }


@pytest.mark.requirement("SITES-071")
def test_what_no_node_of_ours_would_say_is_refused_by_code():
    world, here, there, sites, _ = told_and_taken_back(9)
    request = ask(world, here, there, sites[0])
    world.run(5)
    body = {"request": request, "answer": "refused", "words": "evidence"}

    def say(place, kind, said, to):
        draft = Draft(kind, (to.party.id,), said, OFFICER)
        return world.do(place, lambda n, at: n.issue(draft, at))

    for changed, code in (({"request": "ab" * 32}, "unknown-erasure"), ({}, "erasure-answered")):
        if not changed:
            answer(world, there, request, ErasureWord.REFUSED)
        outcome = say(there, REPLY, {**body, **changed}, here)
        with pytest.raises(RecordError, match=code):
            outcome.result()
    with pytest.raises(RecordError, match="unknown-erasure"):
        say(here, REPLY, body, there).result()  # an owner does not answer itself
    row = {"record": "ab" * 32, "envelope_sha256": "cd" * 32, "stub_sha256": "ef" * 32}
    own = {"sites": [sites[1]], "words": "so", "records": [row]}
    lie = say(here, REQUEST, own, there).result().digest
    world.run(5)
    with pytest.raises(InputError, match="is no record of"):
        answer(world, there, lie)
    world.do(here, lambda n, at: consent(n, said(there.party.id, at, 0), OFFICER, at)).result()
    world.run(5)
    stands = say(here, REQUEST, own, there).result().digest
    world.run(5)
    assert not there.node.knows(stands), "refused: the site is not taken back there"
    assert logs_agree(world)
    sound(world)


@pytest.mark.requirement("SITES-071")
def test_what_an_own_incident_rests_on_is_not_erased():
    world, here, there, sites, _ = told_and_taken_back(10)
    (notice,) = here.node.sites.told_in(sites[0], there.party.id)
    incident = opened(world, there)
    act(world, there, lambda d: d.link(incident, [Link(Linked.SITE, notice)]))
    request = ask(world, here, there, sites[0])
    world.run(5)
    with pytest.raises(InputError, match="rests on"):
        answer(world, there, request)
    answer(world, there, request, ErasureWord.REFUSED)


@pytest.mark.requirement("SITES-073")
def test_a_leaf_that_comes_by_its_hash_alone_gets_no_receipt():
    world, here, there, sites, _ = told_and_taken_back(8)
    held = there.node.peer_log(here.party.id).tree.size
    signed = here.node.own_log(there.party.id).tree.size
    words = {**said(there.party.id, world.at(here), 0), "names": True}
    world.do(here, lambda n, at: consent(n, words, OFFICER, at)).result()
    unsent = [
        notice
        for notice in here.node.sites.told_in(sites[0], there.party.id)
        if not there.node.knows(notice)
    ]
    assert unsent
    for notice in unsent:
        here.store.erase(notice, kept_record(here.node, notice).stub_without((sites[0],)))
    here.store.commit()
    world.run(40)
    assert here.node.own_log(there.party.id).tree.size > signed
    assert there.node.peer_log(here.party.id).tree.size == held
    assert not any(there.node.knows(notice) for notice in unsent)


@pytest.mark.requirement("SITES-073")
def test_a_restored_holder_believes_a_stub_only_where_it_answered_itself():
    world, here, there, sites, backups = told_and_taken_back(9)
    request = ask(world, here, there, sites[0])
    world.run(5)
    answer(world, there, request, ErasureWord.REFUSED)
    world.run(5)
    (notice,) = here.node.sites.told_in(sites[0], there.party.id)
    here.store.erase(notice, kept_record(here.node, notice).stub_without((sites[0],)))
    here.store.commit()
    restore(world, there, backups["entered"][1])
    world.run(40)
    assert there.node.recovering, "its own word was no: the request alone vouches for nothing"


def rung(place, at):
    """Codes of alarms about erasure that a person is shown now, by what each says."""
    shown = (each for each in tell_alarms(place.node, at) if each.code.startswith("erasure-"))
    return [(each.says, each.goes_on) for each in shown]


@pytest.mark.requirement("SITES-074")
@pytest.mark.parametrize("word", list(ErasureWord))
def test_a_request_rings_until_it_is_answered_and_the_answer_rings_at_its_owner(word):
    world, here, there, sites, _ = told_and_taken_back(11)
    request = ask(world, here, there, sites[0])
    world.run(5)
    at = world.at(here)
    assert rung(there, at) == [("erasure-asked", True)]
    assert rung(here, at) == []
    late = at.plus_s(ANSWER_S_MAX)
    told = tell_erasure(here.node, here.node.sites.peer_erasures.get(request), at)
    assert (told.state, told.overdue, told.stored) == ("not-answered", False, True)
    assert (told.due_by < str(late), told.due_by > str(at)) == (True, True)
    assert rung(here, late) == [("erasure-overdue", True)]
    told = tell_erasure(here.node, here.node.sites.peer_erasures.get(request), late)
    assert (told.state, told.overdue) == ("not-answered", True)
    answer(world, there, request, word)
    world.run(5)
    assert rung(there, late) == []
    assert rung(here, late) == [(f"erasure-{word.value}", None)]
    world._crash(here)
    world.run(40)
    assert rung(here, late) == [(f"erasure-{word.value}", None)], "told again after a start"


@pytest.mark.requirement("SITES-074")
def test_answered_requests_do_not_hide_one_that_is_not():
    world, here, there, sites, _ = told_and_taken_back(12)
    first = ask(world, here, there, sites[0])
    (alarm,) = [each for each in here.node.alarms.of_each(9) if each.code == "erasure-overdue"]
    world.run(5)
    answered = [each for each in there.node.alarms.of_each(9) if each.code == "erasure-asked"]
    answer(world, there, first, ErasureWord.REFUSED)
    world.run(2)
    ask(world, here, there, sites[0])
    world.run(2)
    late = world.at(here).plus_s(ANSWER_S_MAX)
    for _ in range(12):
        there.node.alarms.add(("erasure-asked", here.party.id), answered[0])
    assert rung(there, late) == [("erasure-asked", True)]
    assert goes_on(here.node, alarm, late) is False
    assert [each for each in rung(here, late) if each[1]] == [("erasure-overdue", True)]


@pytest.mark.requirement("SITES-075")
def test_a_party_removed_is_not_asked_and_what_it_holds_is_shown_as_not_known():
    world, here, there, sites, _ = told_and_taken_back(13)
    party = there.party.id
    request = ask(world, here, there, sites[0])
    world.do(here, lambda n, at: remove_peer(n, party, "talks ended", OFFICER, at)).result()
    world.run(5)
    late = world.at(here).plus_s(ANSWER_S_MAX)
    told = tell_copy(here.node, here.node.sites.copies([sites[0]])[0], late)
    assert told.removed_at is not None
    assert (told.erasure.state, told.erasure.overdue) == ("not-answered", True)
    assert told.erasure.removed_at == told.removed_at
    assert told.erasure.stored is False
    assert rung(here, late) == [], "nobody can do anything about it"
    with pytest.raises(InputError, match="is a peer no more since") as caught:
        ask(world, here, there, sites[2])
    assert caught.value.field == "recipient"
    card = encode_card(there.node.card)
    world.do(here, lambda n, at: accept_peer(n, card, OFFICER, at)).result()
    world.run(20)
    assert rung(here, late) == [("erasure-overdue", True)]
    answer(world, there, request)
    world.run(5)
    assert here.node.sites.copies([sites[0]])[0].erasure.answer is not None


@pytest.mark.requirement("SITES-075")
def test_a_holder_that_removed_the_owner_can_still_erase():
    world, here, there, sites, _ = told_and_taken_back(14)
    request = ask(world, here, there, sites[0])
    world.run(5)
    owner = here.party.id
    world.do(there, lambda n, at: remove_peer(n, owner, "talks ended", OFFICER, at)).result()
    answer(world, there, request)
    assert rung(there, world.at(there)) == []
    assert b"Tumbledown 1" not in bytes_of(there.store)


@pytest.mark.requirement("SITES-076")
@pytest.mark.parametrize("learns", [True, False])
def test_a_holder_that_could_not_read_the_request_is_asked_again_once_it_is_overdue(
    monkeypatch, learns
):
    """Or one that only was slow: it has both then, and whichever it answers, the bytes are gone."""
    world, here, there, sites, _ = told_and_taken_back(15)
    read = node_module.apply_record

    def of_before(node, record, received_at):
        if node.party == there.party.id and record.kind == REQUEST:
            raise RecordError("unknown-kind", record.kind)
        read(node, record, received_at)

    if learns:
        monkeypatch.setattr(node_module, "apply_record", of_before)
    first = ask(world, here, there, sites[0])
    world.run(5)
    assert there.node.knows(first) is not learns
    late = world.at(here).plus_s(ANSWER_S_MAX)
    told = tell_erasure(here.node, here.node.sites.peer_erasures.get(first), late)
    assert (told.state, told.stored, told.overdue) == ("not-answered", True, True)
    with pytest.raises(InputError, match="may be asked again from"):
        ask(world, here, there, sites[0])
    monkeypatch.undo()
    monkeypatch.setattr("comity.domain.sites.peer_erasure.ANSWER_S_MAX", 1.0)
    with pytest.raises(InputError, match="about the same notice yet"):
        ask(world, here, there, sites[0], sites[1])
    second = ask(world, here, there, sites[0])
    world.run(5)
    assert rung(here, late) == [("erasure-overdue", True)], "what was asked again rings once"
    answer(world, there, second if learns else first)
    world.run(5)
    assert b"Tumbledown 1" not in bytes_of(there.store)
    assert [each for each in rung(here, late) if each[1]] == []
    copy = here.node.sites.copies([sites[0]])[0]
    assert copy.erasure.answer.word is ErasureWord.ERASED
    if not learns:
        answer(world, there, second)
        world.run(5)
    with pytest.raises(InputError, match="has erased"):
        ask(world, here, there, sites[0])
    assert logs_agree(world)
    sound(world)
