"""Which area files a node watches: said by a person, on record."""

from comity.application.node import Node
from comity.domain.alerts.area_register import (
    AREA_ADDED,
    AREA_REMOVED,
    FILES_MAX,
    AreaFileSettings,
    area_file_to_body,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant


def add_areas(node: Node, settings: AreaFileSettings, operator: OperatorId, at: Instant) -> Record:
    """Watch the areas of one more file from now on.

    Raises:
        InputError: its name is taken, or there are `FILES_MAX`.
    """
    if node.area_files.get(settings.name) is not None:
        raise InputError("areas", f"{settings.name} is in use already; remove it first")
    if len(node.area_files) >= FILES_MAX:
        raise InputError("areas", f"{FILES_MAX} are in use, the most there may be")
    return node.issue(Draft(AREA_ADDED, (), area_file_to_body(settings), operator), at)


def remove_areas(node: Node, name: str, operator: OperatorId, at: Instant) -> Record:
    """Watch the areas of a file no more.

    Raises:
        InputError: it is not in use.
    """
    if node.area_files.get(name) is None:
        names = ", ".join(each.name for each in node.area_files.files()) or "none"
        raise InputError("areas", f"{name[:40]} is not in use; in use: {names}")
    return node.issue(Draft(AREA_REMOVED, (), {"areas": name}, operator), at)
