"""What the exchange of logs promises, on real nodes over a network that the test moves by hand."""

import hashlib
from dataclasses import replace

import pytest
from tests.simulation.invariants import logs_agree, safe
from tests.simulation.parties import SeededSigner, agreement_text, lane, make_party
from tests.simulation.settings import Setting
from tests.simulation.world import OFFICER, World, copy_of

from comity.application import exchange_logs, plan_flights, take_entries
from comity.application.agree_terms import propose_agreement
from comity.application.make_bundle import Wanted, choose
from comity.application.node import (
    ALARMS_OF_A_CODE_MAX,
    KEY_WARNED_S,
    RESTORED_SETTING,
    Node,
    Place,
)
from comity.application.pair_peers import announce_key, unfreeze_peer
from comity.application.past_flights import view_flight
from comity.application.plan_flights import FlightRequest
from comity.application.ports.record_store import LogId
from comity.application.prove_record import prove_record
from comity.domain.agreement import LegalState, StatementAction, key_draft, sign_key_statement
from comity.domain.intents import IntentState
from comity.domain.ledger import MerkleLog, leaf_commitment
from comity.domain.peering import (
    Allowance,
    Entry,
    PullRequest,
    PullResponse,
    Recovered,
    decode_request,
    decode_response,
    encode_message,
)
from comity.domain.records import (
    Draft,
    decode_canonical,
    open_equivocation,
    open_record,
    prove_equivocation,
    seal,
    unwrap,
)
from comity.kernel.errors import AgreementError, PeerError, RecordError
from comity.kernel.ids import IntentId
from comity.kernel.instants import Instant


@pytest.fixture
def world():
    return World(seed=7)


def _pair(world):
    return tuple(world.places.values())


def _declare(world, place, number=0, start_s=600):
    footprint = lane(number, Instant(world.agenda.now_ms).plus_s(start_s), 300)
    request = FlightRequest(footprint=footprint, priority="general", operator=OFFICER)
    return world.do(place, lambda n, at: plan_flights.declare_flight(n, request, at)).result()


def _response(world, reader, owner):
    """What the owner would answer to the reader's next pull, decoded."""
    request = exchange_logs.pull_request(reader.node, owner.party.id, world.at(reader))
    served = exchange_logs.serve_pull(
        owner.node, reader.party.id, request, world.at(owner), waited=True
    )
    return decode_response(served)


def _take(world, reader, owner, response):
    message = encode_message(response)
    outcome = world.do(
        reader, lambda n, at: exchange_logs.take_pull_response(n, owner.party.id, message, at)
    )
    return outcome.result()


def _changed(message, **changes):
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    return type(message)(**(fields | changes))


@pytest.mark.requirement("PEER-001")
@pytest.mark.parametrize(
    ("message_bytes", "code"),
    [
        (b"", "malformed"),
        (b"\xff" * 10, "malformed"),
        (b"\x80", "malformed"),
        (b"x" * (64 * 1024 + 1), "too-large"),
        (encode_message(PullRequest(protocol=2, reader="a", position=0)), "protocol-version"),
        (encode_message(PullRequest(protocol=1, reader="a", position=-1)), "position"),
    ],
)
def test_a_bad_request_is_refused_by_its_code(message_bytes, code):
    with pytest.raises(PeerError) as caught:
        decode_request(message_bytes)
    assert caught.value.reason == code


@pytest.mark.requirement("PEER-001")
def test_a_response_with_too_many_entries_is_refused():
    entries = tuple(Entry(bytes(32), b"") for _ in range(513))
    given_back = Recovered(entries, b"", 513)
    for response in (
        PullResponse(protocol=1, owner="a", position=0, entries=entries),
        PullResponse(protocol=1, owner="a", position=0, recovered=given_back),
    ):
        with pytest.raises(PeerError, match="too-large"):
            decode_response(encode_message(response))


@pytest.mark.requirement("PEER-001")
@pytest.mark.parametrize("size_bytes", [0, 31, 33, 1_000_000])
def test_a_salt_of_another_size_is_refused(size_bytes):
    entries = (Entry(bytes(size_bytes), b"envelope"),)
    for response in (
        PullResponse(protocol=1, owner="a", position=0, entries=entries),
        PullResponse(protocol=1, owner="a", position=0, recovered=Recovered(entries, b"", 1)),
    ):
        with pytest.raises(PeerError, match="malformed: salt"):
            decode_response(encode_message(response))


@pytest.mark.requirement("PEER-001")
def test_a_message_under_another_certificate_is_refused(world):
    here, there = _pair(world)
    request = exchange_logs.pull_request(here.node, there.party.id, world.at(here))
    with pytest.raises(PeerError, match="wrong-party"):
        exchange_logs.serve_pull(there.node, there.party.id, request, world.at(there))


