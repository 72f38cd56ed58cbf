"""WhatsApp by Twilio: sends a parcel, asks what became of one, fetches a citizen's file."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import structlog

from bot.channels.carriage import WHATSAPP_IMAGES, can_carry
from bot.channels.channel import Pace
from bot.channels.formatting import whatsapp_text
from bot.channels.payloads import bind
from bot.channels.twilio_api import (
    UNREADABLE,
    CutOffError,
    NotReachedError,
    ServerFailedError,
    ThrottledError,
    TwilioException,
    TwilioRestException,
    code_of,
)
from bot.channels.twilio_media import TwilioMedia
from bot.channels.whatsapp_templates import interactive, plain
from bot.channels.whatsapp_updates import PREFIX
from bot.channels.whatsapp_webhooks import STATUSES
from handlers import messages
from handlers.parcels import (
    Absent,
    Found,
    Later,
    Outcome,
    OutgoingFile,
    Parcel,
    Refused,
    Sent,
    Uncertain,
    Unreachable,
    WindowClosed,
)

_REPEATED = "(kirim ulang)"
_UNAUTHORISED = 60.0  # seconds until a wrong password is tried again: somebody has to mend it
_UNREACHABLE: Mapping[str, Unreachable] = {"21211": "gone", "21610": "opted_out", "63024": "not_on_whatsapp"}
_TOO_MANY = frozenset({"20429", "21611", "30001", "63018"})  # also where the status is not 429
_CONTENT = frozenset(map(str, (21655, 21656, 21657, 21658, 63005, 63013, *range(63019, 63024), *range(63025, 63031))))
_GONE = "21655"
_WINDOW = "63016"
_ENDED = frozenset({"failed", "undelivered", "canceled"})
_SLACK = timedelta(seconds=2)  # Twilio tells times in whole seconds
_LONG_AGO = timedelta(days=1)
_NO_MEDIA = (None, "", "0", 0)
_PAGE, _MOST = 50, 250  # messages of one citizen that are looked at

log = structlog.get_logger()


class WhatsApp:
    """The channel. Twilio queues what comes faster than WhatsApp takes it; 80 a second is its rate for one sender."""

    name: messages.Channel = "whatsapp"
    pace = Pace(per_second=80, per_chat=0)

    def __init__(
        self,
        client: Any,
        media: TwilioMedia,
        *,
        sender: str,
        public_url: str | None,
        contents: Mapping[str, str],
        link: Callable[[int], str],
    ) -> None:
        """client: twilio's. sender: `whatsapp:+62…`. contents: ContentSids by the names of their templates.

        link: the path below public_url at which the file of a row of the outbox is fetched.
        """
        self._client = client
        self._media = media
        self._sender = sender
        self._public_url = public_url
        self._contents = dict(contents)
        self._link = link

    async def send(self, parcel: Parcel) -> Outcome:
        if parcel.template:
            sid = self._contents.get(f"pasti_{parcel.template}")
            return await self._post(parcel, {"content_sid": sid}) if sid else Refused("no_template")
        if parcel.file is not None:
            return await self._send_file(parcel, parcel.file)
        if shown := self._with_buttons(parcel):
            outcome = await self._post(parcel, shown)
            if not (isinstance(outcome, Refused) and outcome.error in _CONTENT):
                return outcome
            if outcome.error == _GONE:  # it was deleted at Twilio: the next message need not try it
                self._contents = {name: sid for name, sid in self._contents.items() if sid != shown["content_sid"]}
            log.warning("content template refused", code=outcome.error, outbox_id=parcel.id)
        return await self._post(parcel, {"body": self._text(parcel)})

    async def _send_file(self, parcel: Parcel, file: OutgoingFile) -> Outcome:
        """Twilio fetches it from us, once it has taken the message; what it makes of it comes as a report."""
        if can_carry("whatsapp", file, public_url=self._public_url):  # the officer was told before it was written
            return Refused("file not carried")
        text = self._text(parcel)
        if text and file.content_type not in WHATSAPP_IMAGES:  # they would be dropped silently: `parts.with_file`
            return Refused("words beside a file")
        address = f"{self._public_url}{self._link(parcel.id)}"
        return await self._post(parcel, {"media_url": [address], **({"body": text} if text else {})})

    def _text(self, parcel: Parcel, *, menu: bool = True) -> str:
        """menu: with what buttons below it would show by themselves: their numbers, and the lines of a list."""
        listed = {f"{n}. {button.title}" for n, button in enumerate(parcel.buttons, 1)}
        shown = (line for line in parcel.lines if line.style != "menu" and line.text not in listed)
        lines = parcel.lines if menu else tuple(shown)
        text = whatsapp_text(lines).strip()
        return f"{_REPEATED}\n{text}" if parcel.repeated else text

    def _with_buttons(self, parcel: Parcel) -> dict[str, Any] | None:
        """The same as quick replies or a list, where such a template was made."""
        if not (parcel.buttons and self._contents):
            return None
        payloads = [bind(button.payload, parcel.position) for button in parcel.buttons]
        fitting = interactive(self._text(parcel, menu=False), parcel.buttons, payloads)
        sid = self._contents.get(fitting[0]) if fitting else None
        if not fitting or not sid:
            return None
        return {"content_sid": sid, "content_variables": json.dumps(fitting[1], ensure_ascii=False)}

    async def _post(self, parcel: Parcel, what: Mapping[str, Any]) -> Outcome:
        callback = f"{self._public_url}{STATUSES}?id={parcel.id}" if self._public_url else None
        try:
            message = await self._client.messages.create_async(
                to=PREFIX + parcel.address.user,
                from_=self._sender,
                **what,
                **({"status_callback": callback} if callback else {}),
            )
        except NotReachedError as error:
            return Later(str(error))
        except ThrottledError as error:
            return Later("20429", error.after, throttled=True)
        except (CutOffError, ServerFailedError) as error:
            return Uncertain(str(error))
        except TwilioRestException as error:
            return _refused(error)
        except (TwilioException, *UNREADABLE) as error:
            return Uncertain(type(error).__name__)
        if message.status in _ENDED:  # taken, and refused in the same breath
            return _final(str(message.error_code or message.status))
        return Sent(str(message.sid)) if message.sid else Uncertain("no sid")

    async def look_up(self, parcel: Parcel, known: frozenset[str]) -> Found:
        """Twilio lists what it has taken: ours is the one of the same words that nobody else is known by."""
        try:
            listed = await self._recent(parcel)
        except ThrottledError as error:
            return Later("20429", error.after, throttled=True)
        except (NotReachedError, CutOffError, ServerFailedError) as error:
            return Later(str(error))
        except TwilioException as error:
            return Later(code_of(error))
        except UNREADABLE as error:
            return Later(type(error).__name__)
        words = {plain(self._text(parcel)), plain(self._text(parcel, menu=False))}
        if parcel.buttons:
            words.add("")  # of a template Twilio need not tell the words
        for message in reversed(listed):  # the oldest first
            if message.sid in known or message.direction == "inbound" or _older(message, parcel.leased_at - _SLACK):
                continue
            if (str(message.sid).startswith("MM") or message.num_media not in _NO_MEDIA) != (parcel.file is not None):
                continue
            if parcel.template or plain(message.body or "") in words:
                if message.status in _ENDED:  # taken, and refused while nobody listened
                    return _final(str(message.error_code or message.status))
                return Sent(str(message.sid))
        return Absent()

    async def _recent(self, parcel: Parcel) -> list[Any]:
        """What was sent to this citizen lately, the newest first.

        DateSent is no filter here: of a message that still waits at Twilio it is empty, and that one is looked for.
        """
        found = []
        stream = await self._client.messages.stream_async(
            to=PREFIX + parcel.address.user, from_=self._sender, page_size=_PAGE, limit=_MOST
        )
        async for message in stream:
            if _older(message, parcel.leased_at - _LONG_AGO):
                break
            found.append(message)
        return found

    def fetch(self, source: str) -> AsyncIterator[bytes]:
        return self._media.fetch(source)


def _older(message: Any, than: datetime) -> bool:
    """Whether Twilio made it before that moment; a time that cannot be read says no."""
    made = message.date_created or message.date_sent
    if isinstance(made, str):
        try:
            made = parsedate_to_datetime(made)
        except ValueError:
            return False
    if not isinstance(made, datetime):
        return False
    return (made if made.tzinfo else made.replace(tzinfo=UTC)) < than


def _refused(error: TwilioRestException) -> Outcome:
    code = code_of(error)
    if code == "20003":
        log.error("Twilio refuses the password: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
        return Later(code, _UNAUTHORISED)
    if code in _TOO_MANY:
        return Later(code, throttled=True)
    return _final(code)


def _final(code: str) -> Refused | WindowClosed:
    """What a final no means for the message and its citizen. Source: twilio.com/docs/api/errors."""
    return WindowClosed(code) if code == _WINDOW else Refused(code, _UNREACHABLE.get(code))
