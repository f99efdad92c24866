"""Work of one call spread over threads that stay: who asks works too, and waits for nobody who has not begun."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

Task = Callable[[Any], Any]


class _Job:
    """The pieces of one call; whoever is free takes the next."""

    def __init__(self, task: Task, pieces: list[Any]) -> None:
        self.task = task
        self.pieces = pieces
        self.results: list[Any] = [None] * len(pieces)
        self.errors: list[BaseException] = []
        self.next = iter(range(len(pieces)))  # its `next` is one step of the interpreter
        self.left = len(pieces)
        self.lock = threading.Lock()
        self.done = threading.Event()

    def work(self) -> None:
        """Take pieces until there are none."""
        while (number := next(self.next, None)) is not None:
            try:
                self.results[number] = self.task(self.pieces[number])
            except BaseException as error:  # noqa: BLE001 - it is raised to who asked
                self.errors.append(error)
            with self.lock:
                self.left -= 1
                last = self.left == 0
            if last:
                self.done.set()


class Crew:
    """`map` for tasks that hold no lock, with helpers that stay from call to call.

    Who calls begins at once, and does everything where no helper has woken by then: on a machine whose
    other cores are busy it costs a wake-up, and no wait. Calls of two threads take turns. A pool of
    `concurrent.futures` hands all to others and waits for them; at 20,000 tracks that took longer than
    the work it saved.
    """

    def __init__(self, threads: int) -> None:
        """Start the helpers; they are daemons and end with the process, or by `close`.

        Args:
            threads: who works in all; the one who calls among them.
        """
        self.threads = threads
        self._turn = threading.Lock()
        self._wakes = [threading.Semaphore(0) for _ in range(threads - 1)]
        self._job: _Job | None = None
        self._closed = False
        for wake in self._wakes:
            threading.Thread(target=self._help, args=(wake,), daemon=True).start()

    def run(self, task: Task, pieces: Iterable[Any]) -> list[Any]:
        """What the task gives for each piece, in order.

        Raises:
            the first error that a piece raised, once all have ended.
        """
        listed = list(pieces)
        if len(listed) < 2 or not self._wakes:
            return [task(piece) for piece in listed]
        with self._turn:
            job = self._job = _Job(task, listed)
            for wake in self._wakes[: len(listed) - 1]:
                wake.release()
            job.work()
            job.done.wait()
            self._job = None
        if job.errors:
            raise job.errors[0]
        return job.results

    def close(self) -> None:
        """End the helpers."""
        self._closed = True
        for wake in self._wakes:
            wake.release()

    def _help(self, wake: threading.Semaphore) -> None:
        while True:
            wake.acquire()
            if self._closed:
                return
            job = self._job
            if job is not None:  # None: who asked has done it all before this one woke
                job.work()
