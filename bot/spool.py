"""Where messages wait on the disk while the database is away.

Twilio does not send a message again after a 5xx or a slow answer, so it must be kept somewhere before it is
acknowledged. One file a message, named after the provider's id, readable by its owner alone, on the disk (fsync of file
and folder) when `put` returns. What came later from the same citizen queues behind it, so the order stays.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import structlog

from handlers.messages import Address, Attachment, Inbound

FOLDER = "spool"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Spooled:
    """A message on the disk."""

    inbound: Inbound
    order: int
    path: Path


class Spool:
    """One per process. Blocking calls: a file is a matter of a millisecond or two."""

    def __init__(self, data_dir: Path, place: int = 1) -> None:
        """place: of this process among those that share the folder; each has a spool of its own."""
        self._folder = data_dir / (FOLDER if place == 1 else f"{FOLDER}-{place}")
        self._waiting: Counter[Address] = Counter()
        self._order = 0
        self._lock = Lock()
        for spooled in self.waiting():
            self._waiting[spooled.inbound.address] += 1
            self._order = max(self._order, spooled.order)

    def __len__(self) -> int:
        return self._waiting.total()

    def holds(self, address: Address) -> bool:
        """Whether messages of this citizen wait here: a newer one must queue behind them."""
        return self._waiting[address] > 0

    def put(self, inbound: Inbound) -> None:
        """Keeps a message. Raises OSError when the disk does not take it. The same message twice is one file."""
        with self._lock:
            self._put(inbound)

    def _put(self, inbound: Inbound) -> None:
        path = self._folder / f"{_file_name(inbound)}.json"
        if path.exists():
            return  # it keeps its place
        self._order += 1
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        text = json.dumps({"order": self._order, "inbound": _as_json(inbound)}, ensure_ascii=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        self._waiting[inbound.address] += 1
        _sync_folder(self._folder)

    def waiting(self) -> list[Spooled]:
        """All of them, in the order in which they came. A file that cannot be read is left for a person."""
        return sorted(self._read(), key=lambda spooled: spooled.order)

    def remove(self, spooled: Spooled) -> None:
        """It is in the database now."""
        with self._lock:
            spooled.path.unlink(missing_ok=True)
            address = spooled.inbound.address
            self._waiting[address] -= 1
            if self._waiting[address] <= 0:
                del self._waiting[address]

    def _read(self) -> Iterator[Spooled]:
        if not self._folder.is_dir():
            return
        for path in self._folder.glob("*.json"):
            try:
                kept = json.loads(path.read_text(encoding="ascii"))
                yield Spooled(_from_json(kept["inbound"]), int(kept["order"]), path)
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.error("spooled message not readable", file=path.name, error=type(error).__name__)


def _file_name(inbound: Inbound) -> str:
    """The provider's id where it can be a file's name (Twilio's can), else a hash of it."""
    id_ = inbound.external_id
    if id_.isascii() and id_.isalnum() and len(id_) <= 64:
        return id_
    return hashlib.sha256(f"{inbound.address.channel}\0{id_}".encode("utf-8", "replace")).hexdigest()


def _as_json(inbound: Inbound) -> dict[str, Any]:
    return {
        **inbound._asdict(),
        "address": asdict(inbound.address),
        "received_at": inbound.received_at.isoformat(),
        "attachments": [asdict(attachment) for attachment in inbound.attachments],
    }


def _from_json(kept: dict[str, Any]) -> Inbound:
    return Inbound(
        **{
            **kept,
            "address": Address(**kept["address"]),
            "received_at": datetime.fromisoformat(kept["received_at"]),
            "attachments": tuple(Attachment(**attachment) for attachment in kept["attachments"]),
        }
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