@pytest.mark.requirement("PEER-002")
def test_a_cosignature_speaks_of_what_is_durable_and_is_sent_again_until_heard(world):
    here, there = _pair(world)
    _declare(world, here)
    response = _response(world, there, here)
    assert response.entries
    before = decode_request(exchange_logs.pull_request(there.node, here.party.id, world.at(there)))
    _take(world, there, here, response)
    after = decode_request(exchange_logs.pull_request(there.node, here.party.id, world.at(there)))
    assert after.position == before.position + len(response.entries)
    assert after.cosignature
    log = LogId(here.party.id, there.party.id)
    assert there.store.log_size(log) == after.position
    quiet = decode_request(exchange_logs.pull_request(there.node, here.party.id, world.at(there)))
    assert quiet.cosignature == b""
    exchange_logs.pull_failed(there.node, here.party.id)
    again = decode_request(exchange_logs.pull_request(there.node, here.party.id, world.at(there)))
    assert again.cosignature


@pytest.mark.requirement("PEER-003")
@pytest.mark.parametrize("what", ["salt", "envelope", "order", "missing", "more"])
def test_entries_that_do_not_make_the_signed_root_are_not_stored(world, what):
    here, there = _pair(world)
    _declare(world, here, 0)
    _declare(world, here, 1)
    response = _response(world, there, here)
    one, other = response.entries
    entries = {
        "salt": (Entry(bytes(32), one.envelope), other),
        "envelope": (Entry(one.salt, other.envelope), other),
        "order": (other, one),
        "missing": (one,),
        "more": (one, other, other),
    }[what]
    size = there.node.peer_log(here.party.id).tree.size
    with pytest.raises(PeerError):
        _take(world, there, here, _changed(response, entries=entries))
    assert there.node.peer_log(here.party.id).tree.size == size
    assert _take(world, there, here, response) == 2


@pytest.mark.requirement("PEER-004")
def test_two_signed_roots_of_one_size_freeze_the_peer_on_record(world):
    here, there = _pair(world)
    _declare(world, here, 0)
    world.run(5)
    node = here.node
    own_log = node.own_log(there.party.id)
    # the owner shows another history: same size, another last leaf, signed with its own key
    lied = type(own_log.tree)()
    leaves = list(here.store.leaves(own_log.log))
    for leaf in leaves[:-1]:
        lied.append(leaf_commitment(leaf.salt, leaf.envelope_bytes))
    lied.append(leaf_commitment(bytes(32), leaves[-1].envelope_bytes))
    own_log.tree = lied
    there.node.peer_log(here.party.id).suspect = True
    response = _response(world, there, here)
    assert response.position_checkpoint
    _take(world, there, here, response)
    assert there.node.frozen == {here.party.id: "forked"}
    declared = _declare(world, there, 2)
    assert declared.not_possible is not None
    assert declared.not_possible.detail == {"why": "forked"}
    # on record: a restart knows it still; a person may lift it, on record too
    world._crash(there)
    world._restart(there)
    assert there.node.frozen == {here.party.id: "forked"}
    world.do(there, lambda n, at: unfreeze_peer(n, here.party.id, "explained", OFFICER, at))
    assert there.node.frozen == {}


def _forge(world, owner, reader, drafts):
    """Append records to the owner's log that its own node would not make."""
    node = owner.node
    own_log = node.own_log(reader.party.id)
    for envelope in drafts:
        node.append_leaf(own_log, bytes(32), envelope, "0" * 64)
    node.settle()


@pytest.mark.requirement("PEER-005")
def test_a_bad_record_is_quarantined_and_the_feed_goes_on(world):
    here, there = _pair(world)
    unknown_kind = seal(
        Draft("something.new", (there.party.id,), {}, OFFICER),
        here.party.id, 99, "0" * 64, world.at(here), here.party.signer,
    )  # fmt: skip
    _forge(world, here, there, [b"not an envelope", unknown_kind.envelope_bytes])
    declared = _declare(world, here)
    world.run(5)
    leaves = list(there.store.leaves(LogId(here.party.id, there.party.id)))
    reasons = [leaf.quarantine_reason for leaf in leaves if leaf.quarantine_reason]
    assert reasons == ["envelope-form", "unknown-kind"]
    held = there.node.intents.holdings.versions[declared.record.digest]
    assert held.state is IntentState.ACCEPTED
    assert {alarm.code for alarm in there.node.alarms.since(0)} >= {"quarantine"}


@pytest.mark.requirement("PEER-005")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind_version": 9}, "unknown-kind-version"),
        ({"recipients": ()}, "not-addressed"),
        ({"author": "there"}, "other-author"),
    ],
)
def test_a_record_that_has_no_place_in_the_log_is_quarantined_by_its_code(world, changes, reason):
    here, there = _pair(world)
    author = there.party if changes.pop("author", None) else here.party
    draft = replace(
        Draft("intent.withdrawal", (there.party.id,), {}, OFFICER),
        **({"recipients": (here.party.id,)} if author is there.party else {}) | changes,
    )
    record = seal(draft, author.id, 99, "0" * 64, world.at(here), author.signer)
    _forge(world, here, there, [record.envelope_bytes])
    world.run(5)
    leaves = list(there.store.leaves(LogId(here.party.id, there.party.id)))
    assert leaves[-1].quarantine_reason == reason


@pytest.mark.requirement("PEER-009")
def test_what_has_no_receipt_cannot_be_proved(world):
    here, there = _pair(world)
    record = _declare(world, here).record
    with pytest.raises(AgreementError, match="no-receipt"):
        prove_record(here.node, record.digest, there.party.id)
    world.run(10)
    assert prove_record(here.node, record.digest, there.party.id).proof_bytes


