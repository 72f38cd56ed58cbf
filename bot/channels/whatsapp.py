"""WhatsApp by Twilio: sends a parcel, asks what became of one, fetches a citizen's file."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import structlog

from bot.channels.channel import Pace
from bot.channels.formatting import whatsapp_text
from bot.channels.payloads import bind
from bot.channels.twilio_api import (
    CutOffError,
    NotReachedError,
    ServerFailedError,
    ThrottledError,
    TwilioRestException,
)
from bot.channels.twilio_media import TwilioMedia
from bot.channels.whatsapp_templates import interactive
from bot.channels.whatsapp_updates import PREFIX
from bot.channels.whatsapp_webhooks import STATUSES
from handlers import messages
from handlers.parcels import (
    Absent,
    Found,
    Later,
    Outcome,
    Parcel,
    Refused,
    Sent,
    Uncertain,
    Unreachable,
    WindowClosed,
)

_REPEATED = "(kirim ulang)"
_UNAUTHORISED = 60.0  # seconds until a wrong password is tried again: somebody has to mend it
_UNREACHABLE: Mapping[int, Unreachable] = {21211: "gone", 21610: "opted_out", 63024: "not_on_whatsapp"}
_CONTENT = frozenset({21655, 21656, 21657, 63005, 63013, 63019, 63021, 63027, 63028})  # the template is the trouble
_WINDOW = 63016
_SLACK = timedelta(seconds=2)  # Twilio tells times in whole seconds
_PAGE, _MOST = 50, 250  # messages of one citizen that are looked at

log = structlog.get_logger()


class WhatsApp:
    """The channel. Twilio queues what comes faster than WhatsApp takes it; 80 a second is its rate for one sender."""

    name: messages.Channel = "whatsapp"
    pace = Pace(per_second=80, per_chat=0)

    def __init__(
        self, client: Any, media: TwilioMedia, *, sender: str, public_url: str | None, contents: Mapping[str, str]
    ) -> None:
        """client: twilio's. sender: `whatsapp:+62…`. contents: ContentSids by the names of their templates."""
        self._client = client
        self._media = media
        self._sender = sender
        self._public_url = public_url
        self._contents = contents

    async def send(self, parcel: Parcel) -> Outcome:
        if parcel.template:
            sid = self._contents.get(f"pasti_{parcel.template}")
            return await self._post(parcel, {"content_sid": sid}) if sid else Refused("no_template")
        if shown := self._with_buttons(parcel):
            outcome = await self._post(parcel, shown)
            if not (isinstance(outcome, Refused) and outcome.error.isdigit() and int(outcome.error) in _CONTENT):
                return outcome
            log.warning("content template refused", code=outcome.error, outbox_id=parcel.id)
        return await self._post(parcel, {"body": self._text(parcel)})

    def _text(self, parcel: Parcel, *, menu: bool = True) -> str:
        lines = parcel.lines if menu else tuple(line for line in parcel.lines if line.style != "menu")
        text = whatsapp_text(lines).strip()
        return f"{_REPEATED}\n{text}" if parcel.repeated else text

    def _with_buttons(self, parcel: Parcel) -> dict[str, Any] | None:
        """The same as quick replies or a list, where such a template was made."""
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
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # an answer that is none
            return Uncertain(type(error).__name__)
        if message.error_code == _WINDOW:
            return WindowClosed(str(_WINDOW))
        return Sent(str(message.sid)) if message.sid else Uncertain("no sid")

    async def look_up(self, parcel: Parcel, known: frozenset[str]) -> Found:
        """Twilio lists what it has taken: ours is the one of the same words that nobody else is known by."""
        words = {self._text(parcel), self._text(parcel, menu=False)}
        try:
            listed = await self._client.messages.list_async(
                to=PREFIX + parcel.address.user,
                from_=self._sender,
                date_sent_after=parcel.leased_at - timedelta(days=1),  # of a queued one it is not set yet
                page_size=_PAGE,
                limit=_MOST,
            )
        except ThrottledError as error:
            return Later("20429", error.after, throttled=True)
        except (NotReachedError, CutOffError, ServerFailedError) as error:
            return Later(str(error))
        except TwilioRestException as error:
            return Later(str(error.code))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return Later(type(error).__name__)
        for message in reversed(listed):  # the oldest first
            if message.sid in known or message.direction == "inbound" or _older(message, parcel.leased_at - _SLACK):
                continue
            if parcel.template or (message.body or "").strip() in words:
                return Sent(str(message.sid))
        return Absent()

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
    """What a final no means for the message and its citizen. Source: twilio.com/docs/api/errors."""
    code = int(error.code or 0)
    if code == _WINDOW:
        return WindowClosed(str(code))
    if error.status == 401 or code == 20003:
        log.error("Twilio refuses the password: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
        return Later("20003", _UNAUTHORISED)
    return Refused(str(code or error.status), _UNREACHABLE.get(code))
