"""Whether a safety net can see: working, degraded or blind, since when and why (L-24)."""

from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.errors import InputError
from comity.kernel.instants import Instant


class NetHealth(StrEnum):
    """How far the silence of a net can be trusted."""

    WORKING = "working"
    """Silence means that the net looked and found nothing."""

    DEGRADED = "degraded"
    """Part of what it needs is missing: what it finds stands, its silence does not."""

    BLIND = "blind"
    """It has lost its data: it neither raises nor clears."""


@dataclass(frozen=True, slots=True)
class NetInput:
    """What a net had to look at in one cycle.

    Attributes:
        newest_at: of the newest track report used; `None`: there has never been one.
        tracks: how many rows the net looked at.
        left_out: rows it could not use (`unusable_rows`, no velocity, stale).
        undetermined: rows for which part of the answer is not known, such as no height.
        feeds_down: names of feeds that deliver nothing.
        cycle_s: how long the net's last cycle took; `None` before the first.
        missing: what the net itself lacks, such as a data set, each as it is to be told.
        other: further reasons why it does not see all, as a code and what was measured.
    """

    newest_at: Instant | None
    tracks: int
    left_out: int = 0
    undetermined: int = 0
    feeds_down: tuple[str, ...] = ()
    cycle_s: float | None = None
    missing: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NetRule:
    """When a net calls itself degraded or blind.

    Attributes:
        blind_after_s: without any report; three turns of a 4 s radar.
        degraded_after_s: likewise.
        share_max: of rows left out or undetermined before the net is degraded.
        cycle_s_max: a longer cycle is late.
        recover_after_s: better input must last this long before the net calls itself better.
    """

    blind_after_s: float = 12.0
    degraded_after_s: float = 5.0
    share_max: float = 0.10
    cycle_s_max: float = 1.0
    recover_after_s: float = 5.0

    def __post_init__(self) -> None:
        if not 0.0 < self.degraded_after_s <= self.blind_after_s:
            raise InputError(
                "degraded_after_s",
                f"{self.degraded_after_s} is outside 0 to blind_after_s, {self.blind_after_s}",
            )
        if not 0.0 <= self.share_max <= 1.0:
            raise InputError("share_max", f"{self.share_max} is outside 0 to 1")


@dataclass(frozen=True, slots=True)
class NetState:
    """What a net says of itself.

    Attributes:
        health: how far it can be trusted.
        since: when it became so.
        why: codes of docs/rooms/alerts.md, "State of a net", with what each was measured at.
    """

    health: NetHealth
    since: Instant
    why: tuple[str, ...]


_RANK = {NetHealth.WORKING: 0, NetHealth.DEGRADED: 1, NetHealth.BLIND: 2}


def judge(at: Instant, given: NetInput, rule: NetRule) -> tuple[NetHealth, tuple[str, ...]]:
    """Health of a net with this input, and why it is not better."""
    if given.newest_at is None:
        return NetHealth.BLIND, ("no-data: none was ever received",)
    age_s = at.minus(given.newest_at)
    if age_s > rule.blind_after_s:
        return NetHealth.BLIND, (f"no-data: newest report is {age_s:.0f} s old",)
    why = []
    if age_s > rule.degraded_after_s:
        why.append(f"old-data: newest report is {age_s:.0f} s old")
    if age_s < -rule.degraded_after_s:
        why.append(f"clock: newest report is {-age_s:.0f} s ahead")
    why += [f"feed-down: {name}" for name in given.feeds_down]
    why += [f"data-set: {name}" for name in given.missing]
    rows = given.tracks + given.left_out
    for code, count in (("left-out", given.left_out), ("undetermined", given.undetermined)):
        if count > rule.share_max * rows:
            why.append(f"{code}: {count} of {rows} tracks")
    if given.cycle_s is not None and given.cycle_s > rule.cycle_s_max:
        why.append(f"late: a cycle took {given.cycle_s:.2f} s")
    why += given.other
    return (NetHealth.DEGRADED if why else NetHealth.WORKING), tuple(why)


def overfull(state: NetState, at: Instant, waiting: int) -> NetState:
    """The state of a net of whose findings some wait for room among the open alerts.

    Its silence cannot be trusted for them; it goes on clearing, or there would never be room.
    """
    why = (*state.why, f"overfull: {waiting} findings wait for room")
    if state.health is not NetHealth.WORKING:
        return NetState(state.health, state.since, why)
    return NetState(NetHealth.DEGRADED, at, why)


class NetWatch:
    """Follows one net: worse at once, better only after it has stayed better for a while."""

    def __init__(self, at: Instant, rule: NetRule | None = None) -> None:
        self._rule = rule or NetRule()
        self._state = NetState(NetHealth.BLIND, at, ("no-data: none was ever received",))
        self._better_since: Instant | None = None

    @property
    def state(self) -> NetState:
        """As last observed."""
        return self._state

    def observe(self, at: Instant, given: NetInput) -> NetState:
        """Take in one cycle; a net that nobody observes is for its owner to call blind.

        The reasons are those of now; `since` is when the health became what it is.
        """
        health, why = judge(at, given, self._rule)
        current = self._state.health
        if _RANK[health] >= _RANK[current]:
            self._better_since = None
        elif self._better_since is None:
            self._better_since = at
        waits = (
            self._better_since is not None
            and at.minus(self._better_since) < self._rule.recover_after_s
        )
        if waits:
            self._state = NetState(current, self._state.since, ("recovering", *why))
        elif health is current:
            self._state = NetState(current, self._state.since, why)
        else:
            self._better_since = None
            self._state = NetState(health, at, why)
        return self._state


def told_aside(state: NetState, why: tuple[str, ...]) -> NetState:
    """The state of a net that does all its work, with something that people must know of it."""
    if not why:
        return state
    health = NetHealth.DEGRADED if state.health is NetHealth.WORKING else state.health
    return NetState(health, state.since, (*state.why, *why))
