# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""Composes one node: the only module that names adapters and entrypoints together.

Everything heavy is imported where it is used, so that the command line starts at once.
"""

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from comity.adapters.area_files import AreaFile
    from comity.adapters.http_peer import LinkState
    from comity.application.make_bundle import Chosen, Wanted
    from comity.application.node import Node
    from comity.application.reconstruct import Reconstruction
    from comity.application.sign_in import Access
    from comity.domain.agreement import PartyCard
    from comity.domain.airspace import Altitude
    from comity.domain.alerts.border_lines import BorderLines
    from comity.domain.conflicts import ConflictIndex
    from comity.domain.operators import Operator, OperatorRegister, Role
    from comity.domain.tracks import Plot
    from comity.entrypoints.api.border_messages import BordersNamed
    from comity.entrypoints.api.context import ApiContext
    from comity.entrypoints.api.ice_servers import IceServer
    from comity.entrypoints.cli.access import NodeAccess, PlayedRecording
    from comity.entrypoints.cli.sources import AreaSources
    from comity.entrypoints.home import Config, HomeLayout, Start
    from comity.entrypoints.home.create import CreatedHome, HomeWish
    from comity.entrypoints.node_service import AirDesk, EventStream, NodeService
    from comity.feed_formats import Recording
    from comity.kernel.ids import OperatorId, PartyId, RecordDigest
    from comity.kernel.instants import Instant

Made = TypeVar("Made")

KERNEL = "comity-conflicts-1"
"""Name and version of what finds conflicts; it stands in every answer, so that two are comparable."""

HORIZONTAL_M = 9_260.0  # 5 NM, ICAO Doc 4444 §8.7.3.1; until an agreement sets its own minima
NEVER_BY_COUNT = (
    sys.maxsize
)  # an index uses compiled code once it is loaded; loading it is done here, beside the work
WARM_FROM = 100  # volumes; loading the compiled code takes some 3 s, and a minute the first time
SITES_WARM_FROM = 2_000  # up to so many NumPy answers as fast (geometry.point_index)
GIL_SWITCH_S = (
    0.0005  # Python's 5 ms make the event loop wait for the thread that waits for the disk
)
OPEN_FILES = 65_536  # 256 connections of peers are served; the rest is for those that say nothing
RUN_NAME_BYTES = 3  # tells the runs of a node apart in names of tracks without an address
VERTICAL_M = 609.6  # 2000 ft, ICAO Doc 4444 §5.3.2 at and above FL 290 without RVSM


class Composition:
    """What the command line is given to work with (`entrypoints.cli.access.Composition`)."""

    def create_home(self, home: Path, wish: "HomeWish") -> "CreatedHome":
        """Make a new home."""
        from comity.adapters.system_clock import SystemClock, SystemEntropy
        from comity.entrypoints.home.create import create_home

        return create_home(home, wish, SystemClock().now(), SystemEntropy())

    def serve(self, home: Path) -> None:
        """Run the node of a home until it is told to end."""
        import asyncio

        from comity.adapters.system_clock import SystemClock
        from comity.entrypoints.home import HomeLayout, Start, load_config
        from comity.entrypoints.node_service.logs import write_json_logs

        layout = HomeLayout(home)
        config = load_config(layout.config)
        start = Start(layout, SystemClock().now())
        try:
            write_json_logs(config.log_level)
            sys.setswitchinterval(GIL_SWITCH_S)
            _allow_open_files()
            asyncio.run(_serve(layout, config, start))
        finally:
            start.end()

    @contextmanager
    def offline(self, home: Path) -> Iterator["NodeAccess"]:
        """The same API over a node that does not run, in this process."""
        import asyncio

        from comity.entrypoints.api.app import create_api
        from comity.entrypoints.cli.access import InProcessAccess
        from comity.entrypoints.home import HomeLayout, load_config
        from comity.entrypoints.node_service import EventStream

        layout = HomeLayout(home)
        config = load_config(layout.config)
        service = open_service(layout)
        with asyncio.Runner() as loop:
            events = EventStream(service)
            address = config.peer_address_public or _address_stated(config)
            air = air_desk(service, events, config.log_level, serving=False)
            app = create_api(api_context(layout, service, events, lambda _: None, address, air))
            with InProcessAccess(loop, app, service) as access:
                yield access

    def recording(self, file: Path, begins: str | None) -> "PlayedRecording":
        """A recording of tracks, of whatever known format."""
        from comity.domain.tracks import FeedId
        from comity.feed_formats import FormatOptions, open_recording
        from comity.kernel.instants import instant_from_rfc3339

        when = None if begins is None else instant_from_rfc3339(begins, "begins")
        return _Played(open_recording(file, FeedId("recording"), FormatOptions(begins=when)))

    def reconstruction(self, home: Path) -> "Reconstruction":
        """What a home holds, asked of any moment; its node may run or not."""
        from comity.entrypoints.home import HomeLayout
        from comity.kernel.errors import InputError

        layout = HomeLayout(home)
        if not layout.config.exists():
            raise InputError("home", f"{home} is not a node's home; comity init makes one")
        return reconstruction_of(layout)

    def border_lines(self, data_set: Path | None) -> "BorderLines":
        """The lines of a border data set; the packaged one where none is named."""
        if data_set is None:
            from comity.adapters.natural_earth.data_set import border_data_set
            from comity.adapters.natural_earth.lines import PackagedLines

            return PackagedLines(border_data_set())
        from comity.domain.alerts.border_lines import AreaLines

        return AreaLines(_area_file(data_set, "country").areas)

    def area_sets(self, files: Sequence[Path], *, borders: bool) -> "AreaSources":
        """Areas of files, and the packaged borders where wanted."""
        from comity.entrypoints.cli.sources import AreaSources
        from comity.kernel.errors import StoreError

        read = [_area_file(file, None) for file in files]
        sets = [each.areas for each in read]
        missing = []
        if borders:
            from comity.adapters.natural_earth.areas import border_area_set
            from comity.adapters.natural_earth.data_set import border_data_set

            try:
                sets.append(border_area_set(border_data_set()))
            except StoreError as error:
                missing.append(f"packaged borders: {error}")
        left_out: dict[str, int] = {}
        for each in read:
            for reason, count in each.left_out.items():
                left_out[reason] = left_out.get(reason, 0) + count
        return AreaSources(tuple(sets), left_out, tuple(missing))

    def altitude(self, text: str) -> "Altitude | None":
        """A height as a person writes it."""
        from comity.adapters.area_files.limits import limit_from_text

        return limit_from_text(text, "alt")


def _area_file(file: Path, kind: str | None) -> "AreaFile":
    """A file of areas, read up to its limit."""
    from comity.adapters.area_files import read_area_file
    from comity.adapters.area_files.read import SIZE_BYTES_MAX
    from comity.kernel.errors import InputError

    try:
        with file.open("rb") as source:
            file_bytes = source.read(SIZE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError("areas", f"{file.name}: {error.strerror}") from error
    try:
        return read_area_file(file_bytes, file.stem, kind)
    except InputError as error:
        raise InputError(f"{file.name}: {error.field}", error.why) from error


class _Played:
    """A recording as the command line reads it."""

    def __init__(self, recording: "Recording") -> None:
        self._recording = recording

    @property
    def format_name(self) -> str:
        return self._recording.format_name

    def plots(self) -> "Iterator[Plot]":
        return iter(self._recording)

    def counts(self) -> dict[str, object]:
        return self._recording.counts.as_fields()


def main() -> None:
    """The command `comity`."""
    from comity.entrypoints.cli import run

    sys.exit(run(Composition()))


def _allow_open_files() -> None:
    """Take as many open files as the system gives: a flood of half-open connections must not use them up."""
    import resource

    kind = resource.RLIMIT_NOFILE
    now, most = resource.getrlimit(kind)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(OSError, ValueError):  # some systems give less than they say
            resource.setrlimit(kind, (wanted, most))


async def _serve(layout: "HomeLayout", config: "Config", start: "Start") -> None:
    import asyncio

    from comity.adapters.call_channels import load_channels
    from comity.adapters.http_peer import OwnCertificate, PeerDoor, PeerPins
    from comity.adapters.http_peer.server import bound_socket, peer_server
    from comity.adapters.place_names import place_index
    from comity.adapters.system_clock import SystemEntropy
    from comity.entrypoints.api.app import create_api
    from comity.entrypoints.api.server import api_server
    from comity.entrypoints.home import RunningNode, StartStage, join_address
    from comity.entrypoints.home.keys import tls_identities
    from comity.entrypoints.node_service import (
        CallLoop,
        CycleCollector,
        EventStream,
        PeerLinks,
        serve_until_told,
    )

    channels = load_channels(layout.channels)
    _beside(place_index)  # so that the first FLASH is shown with its place at once
    service = open_service(layout, serving=True, start=start)
    start.tell(StartStage.LISTENING)
    collector = CycleCollector(service.now())
    service.on_settled(lambda node: collector.tend(node, service.now()))
    events = EventStream(service)
    pins = PeerPins(
        [OwnCertificate(each.certificate_path, each.key_path) for each in tls_identities(layout)]
    )
    links = PeerLinks(service, pins, events, SystemEntropy())
    peer_socket = bound_socket(config.peer_host, config.peer_port)
    tls = _api_tls(layout, config)
    api_socket = bound_socket(config.api_host, config.api_port)
    peer_address = join_address(config.peer_host, peer_socket.getsockname()[1])
    running = RunningNode(
        process_id=os.getpid(),
        api_address=join_address(config.api_host, api_socket.getsockname()[1]),
        peer_address=peer_address,
        peer_address_public=config.peer_address_public or peer_address,
        api_certificate=None if tls is None else str(tls[0]),
    )
    air = air_desk(
        service,
        events,
        config.log_level,
        serving=True,
        plots=layout.plots,
        plots_mib=config.plots_kept_mib,
    )
    context = api_context(
        layout, service, events, links.state, running.peer_address_public, air, serving=True
    )
    api = create_api(context, _host_names(config))
    servers = [
        (peer_server(pins, PeerDoor(pins, service)), peer_socket),
        (api_server(api, tls), api_socket),
    ]
    collector.begin()
    calls = asyncio.create_task(CallLoop(service, channels).run(), name="calls")
    try:
        await serve_until_told(layout, running, service, links, events, servers, air, start.end)
    finally:
        calls.cancel()


def open_service(
    layout: "HomeLayout", *, serving: bool = False, start: "Start | None" = None
) -> "NodeService":
    """The node of a home, rebuilt from its store; it works once `run` does.

    Args:
        layout: the home.
        serving: it is there to stay, and loads what makes it fast, beside its work.
        start: told how far it is.

    Raises:
        StoreError: the store is damaged or another process has it; a key is missing or open to others.
    """
    from comity.adapters.file_keys import load_signing_key
    from comity.adapters.sqlite import SqliteRecordStore
    from comity.adapters.system_clock import SystemClock, SystemEntropy
    from comity.application.node import Node
    from comity.application.run_batch import NodeRunner
    from comity.application.two_persons import make_approved_key
    from comity.entrypoints.home import StartStage
    from comity.entrypoints.home.keys import load_card, use_next_key
    from comity.entrypoints.node_service import NodeService

    if start is not None:
        start.tell(StartStage.OPENING)
    store = SqliteRecordStore(layout.store)
    count = store.journal_size()

    def verified(done: int) -> None:
        if start is not None:
            start.verified(done, count)

    finders = _Finders()

    def open_node() -> "Node":
        store.reopen_if_failed()
        finders.forget()
        signer = load_signing_key(layout.node_key, "node")
        card = load_card(layout.card)
        with _no_collections():
            return Node.open(store, signer, SystemEntropy(), card, finders.make, KERNEL, verified)

    try:
        runner = NodeRunner(open_node)
        finders.watch_sites(lambda: len(runner.node.sites))
        if serving and layout.next_card.exists():
            ready, now = load_card(layout.next_card).key.statement.key_id, SystemClock().now()
            runner.run([lambda node, at: make_approved_key(node, ready, at)], now)
        statements = runner.node.directory.statements(runner.node.party)
        if use_next_key(layout, statements[-1].key_id):
            runner = NodeRunner(open_node)
        if serving:
            finders.maintain()
        return NodeService(runner, SystemClock(), finders.maintain)
    except BaseException:
        store.close()
        raise


@contextmanager
def _no_collections() -> "Iterator[None]":
    """Without looking for cycles: a replay makes none, and looking again and again takes half of its time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


