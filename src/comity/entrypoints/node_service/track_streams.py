"""Who follows the live tracks, and what each is sent: newest first, never more than it reads."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import numpy as np

from comity.application.ports.entropy import Entropy
from comity.entrypoints.air_process import PictureTold
from comity.entrypoints.track_stream import (
    Frame,
    Held,
    Named,
    TrackPicture,
    View,
    encode_frame,
    unpack_columns,
)
from comity.entrypoints.track_stream.frame import Health
from comity.entrypoints.track_stream.picture import SLOTS_MAX
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant, instant_from_rfc3339

STREAMS_MAX = (
    16  # consoles of one watch floor; some 1.3 ms of the node a second each at 20,000 tracks
)
UNREAD_MAX = 4  # frames sent and not said to be read; what the system buffers would be minutes
HEARTBEAT_S = 2.0  # without a cycle; the watch tells of one a second
FRAME_S_MIN = 0.1  # between two frames of one reader, however often its view changes
RESUME_S_MAX = 30.0  # what a reader held is kept for so long after its connection is gone
STREAM_BYTES = 12  # of an id: nobody guesses it, and it is asked for with a token anyway


class Reader:
    """One console that follows."""

    def __init__(self, stream: str, operator: OperatorId, *, exercise: bool) -> None:
        self.stream = stream
        self.operator = operator
        self.exercise = exercise
        self.view = View()
        self.held = Held()
        self.read = 0
        self.run = 0
        self.news = asyncio.Event()
        self.attached = 0
        self.taken = 0
        self.left_s = time.monotonic()
        self.ended = False

    @property
    def unread(self) -> int:
        """Frames sent that it has not said to have read."""
        return self.held.sequence - self.read


class TrackStreams:
    """The streams of one node. All of it runs on the node's loop."""

    def __init__(
        self,
        now: Callable[[], Instant],
        entropy: Entropy,
        want: Callable[[bool], None],
        health: Callable[[], Health],
    ) -> None:
        """Begin without readers.

        Args:
            now: the node's clock.
            entropy: for ids of streams.
            want: told whether pictures are wanted of the watch.
            health: of the worst net now.
        """
        self._now = now
        self._entropy = entropy
        self._want = want
        self._health = health
        self._readers: dict[str, Reader] = {}
        self._picture: TrackPicture | None = None
        self._names: dict[int, Named] = {}
        self._versions = np.zeros(SLOTS_MAX, np.int64)
        self._run = 0
        self._fresh_run = True
        self._version = 0
        self._closed = self._wanted = False
        self.frames = self.frame_bytes = 0

    @property
    def wanted(self) -> bool:
        """Whether anybody follows live tracks."""
        return any(not each.exercise for each in self._readers.values())

    # What the watch brings

    def begin_run(self) -> None:
        """A watch begins: its numbers and names are others than those before."""
        self._fresh_run = True
        self._wanted = self.wanted
        self._want(self._wanted)

    def put(self, told: PictureTold) -> None:
        """A picture of a cycle.

        Raises:
            StoreError: `fault`: its columns do not fit.
        """
        if self._fresh_run:
            self._names, self._fresh_run = {}, False
            self._run += 1
        at = instant_from_rfc3339(told.at, "at")
        picture = unpack_columns(told.columns, told.count, told.cycle, at, told.left_out)
        for track, key, callsign, flight in told.named:
            self._names[track] = Named(key, callsign, flight)
        self._note_versions(picture, {each[0] for each in told.named})
        self._picture = picture
        for reader in self._readers.values():
            if not reader.exercise:
                reader.news.set()

    def _note_versions(self, picture: TrackPicture, named: set[int]) -> None:
        if named:
            self._version += 1
            renamed = np.isin(picture.track_id, list(named))
            self._versions[picture.slot[renamed]] = self._version
        if len(self._names) > 2 * len(picture) + 1_024:
            alive = set(picture.track_id.tolist())
            self._names = {k: each for k, each in self._names.items() if k in alive}

    # What the doors ask

    def open(
        self, operator: OperatorId, view: View, *, exercise: bool, resume: str | None, read: int
    ) -> Reader:
        """A reader for a console: the one it had, if it still is here, else a new one.

        Args:
            operator: who.
            view: what it looks at.
            exercise: follow the exercise's tracks; never mixed with live ones.
            resume: id of the stream that was cut off.
            read: sequence of the last frame of it that was read whole; where frames were lost, another
                stream begins.

        Raises:
            StoreError: `too-many-watchers`, `closing`.
        """
        if self._closed:
            raise StoreError("closing", "this node is shutting down")
        self.tend()
        reader = None if resume is None else self._readers.get(resume)
        if reader is None or reader.operator != operator or reader.exercise is not exercise:
            reader = self._another(operator, exercise=exercise)
        elif (
            read != reader.held.sequence
        ):  # what was lost on the way is made good by another stream
            self._end(reader)
            reader = self._another(operator, exercise=exercise)
        reader.view = view
        reader.read = reader.held.sequence
        reader.left_s = time.monotonic()
        return reader

    def _another(self, operator: OperatorId, *, exercise: bool) -> Reader:
        if len(self._readers) >= STREAMS_MAX:
            left = [each for each in self._readers.values() if not each.attached]
            if not left:
                why = f"{STREAMS_MAX} follow the tracks, the most there may be"
                raise StoreError("too-many-watchers", why)
            del self._readers[min(left, key=lambda each: each.left_s).stream]
        stream = self._entropy.token(STREAM_BYTES).hex()
        reader = self._readers[stream] = Reader(stream, operator, exercise=exercise)
        self._tell_wanted()
        return reader

    def look(self, stream: str, operator: OperatorId, view: View | None, read: int) -> None:
        """A reader says what it has read, and what it looks at now.

        Raises:
            InputError: `stream`: not one of this operator's; `read`: a frame that was not sent.
        """
        reader = self._readers.get(stream)
        if reader is None or reader.operator != operator:
            raise InputError("stream", f"{stream[:24]!r} is no stream of yours; begin a new one")
        if read > reader.held.sequence:
            raise InputError("read", f"{read} was not sent; the last is {reader.held.sequence}")
        waited = reader.unread >= UNREAD_MAX
        reader.read = max(reader.read, read)
        if view is not None:
            reader.view = view
        if view is not None or waited:
            reader.news.set()

    @contextlib.asynccontextmanager
    async def follow(self, reader: Reader) -> AsyncIterator[AsyncIterator[bytes]]:
        """Frames for one connection; an older connection of the same stream ends."""
        reader.taken += 1
        reader.attached += 1
        reader.news.set()
        try:
            yield self._frames(reader, reader.taken)
        finally:
            reader.attached -= 1
            reader.left_s = time.monotonic()
            self.tend()

    def end(self, operator: OperatorId) -> None:
        """End the streams of one operator."""
        for reader in [each for each in self._readers.values() if each.operator == operator]:
            self._end(reader)
        self._tell_wanted()

    def close(self) -> None:
        """End every stream, and begin no more."""
        self._closed = True
        for reader in list(self._readers.values()):
            self._end(reader)

    def _end(self, reader: Reader) -> None:
        reader.ended = True
        reader.news.set()
        self._readers.pop(reader.stream, None)

    def tend(self) -> None:
        """Now and then: forget who does not come back."""
        gone_s = time.monotonic() - RESUME_S_MAX
        for reader in list(self._readers.values()):
            if not reader.attached and reader.left_s < gone_s:
                del self._readers[reader.stream]
        self._tell_wanted()

    def _tell_wanted(self) -> None:
        """Tell the watch where it has changed whether anybody follows."""
        wanted = self.wanted
        if wanted is not self._wanted:
            self._wanted = wanted
            self._want(wanted)

    # What a reader is sent

    async def _frames(self, reader: Reader, taken: int) -> AsyncIterator[bytes]:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_S):
                    await reader.news.wait()
            if reader.ended or reader.taken != taken:
                reader.news.set()  # whoever took over is waiting for it
                return
            self.tend()
            if reader.unread >= UNREAD_MAX:
                reader.news.clear()
                continue
            frame_bytes = encode_frame(self._next(reader))
            self.frames += 1
            self.frame_bytes += len(frame_bytes)
            yield frame_bytes
            await asyncio.sleep(FRAME_S_MIN)

    def _next(self, reader: Reader) -> Frame:
        """The next frame of a reader; it holds it from now on."""
        news = reader.news.is_set()
        reader.news.clear()
        picture = None if reader.exercise else self._picture
        sent_ms = self._now().unix_ms
        health = Health.BLIND if reader.exercise else self._health()
        if picture is None or not news:
            return reader.held.heartbeat(picture, sent_ms, health, exercise=reader.exercise)
        if reader.run != self._run:
            reader.held.forget()
            reader.run = self._run
        return reader.held.advance(
            picture, self._names, self._versions, reader.view, sent_ms, health
        )
