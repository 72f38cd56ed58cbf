"""What the Telegram peer keeps: chats, files, the bot's messages and what the bot did to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

BOT = {"id": 700_000_001, "is_bot": True, "first_name": "PASTI (uji)", "username": "pasti_uji_bot"}


@dataclass(slots=True)
class Chat:
    id: int
    kind: str  # private, group, supergroup, channel
    name: str
    refuses: str = ""  # why nothing can be sent here any more

    @property
    def json(self) -> dict[str, Any]:
        named = "first_name" if self.kind == "private" else "title"
        return {"id": self.id, "type": self.kind, named: self.name}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that somebody sent. `size` is what is said of it, so that a huge one needs no bytes."""

    file_id: str
    path: str
    data: bytes
    size: int

    @property
    def json(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": f"u{self.file_id}", "file_size": self.size}


@dataclass(slots=True)
class SentMessage:
    """A message that the bot sent. `text` is what is read, `raw` what was handed over; a caption counts as text."""

    number: int
    chat_id: int
    message_id: int
    method: str
    text: str
    raw: str
    parse_mode: str | None
    entities: list[dict[str, Any]]
    reply_markup: dict[str, Any] | None
    at: datetime
    reply_to: int | None = None
    file: bytes | str | None = None
    file_name: str | None = None
    content_type: str | None = None
    silent: bool = False

    @property
    def recipient(self) -> int:
        return self.chat_id

    @property
    def buttons(self) -> list[str]:
        """The titles of its buttons, in order."""
        return [str(button["text"]) for button in self._inline_buttons()]

    def _inline_buttons(self) -> list[dict[str, Any]]:
        rows = (self.reply_markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    def callback_data(self, title: str) -> str:
        """What pressing the button of that title, or whose title begins so, hands back."""
        buttons = self._inline_buttons()
        exact = [button for button in buttons if button["text"] == title]
        found = exact or [button for button in buttons if button["text"].startswith(title)]
        assert found, f"no button {title!r} among {self.buttons}"
        return str(found[0]["callback_data"])


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a message. `text` is None when only the buttons changed."""

    chat_id: int
    message_id: int
    text: str | None
    reply_markup: dict[str, Any] | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A callback query that the bot answered."""

    callback_query_id: str
    text: str
    show_alert: bool
    at: datetime


@dataclass(slots=True)
class Callback:
    """A button that was pressed."""

    id: str
    chat_id: int
    made: datetime
    answers: int = 0
    too_old: bool = field(default=False)