class _Finders:
    """The conflict finders of one node, and what they need between two batches.

    They do without compiled code until it is loaded, so that no batch waits for that; where it
    cannot be loaded the node does without it altogether.
    """

    def __init__(self) -> None:
        self._made: list[ConflictIndex] = []
        self._warming: Future[None] | None = None
        self._warming_sites: Future[None] | None = None
        self._sites: Callable[[], int] = lambda: 0

    def watch_sites(self, count: "Callable[[], int]") -> None:
        """Load compiled code for the register of sites too, once it holds many."""
        self._sites = count

    def make(self) -> "ConflictIndex":
        """An empty one; the terms in force then set its minima."""
        from comity.domain.agreement import SeparationTable
        from comity.domain.airspace import Separation
        from comity.domain.conflicts import ConflictIndex

        minima = SeparationTable(Separation(HORIZONTAL_M, VERTICAL_M)).minima
        made = ConflictIndex(minima, compiled_from=NEVER_BY_COUNT, in_background=_beside)
        self._made.append(made)
        return made

    def forget(self) -> None:
        """The node is opened anew; the finders made before are nobody's."""
        self._made.clear()

    def maintain(self) -> None:
        """Have the compiled code loaded in a thread beside, and take up what such threads made."""
        if self._warming is None and any(f.volume_count >= WARM_FROM for f in self._made):
            from comity.domain.conflicts.warm import warm

            self._warming = _beside(warm)
        if self._warming_sites is None and self._sites() > SITES_WARM_FROM:
            from comity.domain.geometry.point_index import warm as warm_places

            self._warming_sites = _beside(warm_places)
        for finder in self._made:
            finder.maintain()


