"""Paths of the local API; an id is checked before it becomes part of one."""

from comity.kernel.ids import (
    intent_id,
    minted_id,
    movement_id,
    notice_id,
    observation_id,
    site_id,
)


def claim_path(stated: str) -> str:
    """Of a claim."""
    return f"/v1/claims/{minted_id(stated, 'claim')}"


def group_path(stated: str) -> str:
    """Of a working group."""
    return f"/v1/groups/{minted_id(stated, 'group')}"


def incident_path(stated: str) -> str:
    """Of an incident."""
    return f"/v1/incidents/{minted_id(stated, 'incident')}"


def intent_path(stated: str) -> str:
    """Of an intent."""
    return f"/v1/intents/{intent_id(stated)}"


def meeting_path(stated: str) -> str:
    """Of a meeting."""
    return f"/v1/meetings/{minted_id(stated, 'meeting')}"


def movement_path(stated: str) -> str:
    """Of a movement."""
    return f"/v1/movements/{movement_id(stated)}"


def notice_path(stated: str) -> str:
    """Of a notice."""
    return f"/v1/notices/{notice_id(stated)}"


def observation_path(stated: str) -> str:
    """Of an observation."""
    return f"/v1/observations/{observation_id(stated)}"


def site_path(stated: str) -> str:
    """Of a site."""
    return f"/v1/sites/{site_id(stated)}"
