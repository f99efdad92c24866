"""What the endpoints work with: one value, handed in by whoever composes the node."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comity.adapters.http_peer import LinkState
from comity.application.make_bundle import Chosen, Wanted
from comity.application.ports.live_tracks import LiveTracks
from comity.application.reconstruct import Reconstruction
from comity.application.sign_in import Access
from comity.domain.agreement import PartyCard
from comity.domain.alerts import AreaSet
from comity.domain.alerts.border_lines import BorderLines
from comity.domain.operators import Operator, OperatorRegister, Role
from comity.entrypoints.api.border_messages import BordersNamed
from comity.entrypoints.api.claim_material import OpenRecording
from comity.entrypoints.api.export_shelf import ExportShelf
from comity.entrypoints.api.ice_servers import IceServer
from comity.entrypoints.node_service import AirDesk, EventStream, NodeService
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class ApiContext:
    """The node and its surroundings.

    Attributes:
        service: does the work.
        events: what happened.
        operators: who may ask.
        link_state: what is known of the way to a peer; None where the node does not serve.
        own_card: this party's card with the addresses in use.
        add_operator: takes in an operator and writes the token file.
        revoke_operator: lets an operator act no more.
        set_roles: gives an operator other roles.
        access: sessions, credentials and tokens.
        demonstration: whether all that the node holds is invented, by its settings.
        serving: whether the node runs; a key that it signs with is not changed under it.
        air: the watch over the air, and how it stands.
        live_tracks: the picture of the air, to list with notices; None where there is none.
        read_areas: areas of a file on this machine, or the packaged borders where no path is given,
            and what they are where they do not say so.
        recording: opens a recording of tracks, for the material of claims.
        border_lines: the lines of a border data set; the packaged one where none is named.
        reconstruction: the store and the plots kept, asked of any moment; None where there is none.
        borders: the packaged borders as published, and whose they are; None where there are none.
        choose_records: gathers records and proofs of the store for an evidence bundle; None where there is no store.
        exports: bundles that wait for their second person.
        ice_servers: STUN and TURN servers for an operator's console.
    """

    service: NodeService
    events: EventStream
    operators: OperatorRegister
    link_state: Callable[[PartyId], LinkState | None]
    own_card: Callable[[], PartyCard]
    add_operator: Callable[[OperatorId, str, frozenset[Role]], Operator]
    revoke_operator: Callable[[OperatorId], Operator]
    set_roles: Callable[[OperatorId, frozenset[Role]], Operator]
    access: Access
    air: AirDesk
    live_tracks: LiveTracks | None = None
    read_areas: Callable[[str | None, str | None], AreaSet] | None = None
    recording: OpenRecording | None = None
    border_lines: Callable[[Path | None], BorderLines] | None = None
    serving: bool = False
    demonstration: bool = False
    reconstruction: Reconstruction | None = None
    borders: Callable[[], tuple[bytes, BordersNamed]] | None = None
    choose_records: Callable[[Wanted, Mapping[RecordDigest, str]], Chosen] | None = None
    exports: ExportShelf = field(default_factory=ExportShelf)
    ice_servers: Callable[[OperatorId, Instant], Sequence[IceServer]] = lambda _who, _at: ()
