"""Python's memory in a process that holds the knowledge: some hundred thousand things that stay until it ends."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

GARBAGE = (20_000, 10, 50)  # seldom: a message leaves next to none, and Python's own pace took a tenth of the time


def settle() -> None:
    """To be called once the knowledge is there.

    Walking it again and again for garbage took a tenth of a second each time, and some message waited for that. What
    building it needed besides, some 20 MB, goes back to the system; only glibc is asked for that.
    """
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()
    gc.set_threshold(*GARBAGE)
