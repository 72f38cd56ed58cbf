"""What the Bot API refuses, and in which words: entities in HTML, lengths, buttons, the pace of sending."""

from __future__ import annotations

import html
import io
import json
import math
import re
from collections import deque
from typing import Any, NamedTuple

from PIL import Image

TEXT_LIMIT = 4096  # UTF-16 units, after the entities were parsed
CAPTION_LIMIT = 1024
CALLBACK_DATA_LIMIT = 64  # bytes
CALLBACK_ANSWER_LIMIT = 200
DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
PHOTO_SIDES = 10_000  # width and height together
PHOTO_RATIO = 20
PER_SECOND = 30
PER_MINUTE_IN_GROUP = 20

_ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
_MARKUP = re.compile(r"<(?P<tag>[^<>]*)>?|(?P<entity>&(?:#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-zA-Z]+);|&)")
_TAG = re.compile(r"(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)$")
_ATTRIBUTE = re.compile(r"""\s*([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_ATTRIBUTES_OF = {"a": {"href"}, "blockquote": {"expandable"}, "code": {"class"}, "pre": set[str]()}


class BotApiError(Exception):
    """An answer with "ok": false."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


def bad_request(what: str) -> BotApiError:
    return BotApiError(400, f"Bad Request: {what}")


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Formatted(NamedTuple):
    plain: str
    entities: list[dict[str, Any]]


def parse_text(raw: str, parse_mode: str | None) -> Formatted:
    """The text as the citizen sees it."""
    if not parse_mode:
        return Formatted(raw.strip(), [])
    if parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    return _parse_html(raw)


def _parse_html(raw: str) -> Formatted:
    """Stricter than the real one in one thing: a bare `&` and names such as `&nbsp;` are refused, where Telegram shows
    them as they stand. Either is a text that somebody forgot to escape."""
    plain: list[str] = []
    length = 0  # in UTF-16 units
    entities: list[dict[str, Any]] = []
    opened: list[tuple[str, int, dict[str, Any]]] = []
    position = 0
    for found in _MARKUP.finditer(raw):
        plain.append(raw[position : found.start()])
        length += utf16_length(plain[-1])
        position = found.end()
        if found["tag"] is not None and not found[0].endswith(">"):
            raise _unparsable(f"Unclosed tag {_where(found)}")
        if entity := found["entity"]:
            plain.append(_character(entity, found))
            length += utf16_length(plain[-1])
        elif found["tag"].startswith("/"):
            entities += _close(found["tag"][1:].strip().lower(), opened, length, found)
        else:
            opened.append(_open(found["tag"], length, found))
    plain.append(raw[position:])
    if opened:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    return _trimmed("".join(plain), entities)


def _trimmed(text: str, entities: list[dict[str, Any]]) -> Formatted:
    """Without the spaces around it, which belong to no entity then."""
    plain = text.strip()
    lead = utf16_length(text) - utf16_length(text.lstrip())
    end = utf16_length(plain)
    kept = []
    for entity in entities:
        first, last = max(0, entity["offset"] - lead), min(end, entity["offset"] + entity["length"] - lead)
        if first < last:
            kept.append({**entity, "offset": first, "length": last - first})
    return Formatted(plain, sorted(kept, key=lambda each: (each["offset"], -each["length"])))


def _unparsable(why: str) -> BotApiError:
    return bad_request(f"can't parse entities: {why}")


def _where(found: re.Match[str]) -> str:
    return f"at byte offset {len(found.string[: found.start()].encode('utf-8', 'surrogatepass'))}"


def _character(entity: str, found: re.Match[str]) -> str:
    if entity in _NAMED:
        return _NAMED[entity]
    if entity.startswith("&#"):
        return html.unescape(entity)
    raise _unparsable(f'Unsupported entity "{entity}" {_where(found)}')


def _open(tag: str, length: int, found: re.Match[str]) -> tuple[str, int, dict[str, Any]]:
    parsed = _TAG.match(tag)
    name = parsed["name"].lower() if parsed else tag
    if parsed is None or name not in _ENTITY_OF_TAG:
        raise _unparsable(f'Unsupported start tag "{name}" {_where(found)}')
    entity: dict[str, Any] = {"type": _ENTITY_OF_TAG[name], "offset": length, "length": 0}
    for attribute, double, single, bare in _ATTRIBUTE.findall(parsed["attributes"]):
        if attribute not in _ATTRIBUTES_OF.get(name, ()):
            raise _unparsable(f'Unsupported attribute "{attribute}" of tag "{name}" {_where(found)}')
        if attribute == "href":
            entity["url"] = html.unescape(double or single or bare)
        elif attribute == "expandable":
            entity["type"] = "expandable_blockquote"
    return name, length, entity


def _close(
    name: str, opened: list[tuple[str, int, dict[str, Any]]], length: int, found: re.Match[str]
) -> list[dict[str, Any]]:
    if not opened:
        raise _unparsable(f'Unexpected end tag {_where(found)}, found "</{name}>"')
    started, begin, entity = opened.pop()
    if name not in {"", started}:
        raise _unparsable(f'Unmatched end tag {_where(found)}, expected "</{started}>", found "</{name}>"')
    entity["length"] = length - begin
    return [entity] if length > begin else []


def check_text(raw: str, parse_mode: str | None) -> Formatted:
    formatted = parse_text(raw, parse_mode)
    if not formatted.plain:
        raise bad_request("message text is empty")
    if utf16_length(formatted.plain) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return formatted


def check_caption(raw: str, parse_mode: str | None) -> Formatted:
    formatted = parse_text(raw, parse_mode)
    if utf16_length(formatted.plain) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return formatted


def check_upload(data: bytes, kind: str) -> None:
    """core.telegram.org/bots/api#sending-files and #sendphoto."""
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > UPLOAD_LIMIT:
        raise BotApiError(413, "Request Entity Too Large")
    if kind != "photo":
        return
    if len(data) > PHOTO_LIMIT:
        raise bad_request("file is too big for a photo")
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
    except (OSError, Image.DecompressionBombError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def structure(value: object) -> Any:
    """A parameter that is JSON: already read from a JSON body, or text in a form."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except json.JSONDecodeError:
        raise bad_request("can't parse JSON object") from None


def check_markup(value: object) -> dict[str, Any] | None:
    markup = structure(value)
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    for row in markup.get("inline_keyboard", []):
        for button in row:
            _check_inline_button(button)
    for row in markup.get("keyboard", []):
        if any(not (button if isinstance(button, str) else button.get("text")) for button in row):
            raise bad_request('can\'t parse keyboard button: field "text" must not be empty')
    return markup


def _check_inline_button(button: dict[str, Any]) -> None:
    if not button.get("text"):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must have a text")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    if not set(button) & {"callback_data", "url", "web_app", "switch_inline_query", "copy_text", "login_url"}:
        raise bad_request("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")


class Pace:
    """About 30 messages a second overall, one a second per chat, 20 a minute per group."""

    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}

    def check(self, chat_id: int, now: float) -> None:
        """`now` in provider's seconds. Counts the message unless it comes too soon."""
        within, most = (60.0, PER_MINUTE_IN_GROUP) if chat_id < 0 else (1.0, 1)
        chat = self._chats.setdefault(chat_id, deque())
        wait = max(_until_free(self._all, now, 1.0, PER_SECOND), _until_free(chat, now, within, most))
        if wait > 0:
            seconds = math.ceil(wait)
            raise BotApiError(429, f"Too Many Requests: retry after {seconds}", seconds)
        self._all.append(now)
        chat.append(now)


def _until_free(times: deque[float], now: float, within: float, most: int) -> float:
    while times and times[0] <= now - within:
        times.popleft()
    return times[0] + within - now if len(times) >= most else 0.0