@pytest.mark.requirement("AGREE-016")
def test_a_text_that_names_a_party_this_node_is_not_paired_with_is_not_offered(world):
    here, _ = _pair(world)
    text = agreement_text([here.party, make_party("stranger")])
    with pytest.raises(AgreementError, match="not-paired"):
        propose_agreement(here.node, text, OFFICER, world.at(here))


@pytest.mark.requirement("PEER-013")
def test_a_peer_that_sends_refused_records_without_end_fills_neither_disk_nor_alarms(world):
    here, there = _pair(world)
    there.node.peer_log(here.party.id).refused = Allowance(burst=60_000.0, per_s=1_000.0)
    for number in range(300):
        _forge(world, here, there, [b"%05d" % number + b"no envelope" * 100])
    world.run(5)
    held = there.node.peer_log(here.party.id).tree.size
    assert held == here.node.own_log(there.party.id).tree.size  # the first answer is taken whole
    _forge(world, here, there, [b"no envelope" * 100])
    declared = _declare(world, here)
    world.run(60)
    assert there.node.peer_log(here.party.id).tree.size == held, "and the next has to wait"
    request = exchange_logs.pull_request(there.node, here.party.id, world.at(there))
    answer = exchange_logs.serve_pull(here.node, there.party.id, request, world.at(here))
    with pytest.raises(PeerError, match="too-much-refused"):
        exchange_logs.take_pull_response(there.node, here.party.id, answer, world.at(there))
    quarantined = [each for each in there.node.alarms.since(0) if each.code == "quarantine"]
    assert len(quarantined) == ALARMS_OF_A_CODE_MAX
    world.run(300)
    assert declared.record.digest in there.node.intents.holdings.versions, "but is read in the end"


@pytest.mark.requirement("PEER-013")
def test_one_proof_of_equivocation_is_looked_for(world, monkeypatch):
    here, there = _pair(world)
    record = _declare(world, here).record
    world.run(5)
    twins = [
        seal(
            Draft(record.kind, record.recipients, {**record.body, "callsign": f"TWIN{n}"}, OFFICER),
            here.party.id, record.sequence, record.previous, record.made_at, here.party.signer,
        )
        for n in range(20)
    ]  # fmt: skip
    searches = []
    search = take_entries.twin_of
    monkeypatch.setattr(
        take_entries, "twin_of", lambda *asked: searches.append(1) or search(*asked)
    )
    _forge(world, here, there, [twin.envelope_bytes for twin in twins])
    world.run(5)
    assert there.node.frozen == {here.party.id: "equivocation"}
    assert _evidence(there)["second_record"] == twins[0].digest
    assert len(searches) == 1


@pytest.mark.requirement("PEER-013")
def test_a_peer_cannot_give_back_more_of_a_log_than_was_signed(world):
    here, there = _pair(world)
    backup = copy_of(here.store)
    _declare(world, here)
    world.run(5)
    world.network.partition(here.party.id, there.party.id, 600_000)
    world.network.partition(there.party.id, here.party.id, 600_000)
    _wake_up_with(world, here, backup)
    asked = exchange_logs.pull_request(here.node, there.party.id, world.at(here))
    served = exchange_logs.serve_pull(there.node, here.party.id, asked, world.at(there))
    honest = decode_response(served)
    entry = honest.recovered.entries[0]
    for changes in (
        {"entries": (entry,) * 500},
        {"size": 1_000_000, "entries": ()},
        {"entries": (entry,), "checkpoint": b"", "size": 10},
    ):
        lying = _changed(honest, recovered=_changed(honest.recovered, **changes))
        with pytest.raises(PeerError, match="root-mismatch"):
            _take(world, here, there, lying)
    assert here.node.recovery.of(there.party.id).own_entries == []
    _take(world, here, there, honest)
    world.network.heal()
    world.run(20, check=safe)
    assert not here.node.recovering


@pytest.mark.requirement("PEER-006")
def test_entries_received_twice_or_late_change_nothing(world):
    here, there = _pair(world)
    _declare(world, here, 0)
    first = _response(world, there, here)
    assert _take(world, there, here, first) == 1
    assert _take(world, there, here, first) == 0
    journal = len(list(there.store.journal()))
    world.run(5)
    grown = len(list(there.store.journal()))
    assert _take(world, there, here, first) == 0
    assert len(list(there.store.journal())) == grown > journal


@pytest.mark.requirement("PEER-007")
def test_a_restored_node_is_silent_until_its_peers_gave_its_log_back(world):
    here, there = _pair(world)
    _declare(world, here, 0)
    world.run(5)
    # a backup taken now …
    backup = copy_of(here.store)
    lost = _declare(world, here, 1)
    theirs = _declare(world, there, 2)
    world.run(5, check=safe)
    size = here.node.own_log(there.party.id).tree.size
    # … is what the node wakes up with
    world._crash(here)
    backup.put_setting(RESTORED_SETTING, b"1")
    backup.commit()
    here.store = backup
    world._restart(here)
    assert here.node.recovering
    assert here.node.own_log(there.party.id).tree.size < size
    with pytest.raises(AgreementError, match="recovering"):
        here.node.issue(Draft("peer.card", (), {}, OFFICER), world.at(here))
    world.run(20, check=safe)
    assert not here.node.recovering
    versions = here.node.intents.holdings.versions
    assert versions[lost.record.digest].state is IntentState.ACCEPTED
    assert versions[theirs.record.digest].state is IntentState.ACCEPTED
    assert there.node.frozen == {}
    again = _declare(world, here, 3)
    world.run(10, check=safe)
    assert here.node.intents.holdings.versions[again.record.digest].state is IntentState.ACCEPTED
    assert logs_agree(world)


