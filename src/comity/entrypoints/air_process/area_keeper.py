"""The areas of the watch: compiled anew beside the cycle whenever the node says that they are others."""

import asyncio
from collections.abc import Callable

import structlog

from comity.application.area_net import AreaNet
from comity.application.brief_areas import AreasBrief
from comity.application.take_areas import AreasTaken
from comity.domain.airspace import HeightBounds
from comity.domain.alerts.area_rules import AreaSeverityRule

NOT_TOLD = "the node has not said yet which areas there are"
COMPILING = "data-set: areas changed and are being compiled; those before are watched meanwhile"
TOLD_AFTER_S = 3.0  # borders take half a second; a net that flickers with each notice is not read
NONE_LOADED = "data-set: no areas are loaded"

Take = Callable[[AreasBrief, HeightBounds], AreasTaken]

_LOG = structlog.get_logger("comity.air")


class AreaKeeper:
    """Keeps the area net at what the node said last. Until it is there, the net is degraded."""

    def __init__(self, take: Take, told_after_s: float = TOLD_AFTER_S) -> None:
        """Begin with nothing.

        Args:
            take: compiles a brief; called in a thread, one at a time.
            told_after_s: how long compiling may take before the net says that it goes on.
        """
        self._take = take
        self._told_after_s = told_after_s
        self._rule = AreaSeverityRule()
        self._wanted: tuple[AreasBrief, HeightBounds] | None = None
        self._task: asyncio.Task[None] | None = None
        self.net = AreaNet(None, lambda: self._rule, missing=(NOT_TOLD,))

    def want(self, brief: AreasBrief, bounds: HeightBounds) -> None:
        """Watch these areas as soon as they are compiled; the newest word counts."""
        self._wanted = brief, bounds
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._compile(), name="areas")

    def stop(self) -> None:
        """Compile nothing more."""
        if self._task is not None:
            self._task.cancel()

    async def _compile(self) -> None:
        while self._wanted is not None:
            (brief, bounds), self._wanted = self._wanted, None
            try:
                taking = asyncio.ensure_future(asyncio.to_thread(self._take, brief, bounds))
                await asyncio.wait({taking}, timeout=self._told_after_s)
                if not taking.done():
                    self._tell_compiling()
                taken = await taking
            except Exception as error:  # noqa: BLE001 - whatever it is, the net must say so
                _LOG.exception("areas-not-compiled")
                self.net.missing = (f"areas could not be compiled: {type(error).__name__}",)
                self.net.aside = ()
                continue
            self.put(taken)

    def _tell_compiling(self) -> None:
        self.net.aside = (*(each for each in self.net.aside if each != COMPILING), COMPILING)

    def put(self, taken: AreasTaken) -> None:
        """Watch what was compiled."""
        self._rule = taken.rule
        self.net.watched = taken.watched
        told = bool(taken.missing or taken.undrawn)
        none = (NONE_LOADED,) if taken.watched is None and not told else ()
        self.net.missing, self.net.aside = taken.missing, none
        self.net.undrawn = taken.undrawn
        sets = 0 if taken.watched is None else len(taken.watched.sets)
        undrawn = [each.why for each in taken.undrawn]
        _LOG.info("areas", sets=sets, missing=list(taken.missing), undrawn=undrawn)
