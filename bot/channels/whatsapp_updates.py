"""What Twilio posts, read with distrust: an inbound message, or the report on one of ours. Pure; nothing raises.

Source: twilio.com/docs/messaging/guides/webhook-request. Fields come and go unannounced.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime

from bot.channels.names import harmless_name
from bot.channels.payloads import unbind
from handlers.dialogue.fragments import is_fragment
from handlers.messages import Address, Attachment, Event, Inbound
from handlers.parcels import DeliveryState, Status, Unreachable

PREFIX = "whatsapp:"
_MOST_FILES = 10
_FILE_NAME = re.compile(r"[^\n\r]{1,240}\.[A-Za-z][A-Za-z0-9]{1,4}")
_EVENTS: Mapping[str, Event] = {"STOP": "opted_out", "START": "opted_in"}
_ALBUM = {"photo", "video", "document"}  # WhatsApp sends an album as single messages
_STATES: Mapping[str, DeliveryState] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
_UNREACHABLE: Mapping[str, Unreachable] = {"63024": "not_on_whatsapp", "21610": "opted_out", "21211": "gone"}
_WINDOW = "63016"


def parse_message(form: Mapping[str, str], now: datetime) -> Inbound:
    """A message as its citizen sent it. What cannot be read is an attachment of kind `unsupported`."""
    sid = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid") or ""
    data = form.get("ButtonPayload") or form.get("ListId")
    payload, pressed_on = unbind(data) if data else (None, None)
    text = form.get("Body", "")
    if data:
        text = form.get("ButtonText") or form.get("ListTitle") or text
    attachments = (*_files(form, sid), *_place(form, sid))
    if any(a.kind == "document" for a in attachments) and file_name(text):
        text = ""
    event = _EVENTS.get(form.get("OptOutType", "").upper())
    if not (text.strip() or attachments or payload or event):
        attachments = (Attachment("unsupported", "", sid),)
    return Inbound(
        address=Address("whatsapp", form.get("From", "").removeprefix(PREFIX)),
        external_id=sid,
        received_at=now,
        text=text,
        payload=payload,
        attachments=attachments,
        name=form.get("ProfileName") or None,
        burst=may_go_on(text, payload, attachments, event),
        provider_ref=sid,
        pressed_on=pressed_on,
        event=event,
    )


def file_name(text: str) -> str:
    """For a document Twilio's body is the name of the file, or what its sender wrote below it, which is no name."""
    return harmless_name(text) if _FILE_NAME.fullmatch(text.strip()) else ""


def may_go_on(text: str, payload: str | None, attachments: tuple[Attachment, ...], event: Event | None = None) -> bool:
    """Whether more of the same thought may follow: a fragment, or what may be part of an album."""
    if payload or event:
        return False
    if attachments:
        return not text.strip() and all(a.kind in _ALBUM for a in attachments)
    return is_fragment(text)


def _files(form: Mapping[str, str], sid: str) -> tuple[Attachment, ...]:
    count = form.get("NumMedia", "0")
    number = min(int(count), _MOST_FILES) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    files = []
    for place in range(number):
        source, said = form.get(f"MediaUrl{place}", ""), form.get(f"MediaContentType{place}", "")
        kind = kind_of(said, form.get("MessageType", ""))
        name = file_name(form.get("Body", "")) if kind == "document" else ""
        files.append(Attachment(kind, name, sid, source, said[:100]))
    return tuple(files)


def kind_of(content_type: str, message_type: str = "") -> str:
    """Photo, sticker, voice, video, contact or document."""
    main = content_type.lower().partition(";")[0].strip()
    if message_type == "sticker" or (main == "image/webp" and message_type != "image"):
        return "sticker"
    if main in ("text/vcard", "text/x-vcard"):
        return "contact"
    return {"image": "photo", "audio": "voice", "video": "video"}.get(main.partition("/")[0], "document")


def _place(form: Mapping[str, str], sid: str) -> tuple[Attachment, ...]:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except (KeyError, ValueError):
        return ()
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return ()
    words = ", ".join(word for word in (form.get("Label", ""), form.get("Address", "")) if word.strip())
    return (Attachment("location", f"{latitude:.5f}, {longitude:.5f} {words}".strip()[:300], sid),)


def parse_status(form: Mapping[str, str], outbox_id: str | None) -> Status | None:
    """The report on one of our messages; None for steps that say nothing new (queued, sending)."""
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    state = _STATES.get((form.get("MessageStatus") or form.get("SmsStatus") or "").lower())
    if not sid or state is None:
        return None
    number = (
        int(outbox_id) if outbox_id and outbox_id.isascii() and outbox_id.isdigit() and len(outbox_id) < 20 else None
    )
    if state != "failed":
        return Status(sid, state, number)
    code = form.get("ErrorCode", "")[:10] or form.get("MessageStatus", "")[:20]
    return Status(sid, state, number, code, _UNREACHABLE.get(code), code == _WINDOW)
