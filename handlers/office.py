"""The office: what every use case needs, passed in and never global. Only here are time and chance asked for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from handlers.library import Library
from storage.database import Database
from storage.ids import PROCESSES, Ids
from storage.sealed import Sealer


def now() -> datetime:
    return datetime.now(UTC)


def process_ids(process: int | None = None) -> Ids:
    """Ids by the machine's clock. The process number is drawn; should two draw the same, a clash is rolled back."""
    return Ids(now, any_process() if process is None else process)


def any_process() -> int:
    return secrets.randbelow(PROCESSES)


@dataclass(slots=True)
class Office:
    database: Database
    keys: Sealer
    clock: Callable[[], datetime] = now  # the time that the product sees; it may be set to another day
    new_id: Callable[[], int] = field(default_factory=process_ids)
    random: Callable[[int], bytes] = secrets.token_bytes
    library: Library = field(default_factory=Library)
    public_url: str | None = None  # where the console is reached, for a link to it; without its last slash