def _wake_up_with(world, place, backup):
    world._crash(place)
    backup.put_setting(RESTORED_SETTING, b"1")
    backup.commit()
    place.store, place.lost_disk = backup, True
    world._restart(place)


@pytest.mark.requirement("PEER-011")
def test_what_a_restored_node_takes_back_goes_to_everybody_it_was_meant_for():
    world = World(8, Setting(nodes=3))
    here, there, third = world.places.values()
    backup = copy_of(here.store)
    world.network.partition(here.party.id, third.party.id, 600_000)
    world.state_agreement(here, StatementAction.SUSPEND)
    world.run(5, check=safe)
    _wake_up_with(world, here, backup)
    world.network.heal()
    world.run(20, check=safe)
    for place in (here, there, third):
        status = place.node.agreements.legal_status(world.at(place))
        assert status.state is LegalState.SUSPENDED
    assert logs_agree(world)


@pytest.mark.requirement("PEER-011")
def test_an_answer_of_before_the_loss_that_comes_late_is_not_taken():
    world = World(seed=9)
    here, there = world.places.values()
    backup = copy_of(here.store)
    request = exchange_logs.pull_request(there.node, here.party.id, world.at(there))
    _declare(world, here, 0)
    late = exchange_logs.serve_pull(here.node, there.party.id, request, world.at(here))
    _wake_up_with(world, here, backup)
    asked = exchange_logs.pull_request(here.node, there.party.id, world.at(here))
    exchange_logs.serve_pull(there.node, here.party.id, asked, world.at(there))
    size = there.node.peer_log(here.party.id).tree.size
    world.do(
        there, lambda n, at: exchange_logs.take_pull_response(n, here.party.id, late, at)
    ).result()
    assert there.node.peer_log(here.party.id).tree.size == size
    declared = _declare(world, there, 1)
    world.run(20, check=safe)
    assert logs_agree(world)
    assert there.node.intents.holdings.versions[declared.record.digest].agreed


@pytest.mark.requirement("PEER-011")
def test_two_nodes_restored_at_once_give_each_other_what_they_have():
    world = World(seed=10)
    here, there = world.places.values()
    declared = _declare(world, here, 0)
    world.run(5, check=safe)
    backups = [copy_of(here.store), copy_of(there.store)]
    _declare(world, here, 1)
    world.run(5, check=safe)
    for place, backup in zip((here, there), backups, strict=True):
        _wake_up_with(world, place, backup)
    world.run(20, check=safe)
    for place in (here, there):
        assert not place.node.recovering
        version = place.node.intents.holdings.versions[declared.record.digest]
        assert version.state is IntentState.CONTESTED  # it may have been withdrawn since
    assert logs_agree(world)


@pytest.mark.requirement("PEER-015")
@pytest.mark.requirement("INTENT-023")
@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("asks_again", [False, True])
def test_what_two_nodes_lost_at_once_is_agreed_no_longer_whoever_recovers_first(first, asks_again):
    """Seed 8729: a withdrawal that only the two knew of, and the place given to a third."""
    world = World(11, Setting(nodes=3))
    here, there, third = world.places.values()
    mine = _declare(world, here, 0)
    world.run(5, check=safe)
    assert here.node.intents.holdings.versions[mine.record.digest].agreed
    backups = {each.party.id: copy_of(each.store) for each in (here, there)}
    world.network.partition(here.party.id, third.party.id, 600_000)
    world.network.partition(third.party.id, here.party.id, 600_000)
    world.do(
        here, lambda n, at: plan_flights.withdraw_flight(n, mine.record.body["intent"], OFFICER, at)
    )
    world.run(10, check=safe)
    order = (here, there) if first == 0 else (there, here)
    for place in order:
        _wake_up_with(world, place, backups[place.party.id])
        world.run(0.2, check=safe)
    world.run(5, check=safe)
    if asks_again:  # of a peer that is done by then, and forgetting what it was answered before
        assert here.node.recovering
        assert not there.node.recovering
        world._crash(here)
        world._restart(here)
    world.network.heal()
    world.run(30, check=safe)
    for place in (here, there):
        assert not place.node.recovering
        version = place.node.intents.holdings.versions[mine.record.digest]
        assert version.state is IntentState.CONTESTED
        assert any(alarm.code == "lost-together" for alarm in place.node.alarms.of_each(100))
    shown = here.node.intents.view(
        version.intent, world.at(here), here.node.context(world.at(here))
    )
    assert "state-contested" in shown.current.why_not
    # It is agreed anew by a change, and a node opened anew knows what it doubts.
    world._crash(here)
    world.run(10, check=safe)
    assert here.node.intents.holdings.versions[mine.record.digest].state is IntentState.CONTESTED
    footprint = lane(0, Instant(world.agenda.now_ms).plus_s(600), 300)
    request = FlightRequest(footprint, "general", OFFICER, intent=version.intent)
    changed = world.do(here, lambda n, at: plan_flights.declare_flight(n, request, at)).result()
    world.run(10, check=safe)
    for place in (here, there, third):
        held = place.node.intents.holdings.versions
        assert held[changed.record.digest].agreed, place.party.id
    assert here.node.intents.holdings.versions[mine.record.digest].state is IntentState.REPLACED
    assert logs_agree(world)