def _beside(function: "Callable[[], Made]") -> "Future[Made]":
    """Run in a thread of its own, which does not keep the process from ending."""
    made: Future[Made] = Future()

    def run() -> None:
        try:
            made.set_result(function())
        except Exception as error:  # noqa: BLE001 - logged, and the future carries it
            _tell_failure(function, error)
            made.set_exception(error)

    threading.Thread(target=run, name="comity-index", daemon=True).start()
    return made


def _tell_failure(function: "Callable[[], object]", error: BaseException) -> None:
    import structlog

    structlog.get_logger("comity.node").error(
        "beside-failed", doing=function.__qualname__, exc_info=error
    )


def api_context(
    layout: "HomeLayout",
    service: "NodeService",
    events: "EventStream",
    link_state: "Callable[[PartyId], LinkState | None]",
    address: str | None,
    air: "AirDesk | None" = None,
    *,
    serving: bool = False,
) -> "ApiContext":
    """What the local API works with; `address` is where peers are told to look, None if not known."""
    from comity.adapters.system_clock import SystemEntropy
    from comity.air_bootstrap import read_areas
    from comity.application.audit_alarm import watch_collector
    from comity.entrypoints.api.context import ApiContext
    from comity.entrypoints.home import add_operator, load_operators, revoke_operator, set_roles
    from comity.entrypoints.home.config import load_config
    from comity.entrypoints.home.keys import load_card
    from comity.entrypoints.node_service.air_live_tracks import AirLiveTracks

    operators = load_operators(layout)

    def own_card() -> "PartyCard":
        addresses = () if address is None else (f"https://{address}",)
        return replace(load_card(layout.current_card), addresses=addresses)

    def take_in(person: "OperatorId", name: str, roles: "frozenset[Role]") -> "Operator":
        return add_operator(layout, operators, person, name, roles, SystemEntropy())

    def revoke(person: "OperatorId") -> "Operator":
        return revoke_operator(layout, operators, person, service.now())

    def give_roles(person: "OperatorId", roles: "frozenset[Role]") -> "Operator":
        return set_roles(layout, operators, person, roles)

    access = open_access(layout, operators, service.party)
    config = load_config(layout.config)
    if serving and config.audit_to:
        from comity.adapters.syslog import SyslogSink

        access.log.sink = SyslogSink(config.audit_to, config.audit_ca_file, service.party)
    service.on_settled(lambda _: access.log.tend(service.now()))
    service.on_settled(lambda node: watch_collector(node, access.log.sink, service.now()))
    service.on_closed(lambda: access.close(service.now()))
    desk = air or air_desk(service, events, "info", serving=False)
    return ApiContext(
        service=service,
        events=events,
        operators=operators,
        link_state=link_state,
        own_card=own_card,
        add_operator=take_in,
        revoke_operator=revoke,
        set_roles=give_roles,
        access=access,
        air=desk,
        live_tracks=AirLiveTracks(desk),
        read_areas=read_areas,
        recording=Composition().recording,
        border_lines=Composition().border_lines,
        borders=_packaged_borders,
        ice_servers=_ice_servers(layout),
        serving=serving,
        demonstration=config.demonstration,
        reconstruction=reconstruction_of(layout),
        choose_records=_choose_records(layout),
    )


