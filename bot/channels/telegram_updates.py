"""An update of Telegram, read with distrust. Pure; nothing raises, whatever the update holds.

Source: core.telegram.org/bots/api#update. Update ids rise, and start again anywhere after a quiet week; message ids are
those of one chat. Together they tell one message from all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from bot.channels.names import harmless_name
from bot.channels.payloads import unbind
from handlers.dialogue.fragments import is_fragment
from handlers.messages import Address, Attachment, Inbound

COMMANDS: Mapping[str, str] = {
    "start": "start",
    "menu": "menu",
    "bantuan": "menu",
    "lapor": "complain",
    "status": "status",
    "petugas": "officer",
    "batal": "cancel",
}
"""What a command stands for, as the payload of the button that means the same."""

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
_IN_CHAT = {"kicked": "blocked", "left": "blocked", "member": "unblocked", "restricted": "unblocked"}
_FILES = {
    "voice": "voice",
    "audio": "audio",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "document": "document",
    "sticker": "sticker",
}
_LIVE = "live_period"


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: it has to be answered, or it spins, and its keyboard is taken away."""

    inbound: Inbound
    query_id: str
    chat: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Refuse:
    """A group or channel that wants something of us."""

    chat: int


Parsed = Inbound | Press | Refuse | None


class _Json:
    """A value of an update: asked for what it should hold, it gives that or nothing."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return isinstance(self.value, dict)

    def __getitem__(self, key: str) -> _Json:
        return _Json(cast(dict[str, Any], self.value).get(key)) if isinstance(self.value, dict) else _Json(None)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def number(self) -> int | None:
        value = self.value
        return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63 else None

    @property
    def decimal(self) -> float | None:
        return float(self.value) if isinstance(self.value, int | float) and abs(self.value) < 1000 else None

    @property
    def items(self) -> list[_Json]:
        return [_Json(item) for item in self.value] if isinstance(self.value, list) else []


def parse(update: object, now: datetime) -> Parsed:
    """What an update means for us; None: nothing, it only has to be acknowledged. now: aware UTC."""
    json = _Json(update)
    id_ = json["update_id"].number
    prefix = str(id_ if id_ is not None else "?")
    if json["callback_query"]:
        return _press(json["callback_query"], prefix, now)
    if json["my_chat_member"]:
        return _membership(json["my_chat_member"], prefix, now)
    edited = bool(json["edited_message"])
    message = json["edited_message"] if edited else json["message"]
    chat = message["chat"]["id"].number
    if not message or chat is None:
        return None
    if message["chat"]["type"].text != "private":
        return Refuse(chat) if not edited and _speaks_to_us(message) else None
    return _edit(message, chat, prefix, now) if edited else _message(message, chat, prefix, now)


def _message(message: _Json, chat: int, prefix: str, now: datetime) -> Inbound:
    message_id = message["message_id"].number
    external_id = f"{prefix}:{chat}:{message_id}"
    text = message["text"].text or message["caption"].text
    said, payload = _command(text)
    attachments = _attachments(message, external_id)
    own_phone = _own_phone(message)
    album = message.has("media_group_id")
    return Inbound(
        address=Address("telegram", str(chat)),
        external_id=external_id,
        received_at=_time(message["date"], now),
        text=said,
        payload=payload,
        attachments=attachments,
        name=_name(message["from"]),
        phone=own_phone,
        burst=album or (payload is None and not attachments and is_fragment(said)),
        provider_ref=str(message_id) if message_id is not None else None,
    )


def _edit(message: _Json, chat: int, prefix: str, now: datetime) -> Inbound | None:
    """A correction. A location that moves, or a file that was changed without words, corrects nothing."""
    message_id, text = message["message_id"].number, message["text"].text or message["caption"].text
    if message["location"].has(_LIVE) or not text.strip() or message_id is None:
        return None
    said, payload = _command(text)
    return Inbound(
        address=Address("telegram", str(chat)),
        external_id=f"{prefix}:{chat}:{message_id}:edit:{message['edit_date'].number}",
        received_at=_time(message["edit_date"], now),
        text=said,
        payload=payload,
        name=_name(message["from"]),
        provider_ref=str(message_id),
        corrects=str(message_id),
    )


def _press(query: _Json, prefix: str, now: datetime) -> Parsed:
    query_id, sender = query["id"].text, query["from"]["id"].number
    message = query["message"]
    chat = message["chat"]["id"].number if message else sender
    if chat is None or not query_id:
        return None
    if message and message["chat"]["type"].text not in ("private", ""):
        return Refuse(chat)
    data = query["data"].text
    payload, pressed_on = unbind(data)
    inbound = Inbound(
        address=Address("telegram", str(chat)),
        external_id=f"{prefix}:callback:{query_id}",
        received_at=now,
        text=_title(message, data),
        payload=payload or "menu",
        name=_name(query["from"]),
        pressed_on=pressed_on,
    )
    return Press(inbound, query_id, str(chat), message["message_id"].number)


def _membership(change: _Json, prefix: str, now: datetime) -> Parsed:
    chat, status = change["chat"]["id"].number, change["new_chat_member"]["status"].text
    event = _IN_CHAT.get(status)
    if chat is None or event is None:
        return Refuse(chat) if chat is not None and status == "administrator" else None
    if change["chat"]["type"].text != "private":
        return Refuse(chat) if event == "unblocked" else None
    date = change["date"].number
    return Inbound(
        address=Address("telegram", str(chat)),
        external_id=f"{prefix}:{chat}:member:{date}",
        received_at=_time(change["date"], now),
        event="blocked" if event == "blocked" else "unblocked",
    )


def _speaks_to_us(message: _Json) -> bool:
    """In a group: a command, a mention, an answer to us, or that we were added. Other talk is none of our business."""
    marks = [entity["type"].text for key in ("entities", "caption_entities") for entity in message[key].items]
    added = any(member["is_bot"].value is True for member in message["new_chat_members"].items)
    to_bot = message["reply_to_message"]["from"]["is_bot"].value is True
    return added or to_bot or any(mark in ("bot_command", "mention") for mark in marks)


def _command(text: str) -> tuple[str, str | None]:
    """`/lapor` is the button of that name; `/lapor jalan rusak` is `lapor jalan rusak`."""
    if not text.startswith("/"):
        return text, None
    first, *rest = text.split(maxsplit=1)  # a line break parts them too
    name = first[1:].partition("@")[0].lower()
    if name not in COMMANDS:
        return text, None
    return (f"{name} {rest[0].rstrip()}", None) if rest else (text, COMMANDS[name])


def _attachments(message: _Json, external_id: str) -> tuple[Attachment, ...]:
    if sizes := message["photo"].items:
        largest = max(sizes, key=lambda size: size["file_size"].number or size["width"].number or 0)
        return (Attachment("photo", "", external_id, largest["file_id"].text, "image/jpeg"),)
    if place := _place(message):
        return (Attachment("location", place, external_id),)
    if message["contact"]:
        return (Attachment("contact", _contact(message["contact"]), external_id),)
    for key, kind in _FILES.items():  # an animation comes with a document beside it
        file = message[key]
        if file:
            name = harmless_name(file["file_name"].text)
            return (Attachment(kind, name, external_id, file["file_id"].text, _mime_type(file)),)
    if message["text"].text.strip() or message["caption"].text.strip():
        return ()
    return (Attachment("unsupported", "", external_id),)


def _mime_type(file: _Json) -> str:
    """As the sender's program says, where it looks like one; what the bytes are is found out later."""
    said = file["mime_type"].text
    return said if len(said) <= 100 and said.isascii() and said.isprintable() else ""


