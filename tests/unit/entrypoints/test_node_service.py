"""Batches, waiting pulls and events around a node: answers leave only after the commit."""

import asyncio
import functools
import gc
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faulty_disk import FaultyDisk, faulty_disk
from tests.node_homes import OFFICER, make_home, until
from tests.simulation.parties import EPOCH, lane

from comity import bootstrap
from comity.adapters.http_peer import LinkState, OwnCertificate, PeerPins, Reach
from comity.adapters.sqlite import SqliteRecordStore
from comity.adapters.system_clock import SystemEntropy
from comity.application import run_batch
from comity.application.node import Node
from comity.application.pair_peers import accept_peer, remove_peer
from comity.domain.agreement import decode_card
from comity.domain.peering import (
    PROTOCOL_VERSION,
    PullRequest,
    decode_request,
    decode_response,
    encode_message,
)
from comity.domain.records import payload_digest
from comity.entrypoints.api.telling import tell_alarms
from comity.entrypoints.cli import warming
from comity.entrypoints.home import HomeLayout
from comity.entrypoints.node_service import CycleCollector, EventStream, NodeService, PeerLinks
from comity.entrypoints.node_service import events as events_module
from comity.entrypoints.node_service import service as service_module
from comity.entrypoints.node_service.garbage import FULL_EVERY_S
from comity.entrypoints.node_service.service import WORKS_QUEUED_MAX
from comity.kernel.errors import InputError, PeerError, StoreError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("cards")
    names = ("Borealis", "Corvania", "Delta")
    return [make_home(folder / name, name).card.read_text().strip() for name in names]