@pytest.mark.requirement("PEER-015")
def test_an_undecided_flight_of_before_the_loss_of_both_is_taken_back():
    world = World(seed=12)
    here, there = world.places.values()
    world.network.partition(there.party.id, here.party.id, 600_000)
    mine = _declare(world, here, 0)
    world.run(3, check=safe)
    assert here.node.intents.holdings.versions[mine.record.digest].state is IntentState.PROPOSED
    backups = [copy_of(here.store), copy_of(there.store)]
    for place, backup in zip((here, there), backups, strict=True):
        _wake_up_with(world, place, backup)
    world.network.heal()
    world.run(30, check=safe)
    for place in (here, there):
        version = place.node.intents.holdings.versions[mine.record.digest]
        assert version.state is IntentState.WITHDRAWN
        assert version.withdrawn_because == "doubt"
    assert logs_agree(world)


@pytest.mark.requirement("PEER-015")
def test_a_peer_that_was_not_restored_leaves_no_doubt(world):
    here, there = _pair(world)
    mine = _declare(world, here, 0)
    world.run(5, check=safe)
    _wake_up_with(world, here, copy_of(here.store))
    world.run(20, check=safe)
    for place in (here, there):
        assert place.node.lost_with == {}
        assert place.node.intents.holdings.versions[mine.record.digest].agreed


@pytest.mark.requirement("PEER-009")
def test_a_receipt_that_the_owner_lost_before_it_was_durable_is_given_again(world):
    """Seed 2426: the batch that was to keep it was undone, and nobody had anything more to say."""
    here, there = _pair(world)
    _declare(world, here)
    world.run(5)
    own_log = here.node.own_log(there.party.id)
    assert own_log.receipted_size == own_log.durable_size > 1
    own_log.receipted = None
    for _ in range(2):
        response = _response(world, there, here)
        assert response.entries == ()
        _take(world, there, here, response)
    assert own_log.receipted_size == own_log.durable_size


@pytest.mark.requirement("PEER-007")
def test_what_a_recovering_node_signs_over_leaves_it_holds_is_what_it_signed_before(world):
    """Decision 0009: byte for byte, for every size at which it can be asked."""
    here, there = _pair(world)
    for number in range(3):
        _declare(world, here, number)
        world.run(5)
    backup = copy_of(here.store)
    held = here.node.own_log(there.party.id).tree.size
    before = _notes_over(here, there)
    _declare(world, here, 3)
    world.run(5)
    world.network.partition(here.party.id, there.party.id, 600_000)
    world.network.partition(there.party.id, here.party.id, 600_000)
    _wake_up_with(world, here, backup)
    assert here.node.recovering
    after = _notes_over(here, there)
    assert set(after) == set(before) == {held}
    assert after == before
    asked = PullRequest(
        protocol=1, reader=there.party.id, position=1, prove_position=True, sent_unix_ms=1
    )
    answer = exchange_logs.serve_pull(
        here.node, there.party.id, encode_message(asked), world.at(here)
    )
    assert decode_response(answer).position_checkpoint == b"", "it proves nothing while it recovers"


def _notes_over(here, there):
    """Every note that a node signs for a reader that holds 0, 1, 2 … of its leaves, by its size."""
    notes: dict[int, set[bytes]] = {}
    for position in range(here.node.own_log(there.party.id).tree.size):
        asked = PullRequest(protocol=1, reader=there.party.id, position=position, sent_unix_ms=1)
        here.node.own_log(there.party.id).signed = None  # signed anew, not remembered
        answer = decode_response(
            exchange_logs.serve_pull(
                here.node, there.party.id, encode_message(asked), Instant(1_795_000_000_000)
            )
        )
        notes.setdefault(position + len(answer.entries), set()).add(answer.checkpoint)
    return notes


@pytest.mark.requirement("PEER-007")
def test_a_store_whose_leaves_are_not_those_signed_ends_in_proof_of_a_fork(world):
    """Decision 0009: where it would do harm, the reader takes nothing and gets the proof."""
    here, there = _pair(world)
    _declare(world, here, 0)
    world.run(5)
    tree = here.node.own_log(there.party.id).tree
    size = tree.size
    here.node.own_log(there.party.id).tree = MerkleLog(b"other %d" % n for n in range(size))
    here.node.own_log(there.party.id).signed = None
    here.node.begin_recovery()
    _forge(world, here, there, [b"one more"])
    response = _response(world, there, here)
    with pytest.raises(PeerError, match="root-mismatch"):
        _take(world, there, here, response)
    assert there.node.peer_log(here.party.id).tree.size == size
    here.node.recovery = None
    asked = decode_request(exchange_logs.pull_request(there.node, here.party.id, world.at(there)))
    assert asked.prove_position
    answer = exchange_logs.serve_pull(
        here.node, there.party.id, encode_message(asked), world.at(here)
    )
    with pytest.raises(PeerError, match="root-mismatch"):
        _take(world, there, here, decode_response(answer))
    assert there.node.frozen == {here.party.id: "forked"}