def _place(message: _Json) -> str:
    venue = message["venue"]
    location = venue["location"] if venue else message["location"]
    latitude, longitude = location["latitude"].decimal, location["longitude"].decimal
    if latitude is None or longitude is None:
        return ""
    words = ", ".join(word for word in (venue["title"].text, venue["address"].text) if word.strip())
    return f"{latitude:.5f}, {longitude:.5f} {words}".strip()[:300]


def _contact(contact: _Json) -> str:
    return ", ".join(word for word in (_name(contact) or "", _phone(contact)) if word)[:200]


def _phone(contact: _Json) -> str:
    """With its plus sign, which Telegram leaves out at times."""
    number = contact["phone_number"].text.strip()
    return f"+{number}" if number[:1].isdigit() else number


def _own_phone(message: _Json) -> str | None:
    """The sender's own number, where they shared it; somebody else's is only an attachment."""
    contact, sender = message["contact"], message["from"]["id"].number
    number = _phone(contact)
    own = sender is not None and contact["user_id"].number == sender
    return number if own and number[1:].isdecimal() else None


def _name(person: _Json) -> str | None:
    name = " ".join(f"{person['first_name'].text} {person['last_name'].text}".split())
    return name[:200] or None


def _title(message: _Json, data: str) -> str:
    """What stands on the pressed button."""
    rows = message["reply_markup"]["inline_keyboard"].items
    return next((b["text"].text for row in rows for b in row.items if b["callback_data"].text == data), "")


def _time(date: _Json, now: datetime) -> datetime:
    """Telegram's time, in whole seconds; never later than now."""
    seconds = date.number
    if seconds is None or not 0 < seconds < 1 << 34:
        return now
    return min(datetime.fromtimestamp(seconds, UTC), now)
