"""The one thread that writes to the database. SQLite has one writer anyway; so nobody waits inside a transaction.

On PostgreSQL other processes write too. Where two waited for each other, nothing of it was written: it is done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

import structlog

from storage.database import DatabaseConflictError

PATIENCE = 0.05  # seconds
TRIES = 5  # of what ran into another process's work

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")


class Writer:
    """One per process. Work is done in the order in which it was asked for."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "writer")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do this in the writer's thread. Raises what it raises; a caller who stops waiting does not stop it."""
        return await asyncio.wrap_future(self._thread.submit(partial(again_on_conflict, work, *args, **kwargs)))

    async def run_for_a_crowd(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, and for a moment nothing else is done: where many wait for it, it is done sooner that way.

        Two threads that both want to compute take turns at Python's lock, and pay a fifth of their time for that. A
        database that is slow or away holds nobody up for longer than `PATIENCE`.
        """
        future = self._thread.submit(partial(again_on_conflict, work, *args, **kwargs))
        with suppress(TimeoutError):
            return future.result(timeout=PATIENCE)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finishes what was asked for."""
        self._thread.shutdown()


def again_on_conflict(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ran into another process's work is done again; a few times, then the error goes on."""
    for left in reversed(range(TRIES)):
        try:
            return work(*args, **kwargs)
        except DatabaseConflictError:
            if not left:
                raise
            log.info("done again after a conflict", work=getattr(work, "__name__", ""))
    raise AssertionError("unreachable")