def serve(layout: HomeLayout, scenario: Callable[[NodeService], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        service = bootstrap.open_service(layout)
        work = asyncio.create_task(service.run())
        try:
            async with asyncio.timeout(10):
                return await scenario(service)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            service.close()

    return asyncio.run(within())


def pairing(card: str) -> Callable[[Node, Instant], PartyId]:
    def work(node: Node, at: Instant) -> PartyId:
        return accept_peer(node, card, OFFICER, at).party

    return work


def count_of(node: Node, _at: Instant) -> int:
    return sum(1 for _ in node.store.journal())


@pytest.mark.requirement("DOORS-030")
def test_what_is_answered_is_there_after_the_process_is_gone(
    tmp_path: Path, cards: list[str]
) -> None:
    layout = make_home(tmp_path / "a")

    async def scenario(service: NodeService) -> list[PartyId]:
        return list(await asyncio.gather(*(service.do(pairing(card)) for card in cards)))

    paired = serve(layout, scenario)

    async def afterwards(service: NodeService) -> tuple[PartyId, ...]:
        assert await service.do(count_of) == 3
        peers: tuple[PartyId, ...] = await service.do(lambda node, _at: node.peers())
        return peers

    assert sorted(paired) == list(serve(layout, afterwards))


@pytest.mark.requirement("DOORS-030")
def test_a_refused_work_does_not_disturb_its_batch(tmp_path: Path, cards: list[str]) -> None:
    async def scenario(service: NodeService) -> None:
        results = await asyncio.gather(
            service.do(pairing(cards[0])),
            service.do(pairing("no card")),
            service.do(pairing(cards[1])),
            return_exceptions=True,
        )
        assert isinstance(results[1], InputError)
        assert await service.do(count_of) == 2

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-031")
def test_a_batch_that_is_not_kept_is_answered_to_nobody_and_the_node_opens_anew(
    tmp_path: Path, cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(service: NodeService) -> None:
        def full(_store: object) -> None:
            raise StoreError("disk-full", "no space left")

        with monkeypatch.context() as patch:
            patch.setattr("comity.adapters.sqlite.SqliteRecordStore.commit", full)
            results = await asyncio.gather(
                *(service.do(pairing(card)) for card in cards[:2]), return_exceptions=True
            )
        assert [getattr(result, "reason", None) for result in results] == ["disk-full"] * 2
        assert await service.do(lambda node, _at: node.peers()) == ()
        await service.do(pairing(cards[0]))
        assert await service.do(count_of) == 1

    serve(make_home(tmp_path / "a"), scenario)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyDisk]:
    """Stores are opened on a disk that can run full or fail to flush."""
    with faulty_disk() as (disk, vfs):
        opened = functools.partial(SqliteRecordStore, vfs=vfs, exclusive=True)
        monkeypatch.setattr("comity.adapters.sqlite.SqliteRecordStore", opened)
        yield disk


async def answered(service: NodeService) -> int:
    """How many records there are, as soon as the node tells."""
    while True:
        try:
            count: int = await service.do(count_of)
        except StoreError:
            await asyncio.sleep(0.05)
        else:
            return count


@pytest.mark.requirement("DOORS-036")
def test_a_node_whose_disk_does_not_flush_says_so_and_goes_on_once_it_does(
    tmp_path: Path, cards: list[str], disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_batch, "REOPEN_S", 0.1)
    layout = make_home(tmp_path / "a")

    async def scenario(service: NodeService) -> None:
        peer = await service.do(pairing(cards[0]))
        waiting = asyncio.create_task(service.serve_pull(peer, pull(service, peer, 0, 20)))
        await service.do(lambda _node, _at: None)
        disk.failing_syncs = True
        with pytest.raises(StoreError, match="sync-failed"):
            await service.do(pairing(cards[1]))
        # Not even the store can be opened: nothing is read from a node that is ahead of its store.
        for attempt in (service.do(count_of), service.serve_pull(peer, pull(service, peer, 0, 1))):
            with pytest.raises(StoreError):
                await attempt
        with pytest.raises(StoreError):
            await waiting
        disk.failing_syncs = False
        assert await answered(service) in {1, 2}
        await service.do(pairing(cards[2]))
        alarms = await service.do(lambda node, _at: [each.code for each in node.alarms.since(0)])
        assert "not-kept" in alarms

    serve(layout, scenario)

    async def afterwards(service: NodeService) -> tuple[PartyId, ...]:
        peers: tuple[PartyId, ...] = await service.do(lambda node, _at: node.peers())
        return peers

    kept = serve(layout, afterwards)
    known = [decode_card(card).party for card in cards]
    assert {known[0], known[2]} <= set(kept) <= set(known)


@pytest.mark.requirement("DOORS-036")
def test_one_flush_that_fails_costs_its_batch_and_no_restart(
    tmp_path: Path, cards: list[str], disk: FaultyDisk
) -> None:
    async def scenario(service: NodeService) -> None:
        await service.do(pairing(cards[0]))
        disk.failing_syncs_left = 1
        with pytest.raises(StoreError, match="sync-failed"):
            await service.do(pairing(cards[1]))
        assert disk.failing_syncs_left == 0
        await service.do(pairing(cards[2]))
        assert await service.do(count_of) in {2, 3}

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-036")
def test_a_full_disk_is_said_and_the_node_goes_on_when_there_is_room(
    tmp_path: Path, cards: list[str], disk: FaultyDisk
) -> None:
    async def scenario(service: NodeService) -> None:
        await service.do(pairing(cards[0]))
        disk.bytes_free = 0
        with pytest.raises(StoreError, match="disk-full"):
            await service.do(pairing(cards[1]))
        assert await service.do(count_of) == 1  # what was kept can still be read
        disk.bytes_free = None
        await service.do(pairing(cards[1]))
        assert await service.do(count_of) == 2

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-031")
def test_a_fault_of_ours_undoes_its_batch(tmp_path: Path, cards: list[str]) -> None:
    def half_done(node: Node, at: Instant) -> None:
        accept_peer(node, cards[0], OFFICER, at)
        raise ZeroDivisionError

    async def scenario(service: NodeService) -> None:
        with pytest.raises(InvariantError, match="ZeroDivisionError"):
            await service.do(half_done)
        assert await service.do(lambda node, _at: node.peers()) == ()
        assert await service.do(count_of) == 0

    serve(make_home(tmp_path / "a"), scenario)


def pull(service: NodeService, peer: PartyId, position: int, wait_s: float) -> bytes:
    return encode_message(
        PullRequest(protocol=PROTOCOL_VERSION, reader=peer, position=position, wait_s=wait_s)
    )


@pytest.mark.requirement("DOORS-032")
def test_a_pull_waits_until_its_time_is_over_and_a_newer_one_takes_its_place(
    tmp_path: Path, cards: list[str]
) -> None:
    async def scenario(service: NodeService) -> None:
        peer = await service.do(pairing(cards[0]))
        older = asyncio.create_task(service.serve_pull(peer, pull(service, peer, 0, 20)))
        await service.do(lambda _node, _at: None)
        newer = asyncio.create_task(service.serve_pull(peer, pull(service, peer, 0, 0.3)))
        with pytest.raises(PeerError, match="superseded"):
            await older
        answer = decode_response(await newer)
        assert (answer.owner, answer.entries) == (service.party, ())

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-032")
def test_a_bad_pull_is_refused_and_the_next_served(tmp_path: Path, cards: list[str]) -> None:
    async def scenario(service: NodeService) -> None:
        peer = await service.do(pairing(cards[0]))
        other = await service.do(pairing(cards[1]))
        for message, reason in (
            (b"", "malformed"),
            (b"\xc1", "malformed"),
            (b"x" * 70_000, "too-large"),
            (pull(service, other, 0, 0), "wrong-party"),
            (pull(service, peer, -1, 0), "position"),
            (pull(service, peer, 10**9, 0), "checkpoint-signature"),
        ):
            with pytest.raises(PeerError) as caught:
                await service.serve_pull(peer, message)
            assert caught.value.reason == reason
        assert decode_response(await service.serve_pull(peer, pull(service, peer, 0, 0)))

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-032")
def test_whoever_waits_is_told_when_the_node_goes(tmp_path: Path, cards: list[str]) -> None:
    async def scenario(service: NodeService) -> None:
        peer = await service.do(pairing(cards[0]))
        waiting = asyncio.create_task(service.serve_pull(peer, pull(service, peer, 0, 20)))
        await service.do(lambda _node, _at: None)
        service.release_waiting()
        with pytest.raises(PeerError, match="closing"):
            await waiting

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-033")
def test_more_work_than_the_queue_holds_is_refused_with_the_limit(tmp_path: Path) -> None:
    async def scenario(service: NodeService) -> None:
        results = await asyncio.gather(
            *(service.do(lambda _node, _at: 1) for _ in range(WORKS_QUEUED_MAX + 1)),
            return_exceptions=True,
        )
        assert results.count(1) == WORKS_QUEUED_MAX
        refused = [result for result in results if result != 1]
        assert len(refused) == 1
        assert str(refused[0]).startswith("overloaded")
        assert str(WORKS_QUEUED_MAX) in str(refused[0])

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-016")
def test_more_watchers_than_there_may_be_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "WATCHERS_MAX", 1)

    async def scenario(service: NodeService) -> None:
        events = EventStream(service)
        async with events.watch(OFFICER):
            with pytest.raises(StoreError, match="too-many-watchers"):
                await events.watch(OFFICER).__aenter__()
        async with events.watch(OFFICER):
            pass

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("DOORS-016")
def test_a_watcher_is_told_of_each_record_once_and_in_its_place(
    tmp_path: Path, cards: list[str]
) -> None:
    layout = make_home(tmp_path / "a")

    async def scenario(service: NodeService) -> list[tuple[int | None, str | None]]:
        events = EventStream(service)
        await service.do(pairing(cards[0]))
        async with events.watch(OFFICER) as told:
            await asyncio.gather(*(service.do(pairing(card)) for card in cards[1:]))
            await service.do(lambda _node, _at: None)  # a batch that keeps nothing tells nothing
            events.close()
            return [(event.number, event.digest) async for event in told]

    def journal(node: Node, _at: Instant) -> list[tuple[int, str]]:
        return [(number, entry.digest) for number, entry in enumerate(node.store.journal())]

    told = serve(layout, scenario)
    kept = serve(layout, lambda service: service.do(journal))
    assert told == kept[1:]
    assert len(told) == 2


@pytest.mark.requirement("DOORS-018")
def test_a_removed_peer_is_served_nothing_and_is_paired_anew_by_its_card(
    tmp_path: Path, cards: list[str]
) -> None:
    layout = make_home(tmp_path / "a")
    reason = "moved to another node"

    async def scenario(service: NodeService) -> PartyId:
        peer = await service.do(pairing(cards[0]))
        waiting = asyncio.create_task(service.serve_pull(peer, pull(service, peer, 0, 20)))
        await service.do(lambda _node, _at: None)
        await service.do(lambda node, at: remove_peer(node, peer, reason, OFFICER, at))
        for refused in (waiting, service.serve_pull(peer, pull(service, peer, 0, 0))):
            with pytest.raises(PeerError, match="unknown-peer"):
                await refused
        with pytest.raises(InputError, match="no peer"):
            await service.do(lambda node, at: remove_peer(node, peer, reason, OFFICER, at))
        return peer

    peer = serve(layout, scenario)

    async def afterwards(service: NodeService) -> None:
        blocked = await service.do(lambda node, at: (node.peers(), node.blocked_peers(None)))
        assert blocked == ((), {peer: "removed"})
        await service.do(pairing(cards[0]))
        blocked = await service.do(lambda node, at: (node.peers(), node.blocked_peers(None)))
        assert blocked == ((peer,), {})
        answer = decode_response(await service.serve_pull(peer, pull(service, peer, 0, 0)))
        assert answer.owner == service.party

    serve(layout, afterwards)


@pytest.mark.requirement("DOORS-004")
def test_a_certificate_outside_its_time_rings_once_and_until_it_is_taken(tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    code = "certificate-not-yet-valid"

    def rung(node: Node, at: Instant) -> list[tuple[str, bool | None, str]]:
        return [(each.code, each.goes_on, each.text) for each in tell_alarms(node, at)]

    async def scenario(service: NodeService) -> None:
        peer = PartyId("north.aaaaaaaa")
        own = OwnCertificate(layout.tls_certificate, layout.tls_key)
        links = PeerLinks(service, PeerPins([own]), EventStream(service), SystemEntropy())
        try:
            for apart_s in (3600, 3601):
                refused = LinkState(Reach.REFUSED, EPOCH, f"{code}: clocks differ by {apart_s} s")
                links.link_changed(peer, refused)
                async with asyncio.timeout(5):
                    while not (told := await service.do(rung)):  # noqa: ASYNC110 - a link tells nobody
                        await asyncio.sleep(0.01)
                assert told == [(code, True, "clocks differ by 3600 s")]  # the first is kept
            links.link_changed(peer, LinkState(Reach.REACHABLE, EPOCH))
            async with asyncio.timeout(5):
                while await service.do(rung):  # noqa: ASYNC110 - a link tells nobody
                    await asyncio.sleep(0.01)
        finally:
            await links.close()

    serve(layout, scenario)


@pytest.mark.requirement("NODE-002")
def test_what_a_node_holds_is_set_aside_from_full_collections(
    tmp_path: Path, cards: list[str]
) -> None:
    class Linked:
        itself: object = None

    def dropped_cycle() -> weakref.ref[Linked]:
        linked = Linked()
        linked.itself = linked
        return weakref.ref(linked)

    service = bootstrap.open_service(make_home(tmp_path / "a"))
    thresholds = gc.get_threshold()
    try:
        start = Instant(1_800_000_000_000)
        collector = CycleCollector(start)
        collector.begin()
        set_aside = gc.get_freeze_count()
        held = [[number] for number in range(100)]
        node = service._runner.node
        collector.tend(node, start)
        assert gc.get_freeze_count() == set_aside  # the young are left to Python
        gc.collect(1)
        collector.tend(node, start)
        assert gc.get_freeze_count() >= set_aside + len(held)
        gc.disable()
        old = dropped_cycle()
        gc.freeze()
        collector.tend(node, start.plus_s(FULL_EVERY_S - 1))
        assert old() is not None
        collector.tend(node, start.plus_s(FULL_EVERY_S))
        assert old() is None  # once a day, idle, everything is looked at
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        service.close()


@pytest.mark.requirement("NODE-001")
def test_a_pull_is_told_what_is_durable_at_once_and_never_what_is_not_yet(
    tmp_path: Path, cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    begun, may_return = threading.Event(), threading.Event()
    commit = SqliteRecordStore.commit

    def slow(store: SqliteRecordStore) -> None:
        commits.append(1)
        begun.set()
        commit(store)
        may_return.wait(10)

    async def scenario(service: NodeService) -> None:
        peer = await service.do(pairing(cards[0]))

        def append(node: Node, _at: Instant) -> None:
            envelope = b"an envelope"
            node.append_leaf(node.own_log(peer), bytes(32), envelope, payload_digest(envelope))

        monkeypatch.setattr(SqliteRecordStore, "commit", slow)
        appended = asyncio.create_task(service.do(append))
        await asyncio.to_thread(begun.wait, 10)
        first = asyncio.create_task(service.serve_pull(peer, pull(service, peer, 0, 5)))
        await asyncio.sleep(0.05)
        assert not first.done()
        assert not appended.done()
        may_return.set()
        assert len(decode_response(await first).entries) == 1
        await appended
        again = decode_response(await service.serve_pull(peer, pull(service, peer, 0, 5)))
        assert len(again.entries) == 1
        assert len(commits) == 1  # no flush was waited for

    serve(make_home(tmp_path / "a"), scenario)


@pytest.mark.requirement("NODE-003")
def test_finders_do_without_compiled_code_until_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(warming, "warm_up", lambda: loaded.wait(10))
    monkeypatch.setattr("comity.domain.conflicts.compiled.loaded", loaded.is_set)
    monkeypatch.setattr(bootstrap, "WARM_FROM", 2)
    finders = bootstrap._Finders()
    finder = finders.make()
    flights = {RecordDigest(f"{number:064x}"): lane(0, EPOCH, 300 + number) for number in range(8)}
    found = []
    for key, flight in flights.items():
        finder.hold(key, flight)
        finders.maintain()
        found.append([each.key for each in finder.find(flight)])
    assert finder.size_bytes == 0  # nothing compiled, and nobody waited
    loaded.set()
    until(lambda: finders.maintain() is None and finder.size_bytes > 0)
    assert finder.size_bytes > 0
    last = next(reversed(flights.values()))
    assert sorted(each.key for each in finder.find(last)) == sorted(found[-1])
    assert len(found[-1]) == len(flights)


@pytest.mark.requirement("PEER-014")
def test_an_answer_that_is_much_work_lets_other_work_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no time at all for a slice, each batch takes one or two entries; what is asked comes in between."""
    monkeypatch.setattr(service_module, "SLICE_S_MAX", 0.0)
    count = 20
    owner_home, reader_home = (
        make_home(tmp_path / "a", "Owner"),
        make_home(tmp_path / "b", "Reader"),
    )
    cards_of = [home.card.read_text().strip() for home in (owner_home, reader_home)]

    async def scenario(owner: NodeService, reader: NodeService) -> list[int]:
        await owner.do(pairing(cards_of[1]))
        await reader.do(pairing(cards_of[0]))

        def owe(node: Node, _at: Instant) -> None:
            for number in range(count):
                log = node.own_log(reader.party)
                digest = payload_digest(number.to_bytes(2, "big"))
                node.append_leaf(log, bytes(32), b"no record %d" % number, digest)

        await owner.do(owe)
        request_bytes = await reader.next_request(owner.party, None, 0.0)
        answer_bytes = await owner.serve_pull(reader.party, request_bytes)
        task = asyncio.create_task(reader.next_request(owner.party, answer_bytes, 0.0))
        sizes = []
        while not task.done():
            sizes.append(await reader.do(lambda node, _at: node.peer_log(owner.party).tree.size))
        assert decode_request(await task).position == count
        return sizes

    async def both() -> list[int]:
        services = [bootstrap.open_service(home) for home in (owner_home, reader_home)]
        tasks = [asyncio.create_task(service.run()) for service in services]
        try:
            async with asyncio.timeout(10):
                return await scenario(*services)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for service in services:
                service.close()

    sizes = asyncio.run(both())
    assert len({size for size in sizes if 0 < size < count}) >= count // 3
