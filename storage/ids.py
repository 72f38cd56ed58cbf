"""64-bit ids made by the program: milliseconds since 2024 (41 bits), process (10), sequence (12).

They rise with time, so rows lie in the order they were made; order *within* a conversation is a position, never an id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
PROCESSES = 1 << 10
SEQUENCES = 1 << 12
_MILLISECOND = timedelta(milliseconds=1)


class Ids:
    """Call it for a new id; safe between threads.

    `clock` is the machine's own clock, not the one that the dialogue sees: a day that is played again must not repeat
    its ids. Where the clock stands still or steps back, the ids go on from the last one.
    """

    def __init__(self, clock: Callable[[], datetime], process: int) -> None:
        if not 0 <= process < PROCESSES:
            raise ValueError(f"a process number lies between 0 and {PROCESSES - 1}, not {process}")
        self._clock = clock
        self._process = process
        self._lock = Lock()
        self._tick = 0  # milliseconds since EPOCH << 12 | sequence: counting past a full millisecond carries over

    def __call__(self) -> int:
        milliseconds = (self._clock() - EPOCH) // _MILLISECOND
        with self._lock:
            self._tick = max(self._tick + 1, milliseconds * SEQUENCES)
            milliseconds, sequence = divmod(self._tick, SEQUENCES)
        return (milliseconds * PROCESSES + self._process) * SEQUENCES + sequence