def open_access(layout: "HomeLayout", operators: "OperatorRegister", party: "PartyId") -> "Access":
    """Sessions, credentials and tokens of a home; what proves who a person is, loaded when somebody comes."""
    from concurrent.futures import ThreadPoolExecutor

    from comity.adapters.access_store import SqliteAccessStore
    from comity.adapters.system_clock import SystemEntropy
    from comity.application.sign_in import Access, Means

    def make_means() -> "Means":
        from comity.adapters.credentials.codes import TotpCodes
        from comity.adapters.credentials.passkeys import WebAuthnPasskeys
        from comity.adapters.credentials.passwords import Argon2Passwords

        return Means(WebAuthnPasskeys(), Argon2Passwords(), TotpCodes())

    store = SqliteAccessStore(layout.access)
    behind = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audit-log")
    return Access(store, operators, party, SystemEntropy(), make_means, behind)


def _packaged_borders() -> "tuple[bytes, BordersNamed]":
    """The packaged borders as published, checked against their digest, and whose they are.

    Raises:
        StoreError: the file is missing or is not the pinned one.
    """
    from comity.adapters.natural_earth.data_set import border_data_set, published_bytes
    from comity.entrypoints.api.border_messages import BordersNamed

    borders = border_data_set()
    named = BordersNamed(
        name=borders.name,
        version=borders.version,
        digest=borders.digest,
        view=borders.view,
        error_m=round(borders.error_m),
    )
    return published_bytes(), named