@pytest.mark.requirement("PEER-007")
def test_a_rolled_back_store_is_noticed_from_the_peers_position(world):
    here, there = _pair(world)
    _declare(world, here, 0)
    world.run(5)
    backup = copy_of(here.store)
    _declare(world, here, 1)
    world.run(5)
    world._crash(here)
    here.store, here.lost_disk = backup, True
    world._restart(here)
    assert not here.node.recovering
    world.run(20, check=safe)
    assert not here.node.recovering
    assert there.node.frozen == {}
    assert logs_agree(world)


@pytest.mark.requirement("PEER-008")
def test_a_clock_too_far_off_stops_new_acceptances_only(world):
    here, there = _pair(world)
    there.skew_ms = 9_000  # the agreement allows 5 s
    for _ in range(12):  # the older measurements leave the filter
        _declare(world, there, 5)
        world.run(2)
    accepted_before = {v.digest for v in here.node.intents.holdings.versions.values() if v.agreed}
    declared = _declare(world, here, 1)
    assert declared.not_possible is not None
    assert declared.not_possible.detail == {"why": "clock-difference"}
    still = {v.digest for v in here.node.intents.holdings.versions.values() if v.agreed}
    assert accepted_before <= still
    there.skew_ms = 0
    for _ in range(12):
        world.run(4)
    declared = _declare(world, here, 1)
    world.run(5, check=safe)
    assert here.node.intents.holdings.versions[declared.record.digest].agreed


@pytest.mark.requirement("PEER-009")
def test_without_a_receipt_delivery_is_unknown(world):
    here, there = _pair(world)
    world.network.partition(there.party.id, here.party.id, 60_000)
    declared = _declare(world, here, 0)
    world.run(10)
    (delivery,) = here.node.deliveries(declared.record.digest)
    assert not delivery.receipted
    world.network.heal()
    world.run(20)
    (delivery,) = here.node.deliveries(declared.record.digest)
    assert delivery.receipted


@pytest.mark.requirement("PEER-010")
def test_a_second_record_in_one_place_is_equivocation(world):
    here, there = _pair(world)
    declared = _declare(world, here, 0)
    world.run(5)
    record = declared.record
    twin = seal(
        Draft(record.kind, record.recipients, {**record.body, "callsign": "OTHER"}, OFFICER),
        here.party.id, record.sequence, record.previous, record.made_at, here.party.signer,
    )  # fmt: skip
    _forge(world, here, there, [twin.envelope_bytes])
    world.run(5)
    assert there.node.frozen == {here.party.id: "equivocation"}
    leaves = list(there.store.leaves(LogId(here.party.id, there.party.id)))
    assert leaves[-1].quarantine_reason == "equivocation"
    evidence = _evidence(there)
    assert evidence == {"first_record": record.digest, "second_record": twin.digest}
    resolver = there.node.directory.public_key_of
    first = open_record(there.store.read(evidence["first_record"]), resolver)
    proof = prove_equivocation(first, open_record(leaves[-1].envelope_bytes, resolver))
    assert open_equivocation(proof, resolver)[0] == here.party.id
    world._crash(there)
    world._restart(there)
    assert there.node.frozen == {here.party.id: "equivocation"}, "the proof is on record"


@pytest.mark.requirement("PEER-010")
def test_a_record_that_names_another_before_it_is_equivocation(world):
    here, there = _pair(world)
    declared = _declare(world, here, 0)
    world.run(5)
    audience = (here.party.id, (there.party.id,))
    last = here.node._places[audience]
    other_past = seal(
        Draft("agreement.signature", (there.party.id,), {"agreement": "0" * 64}, OFFICER),
        here.party.id, last.sequence + 1, "f" * 64, world.at(here), here.party.signer,
    )  # fmt: skip
    _forge(world, here, there, [other_past.envelope_bytes])
    world.run(5)
    assert declared.record is not None
    assert there.node.frozen == {here.party.id: "equivocation"}
    assert _evidence(there) == {"first_record": last.digest, "second_record": other_past.digest}


