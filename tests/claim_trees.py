"""A claim as a tree, to be changed by tests."""

import copy
from typing import Any

SOURCE = {"name": "letter", "kind": "own", "reference": "an invented letter", "origin": "Aurelia"}


def statement(**fields: Any) -> dict[str, Any]:
    """A statement that is whole; fields given as None are left out."""
    made: dict[str, Any] = {
        "name": "crossing",
        "topic": "crossed",
        "kind": "border-violation",
        "says": "yes",
        "words": "It crossed.",
        "sources": ["letter"],
    }
    made.update(copy.deepcopy(fields))
    return {name: value for name, value in made.items() if value is not None}


def tree(*statements: dict[str, Any], claimant: str = "Aurelia", **fields: Any) -> dict[str, Any]:
    """A claim file of statements; fields given as None are left out."""
    made: dict[str, Any] = {
        "format": "comity-claim/1",
        "claimant": claimant,
        "title": "An invented incident",
        "sources": [dict(SOURCE)],
        "statements": list(statements) or [statement()],
    }
    made.update(fields)
    return {name: value for name, value in made.items() if value is not None}
