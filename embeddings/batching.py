"""Gathers simultaneous calls into one: many threads each want one answer, a model gives many at once for less."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Batcher(Generic[_Item, _Result]):
    """Calls `function` in a thread of its own, with all that waited meanwhile, at most `max_batch` at once.

    `function` takes a list and returns results of the same order and length. No call waits for others to come:
    an idle batcher takes a single item at once.
    """

    def __init__(self, function: Callable[[list[_Item]], Sequence[_Result]], *, max_batch: int = 32) -> None:
        self._function = function
        self._max_batch = max_batch
        self._waiting: queue.SimpleQueue[tuple[_Item, Future[_Result]] | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="batcher", daemon=True)
        self._thread.start()

    def __call__(self, item: _Item) -> _Result:
        """The result for `item`; blocks the calling thread. Raises what `function` raised for its batch."""
        future: Future[_Result] = Future()
        with self._closing:  # else it could be put behind the end, and wait for ever
            if self._closed:
                raise RuntimeError("the batcher is closed")
            self._waiting.put((item, future))
        return future.result()

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            last = False
            while len(batch) < self._max_batch and not self._waiting.empty():
                further = self._waiting.get()
                if further is None:
                    last = True
                    break
                batch.append(further)
            self._answer(batch)
            if last:
                return

    def _answer(self, batch: list[tuple[_Item, Future[_Result]]]) -> None:
        try:
            results = self._function([item for item, _ in batch])
            if len(results) != len(batch):
                raise ValueError(f"{len(results)} results for {len(batch)} items")
        except BaseException as error:  # noqa: BLE001  it is raised again in each caller's thread
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)