@pytest.mark.requirement("PEER-005")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"decide_by": "9999-12-31T23:59:59.999Z"}, None),
        ({"footprint": {"cells": {"cells": [["8ffffffffffffff", 3, 5]]}}}, "field-limit"),
        ({"footprint": {"cells": {"resolution": 3}}}, "field-limit"),
        ({"footprint": {"cells": {"cells": [["871fa4c4affffff", 99_999, 5]]}}}, "field-limit"),
        ({"footprint": {"cells": {"cells": [["871fa4c4affffff", 3, 2**48]]}}}, "field-limit"),
    ],
)
def test_hostile_values_harm_neither_the_node_nor_the_feed(world, changes, reason):
    """Times and cells beyond every limit of ours: the bad one goes, the good one behind it counts."""
    here, there = _pair(world)
    good = _declare(world, here, 0).record
    body = dict(good.body) | {"intent": f"{here.party.id}/{1:016x}"} | changes
    if "footprint" in changes:
        cover = {
            "band_height_mm": 300_000, "cells": [["871fa4c4affffff", 3, 5_984_000]],
            "datum": "WGS84", "resolution": 7, "slot_s": 300,
        } | changes["footprint"]["cells"]  # fmt: skip
        body |= {"disclosure": "cells", "footprint": {"flight_class": "general", "cells": cover}}
    bad = seal(
        Draft("intent.proposal", (there.party.id,), body, OFFICER),
        here.party.id, good.sequence + 1, good.digest, world.at(here), here.party.signer,
    )  # fmt: skip
    _forge(world, here, there, [bad.envelope_bytes])
    here.node._places[here.party.id, (there.party.id,)] = Place(bad.sequence, bad.digest)
    world.run(5)
    leaves = {
        leaf.digest: leaf for leaf in there.store.leaves(LogId(here.party.id, there.party.id))
    }
    assert leaves[bad.digest].quarantine_reason == reason
    after = there.node.intents.holdings.versions
    assert after[good.digest].state in (IntentState.HELD, IntentState.ACCEPTED)
    if reason is None:
        assert after[bad.digest].state is IntentState.REFUSED


def _evidence(place):
    """What the node that froze a peer wrote down."""
    payloads = [
        decode_canonical(unwrap(e.envelope_bytes).payload_bytes) for e in place.store.journal()
    ]
    (frozen,) = [each for each in payloads if each["kind"] == "peer.freeze"]
    return frozen["body"]["evidence"]


@pytest.mark.requirement("AGREE-022", "PEER-012")
def test_a_revoked_key_counts_up_to_its_place_in_the_log_and_no_further(world):
    here, there = _pair(world)
    before = _declare(world, here, 0).record
    new = SeededSigner(b"n" * 32)
    old = here.party.card.key.statement
    named = hashlib.sha256(b"new certificate").hexdigest()
    statement = replace(
        old,
        node_key=new.public_key,
        sequence=1,
        revokes=(old.key_id,),
        tls_certificate_sha256=named,
    )
    signed = sign_key_statement(statement, here.party.root.sign)
    world.network.partition(there.party.id, here.party.id, 30_000)
    rotation = world.do(
        here, lambda n, at: announce_key(n, signed, OFFICER, at, b"new certificate")
    ).result()
    (delivery,) = here.node.deliveries(rotation.digest)
    assert not delivery.receipted, "pending until it is delivered there"
    assert there.node.directory.public_keys(here.party.id) == (here.party.signer.public_key,)

    def said(signer, sequence, previous):
        number = int(signer.key_id[-8:], 16)
        body = {**before.body, "intent": f"{here.party.id}/{number:016x}"}
        draft = Draft("intent.proposal", (there.party.id,), body, OFFICER)
        return seal(draft, here.party.id, sequence, previous, world.at(here), signer)

    late = said(here.party.signer, rotation.sequence + 1, rotation.digest)
    good = said(new, rotation.sequence + 1, rotation.digest)
    _forge(world, here, there, [late.envelope_bytes, good.envelope_bytes])
    here.node._places[here.party.id, (there.party.id,)] = Place(good.sequence, good.digest)
    here.runner.node.signer = new
    world.network.heal()
    world.run(20)
    assert here.node.deliveries(rotation.digest)[0].receipted
    leaves = {
        leaf.digest: leaf for leaf in there.store.leaves(LogId(here.party.id, there.party.id))
    }
    reasons = [leaves[each.digest].quarantine_reason for each in (before, rotation, late, good)]
    assert reasons == [None, None, "key-revoked", None]
    assert there.node.frozen == {}
    known = there.node.directory.certificates(here.party.id, world.at(there))
    assert known == (b"new certificate",), "the revoked key's has gone with it"
    for place in (here, there):
        chosen = choose(place.store, [place.party.card], Wanted(kinds=("intent.*",)))
        (party,) = [each for each in chosen.parties if each.party == here.party.id]
        assert [each.statement.sequence for each in party.statements] == [0, 1]


@pytest.mark.requirement("AGREE-027")
def test_a_node_whose_key_is_about_to_end_says_so_and_signs_for_nobody_once_it_has(world):
    here, there = _pair(world)
    first = here.party.card.key.statement

    def alarms():
        return [each.code for each in here.node.alarms.since(0) if each.code == "key-ends"]

    here.node.decide(first.not_after.plus_s(-KEY_WARNED_S - 1))
    assert alarms() == []
    for _ in range(2):
        here.node.decide(first.not_after.plus_s(-KEY_WARNED_S))
    assert alarms() == ["key-ends"]
    with pytest.raises(AgreementError, match="key-expired"):
        here.node.issue(Draft("intent.withdrawal", (there.party.id,), {}, OFFICER), first.not_after)
    new = SeededSigner(b"n" * 32)
    statement = replace(
        first,
        node_key=new.public_key,
        sequence=1,
        not_before=first.not_after,
        not_after=first.not_after.plus_s(86_400),
    )
    signed = sign_key_statement(statement, here.party.root.sign)
    announce_key(here.node, signed, OFFICER, first.not_after.plus_s(60))  # by the key that ended
    here.node.signer = new
    assert here.node.key_ends() == statement.not_after


