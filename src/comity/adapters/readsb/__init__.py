"""readsb and tar1090: `aircraft.json` snapshots and globe_history traces."""

from comity.adapters.readsb.snapshot import SNAPSHOT_BYTES_MAX, SnapshotDecoder
from comity.adapters.readsb.trace import TRACE_BYTES_MAX, TraceDecoder

__all__ = ["SNAPSHOT_BYTES_MAX", "TRACE_BYTES_MAX", "SnapshotDecoder", "TraceDecoder"]