def _ice_servers(
    layout: "HomeLayout",
) -> "Callable[[OperatorId, Instant], Sequence[IceServer]]":
    """STUN and TURN servers as the settings name them; a shared secret lies in `keys/turn.secret`."""
    from comity.adapters.file_keys import read_private
    from comity.entrypoints.api.ice_servers import ice_addresses, ice_servers
    from comity.entrypoints.home import load_config

    addresses = ice_addresses(load_config(layout.config).call_ice_servers)
    file = layout.keys / "turn.secret"
    secret = read_private(file).strip() if file.exists() else None
    return lambda operator, at: ice_servers(addresses, secret, operator, at)


def air_desk(
    service: "NodeService",
    events: "EventStream",
    log_level: str,
    *,
    serving: bool,
    plots: Path | None = None,
    plots_mib: int = 0,
) -> "AirDesk":
    """The node's side of its watch over the air; one that does not serve starts none."""
    from comity.adapters.system_clock import SystemEntropy
    from comity.air_bootstrap import check_feed, launcher
    from comity.entrypoints.node_service import AirDesk

    launch = launcher(log_level, plots, plots_mib) if serving else None
    entropy = SystemEntropy()
    run = entropy.token(RUN_NAME_BYTES).hex()
    return AirDesk(service, events, launch, check_feed, run, entropy)


def _choose_records(
    layout: "HomeLayout",
) -> "Callable[[Wanted, Mapping[RecordDigest, str]], Chosen]":
    """Gathers records and proofs beside the running node; nothing is changed."""
    from comity.entrypoints.cli.bundling import chosen_from

    def chosen(wanted: "Wanted", withheld: "Mapping[RecordDigest, str]") -> "Chosen":
        return chosen_from(layout.root, wanted, withheld)

    return chosen


def reconstruction_of(layout: "HomeLayout") -> "Reconstruction":
    """What a home holds, asked of any moment."""
    from comity.adapters.plot_recordings import PlotArchive
    from comity.adapters.sqlite import SqliteRecordStore
    from comity.application.reconstruct import Reconstruction
    from comity.entrypoints.home.keys import load_card

    def plots() -> PlotArchive | None:
        return PlotArchive(layout.plots) if layout.plots.is_dir() else None

    return Reconstruction(
        lambda: SqliteRecordStore(layout.store, read_only=True), load_card(layout.card), plots
    )


def _address_stated(config: "Config") -> str | None:
    """The address that the settings fix; None where only a running node knows its port."""
    from comity.entrypoints.home import join_address

    return join_address(config.peer_host, config.peer_port) if config.peer_port else None


def _host_names(config: "Config") -> frozenset[str]:
    from comity.entrypoints.api.local_door import LOOPBACK_NAMES

    return LOOPBACK_NAMES | {config.api_host} | ({config.api_name} - {""})


def _api_tls(layout: "HomeLayout", config: "Config") -> "tuple[Path, Path] | None":
    """Certificate and key of the local API; paths begin at the home."""
    if not config.api_tls_certificate:
        return None
    return layout.root / config.api_tls_certificate, layout.root / config.api_tls_key
