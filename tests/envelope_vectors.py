"""Vectors of records: an envelope and what is expected of it in each folder, the signing keys beside them."""

import functools
import json
from pathlib import Path
from typing import Any

from comity.domain.operators import check_operator
from comity.domain.records import Record, open_record


def expected_of(case: Path) -> Any:
    """What another implementation must find."""
    return json.loads((case / "expected.json").read_text(encoding="utf-8"))


def opened(envelope: Path) -> Record:
    """The record of `<spec>/<case>/envelope.json`, its signature checked."""
    keys = _keys(envelope.parents[1])
    return open_record(
        envelope.read_bytes(), lambda author, key_id: bytes.fromhex(keys[author][key_id])
    )


def opened_by_operator(envelope: Path) -> Record:
    """The same, and whoever acts in it may."""
    record = opened(envelope)
    check_operator(record.kind, record.operator)
    return record


@functools.cache
def _keys(folder: Path) -> Any:
    return json.loads((folder / "keys.json").read_text(encoding="utf-8"))
