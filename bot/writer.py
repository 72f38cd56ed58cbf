"""The one thread that writes to the database. SQLite has one writer anyway; so nobody waits inside a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

PATIENCE = 0.05  # seconds

P = ParamSpec("P")
T = TypeVar("T")


class Writer:
    """One per process. Work is done in the order in which it was asked for."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "writer")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do this in the writer's thread. Raises what it raises; a caller who stops waiting does not stop it."""
        return await asyncio.wrap_future(self._thread.submit(work, *args, **kwargs))

    async def run_for_a_crowd(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, and for a moment nothing else is done: where many wait for it, it is done sooner that way.

        Two threads that both want to compute take turns at Python's lock, and pay a fifth of their time for that. A
        database that is slow or away holds nobody up for longer than `PATIENCE`.
        """
        future = self._thread.submit(work, *args, **kwargs)
        with suppress(TimeoutError):
            return future.result(timeout=PATIENCE)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finishes what was asked for."""
        self._thread.shutdown()