@pytest.mark.requirement("PEER-012")
def test_a_key_changed_far_behind_what_a_peer_has_is_introduced_again_after_a_restart(
    world, monkeypatch
):
    """One entry an answer: the note is under the new key long before its record has its turn."""
    monkeypatch.setattr(exchange_logs, "ENTRIES_PER_RESPONSE_MAX", 1)
    here, there = _pair(world)
    world.network.partition(there.party.id, here.party.id, 60_000)
    for number in range(3):
        _declare(world, here, number)
    new = SeededSigner(b"n" * 32)
    statement = replace(here.party.card.key.statement, node_key=new.public_key, sequence=1)
    signed = sign_key_statement(statement, here.party.root.sign)
    rotation = world.do(here, lambda n, at: announce_key(n, signed, OFFICER, at)).result()
    here.runner.node.signer = new
    response = _response(world, there, here)
    assert response.entries[0].envelope != here.store.read(rotation.digest)
    assert _take(world, there, here, response) == 1
    world._crash(there)
    world._restart(there)
    world.network.heal()
    world.run(60)
    assert here.node.signer is new
    assert logs_agree(world)
    assert here.node.deliveries(rotation.digest)[0].receipted
    _declare(world, here, 5)
    assert _response(world, there, here).introduces == b""


@pytest.mark.requirement("PEER-012")
def test_only_the_pinned_root_introduces_a_key(world):
    here, there = _pair(world)
    known = (here.party.signer.public_key,)
    statement = replace(here.party.card.key.statement, node_key=SeededSigner(b"x" * 32).public_key)
    forged = sign_key_statement(statement, there.party.root.sign)
    envelope = seal(
        key_draft(forged, (there.party.id,), OFFICER),
        here.party.id, 0, None, world.at(here), here.party.signer,
    ).envelope_bytes  # fmt: skip
    other = there.store.read(next(iter(there.store.journal())).digest)
    for number, introduces in enumerate((envelope, b"junk", other)):
        _declare(world, here, number)
        response = _changed(_response(world, there, here), introduces=introduces)
        assert _take(world, there, here, response) >= 1
        assert there.node.directory.public_keys(here.party.id) == known


@pytest.mark.requirement("RELEASE-001", "RELEASE-004")
@pytest.mark.parametrize(
    ("kind", "labels"),
    [("something.new", ()), ("peer.card", ()), ("intent.proposal", ("not-releasable",))],
)
def test_a_node_signs_nothing_that_the_gate_denies(world, kind, labels):
    here, there = _pair(world)
    body = dict(_declare(world, here, 0).record.body) if kind == "intent.proposal" else {}
    before = here.node.own_log(there.party.id).tree.size, len(list(here.store.journal()))
    draft = Draft(kind, (there.party.id,), body, OFFICER, labels=labels)
    with pytest.raises(AgreementError, match="not-releasable"):
        here.node.issue(draft, world.at(here))
    after = here.node.own_log(there.party.id).tree.size, len(list(here.store.journal()))
    assert after == before


@pytest.mark.requirement("INTENT-020")
def test_a_flight_long_over_is_shown_from_the_store(world, monkeypatch):
    monkeypatch.setattr("comity.domain.intents.holdings.FINISHED_KEPT_S", 0.0)
    declared = _declare(world, *_pair(world)[:1], start_s=30)
    intent = declared.intent
    world.run(20)
    before = [view_flight(each.node, intent, world.at(each)) for each in _pair(world)]
    world.run(30 + 300 + 20 + 60 + 20)
    for place, was in zip(_pair(world), before, strict=True):
        assert list(place.node.intents.intents()) == []
        view = view_flight(place.node, intent, world.at(place))
        assert view is not None
        assert view.current.state is IntentState.EXPIRED
        assert view.current.overdue
        assert view.current.answers == was.current.answers
        assert view.current.proposal == was.current.proposal
        assert (
            view_flight(place.node, IntentId(f"{place.party.id}/{9:016x}"), world.at(place)) is None
        )


def test_replay_rebuilds_the_same_node(world):
    here, there = _pair(world)
    for number in range(4):
        _declare(world, here, number)
        _declare(world, there, number + 4)
        world.run(3)
    before = _state_of(here.node)
    runner = here.runner
    reopened = runner.open_node()
    assert _state_of(reopened) == before


def _state_of(node: Node) -> dict[str, object]:
    return {
        "versions": [
            (v.digest, v.state, dict(v.assents), v.flags)
            for v in node.intents.holdings.versions.values()
        ],
        "own": {p: (o.tree.size, o.tree.root()) for p, o in node.own_logs.items()},
        "peers": {p: (o.tree.size, o.tree.root()) for p, o in node.peer_logs.items()},
        "frozen": dict(node.frozen),
        "terms": [a.digest for a in node.agreements.agreements()],
    }


def test_a_private_kind_from_a_peer_is_refused(world):
    here, there = _pair(world)
    card = seal(
        Draft("peer.card", (there.party.id,), {"card": "x"}, OFFICER),
        here.party.id, 9, "0" * 64, world.at(here), here.party.signer,
    )  # fmt: skip
    with pytest.raises(RecordError, match="private-kind"):
        there.node.accept(card, 0, world.at(there))
