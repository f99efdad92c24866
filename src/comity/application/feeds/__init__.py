"""What every feed adapter shares: the decoder's promise, counts by reason, framing, merging, links."""

from comity.application.feeds.counts import FeedCounts, Refused, Remark
from comity.application.feeds.decoder import PlotDecoder
from comity.application.feeds.framing import DocumentBuffer, LineSplitter
from comity.application.feeds.gate import PlotGate
from comity.application.feeds.last_told import LastTold
from comity.application.feeds.latest import AircraftLatest, LatestTable
from comity.application.feeds.limits import limited, position_fits, printable
from comity.application.feeds.link import Backoff, FeedLink, LinkPhase
from comity.application.feeds.transponder import (
    CONTAINMENT_M_BY_NIC,
    EMERGENCIES,
    EPU_M_BY_NACP,
    address_of_hex,
    callsign_of_codes,
    squawk_of,
)
from comity.application.feeds.xml_events import SafeXml, UnsafeXmlError

__all__ = [
    "CONTAINMENT_M_BY_NIC",
    "EMERGENCIES",
    "EPU_M_BY_NACP",
    "AircraftLatest",
    "Backoff",
    "DocumentBuffer",
    "FeedCounts",
    "FeedLink",
    "LastTold",
    "LatestTable",
    "LineSplitter",
    "LinkPhase",
    "PlotDecoder",
    "PlotGate",
    "Refused",
    "Remark",
    "SafeXml",
    "UnsafeXmlError",
    "address_of_hex",
    "callsign_of_codes",
    "limited",
    "position_fits",
    "printable",
    "squawk_of",
]
