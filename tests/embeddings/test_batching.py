"""The batcher gives each caller its own result, and waits for nobody."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest

from embeddings.batching import Batcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future


@pytest.fixture
def batcher_of() -> Iterator[Callable[..., Batcher[int, int]]]:
    """Makes batchers that are closed in the end."""
    made: list[Batcher[int, int]] = []

    def make(function: Callable[[list[int]], Sequence[int]], max_batch: int = 32) -> Batcher[int, int]:
        made.append(Batcher(function, max_batch=max_batch))
        return made[-1]

    yield make
    for batcher in made:
        batcher.close()


class Held:
    """A function that keeps its first call until `go`, and notes each batch."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.batches: list[list[int]] = []

    def __call__(self, items: list[int]) -> list[int]:
        self.batches.append(items)
        self.begun.set()
        assert self.go.wait(60)
        return [item * item for item in items]


def waiting(
    batcher: Batcher[int, int], held: Held, pool: ThreadPoolExecutor, items: Sequence[int]
) -> list[Future[int]]:
    """Calls for `items`, the first being answered and all others put in line behind it."""
    calls = [pool.submit(batcher, items[0])]
    assert held.begun.wait(60)
    calls += [pool.submit(batcher, item) for item in items[1:]]
    while batcher._waiting.qsize() < len(items) - 1:
        pass
    return calls


def test_results_go_to_their_callers(batcher_of: Callable[..., Batcher[int, int]]) -> None:
    """Each of many threads gets the result of its own item, call after call."""
    batcher = batcher_of(lambda items: [item * item for item in items], max_batch=7)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(batcher, range(2000))) == [item * item for item in range(2000)]


def test_simultaneous_calls_share_a_batch(batcher_of: Callable[..., Batcher[int, int]]) -> None:
    """What comes while the function is at work is its next batch; a lone call is taken at once."""
    held = Held()
    batcher = batcher_of(held)
    with ThreadPoolExecutor(8) as pool:
        calls = waiting(batcher, held, pool, range(8))
        held.go.set()
        assert [call.result() for call in calls] == [item * item for item in range(8)]
    assert [sorted(batch) for batch in held.batches] == [[0], [1, 2, 3, 4, 5, 6, 7]]


def test_batches_have_a_limit(batcher_of: Callable[..., Batcher[int, int]]) -> None:
    """No batch is larger than `max_batch`."""
    held = Held()
    batcher = batcher_of(held, max_batch=3)
    with ThreadPoolExecutor(8) as pool:
        calls = waiting(batcher, held, pool, range(8))
        held.go.set()
        wait(calls)
    assert [len(batch) for batch in held.batches] == [1, 3, 3, 1]


def test_an_error_reaches_each_caller_of_its_batch(batcher_of: Callable[..., Batcher[int, int]]) -> None:
    """All of a failed batch get its error, the batches before and after it none."""
    held = Held()

    def function(items: list[int]) -> list[int]:
        results = held(items)
        if 3 in items:
            raise KeyError("three")
        return results

    batcher = batcher_of(function)
    with ThreadPoolExecutor(5) as pool:
        calls = waiting(batcher, held, pool, range(5))
        held.go.set()
        assert calls[0].result() == 0
        for call in calls[1:]:
            with pytest.raises(KeyError, match="three"):
                call.result()
    assert batcher(9) == 81


def test_too_few_results(batcher_of: Callable[..., Batcher[int, int]]) -> None:
    """A function that returns another number of results is an error of its callers; the batcher lives on."""
    batcher = batcher_of(lambda items: items[1:] if items == [0] else items)
    with pytest.raises(ValueError, match="0 results for 1 items"):
        batcher(0)
    assert batcher(1) == 1


def test_close_finishes_what_waits(batcher_of: Callable[..., Batcher[int, int]]) -> None:
    """Calls made before `close` are answered, even such as were still in line; one after it is refused."""
    held = Held()
    batcher = batcher_of(held, max_batch=2)
    with ThreadPoolExecutor(7) as pool:
        calls = waiting(batcher, held, pool, range(6))
        closing = pool.submit(batcher.close)
        while batcher._waiting.qsize() < 6:
            pass
        held.go.set()
        assert [call.result() for call in calls] == [item * item for item in range(6)]
        closing.result()
    with pytest.raises(RuntimeError, match="the batcher is closed"):
        batcher(1)


def test_close_twice() -> None:
    """Closing a closed batcher does nothing."""
    batcher: Batcher[int, int] = Batcher(lambda items: items)
    batcher.close()
    batcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        batcher(1)


@pytest.fixture
def _hasty_threads() -> Iterator[None]:
    """Switch between threads as often as the interpreter can, so that races are met."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval_s)


@pytest.mark.usefixtures("_hasty_threads")
def test_no_call_is_left_waiting_by_close() -> None:
    """A call that races with `close` is answered or refused; none waits for ever."""
    for _ in range(200):
        batcher: Batcher[int, int] = Batcher(lambda items: items)
        start = threading.Barrier(5)

        def call_until_refused(batcher: Batcher[int, int] = batcher, start: threading.Barrier = start) -> str:
            start.wait()
            while True:
                try:
                    batcher(1)
                except RuntimeError as error:
                    return str(error)

        callers = [threading.Thread(target=call_until_refused, daemon=True) for _ in range(4)]
        for caller in callers:
            caller.start()
        start.wait()
        batcher.close()
        for caller in callers:
            caller.join(timeout=30)
            assert not caller.is_alive()
