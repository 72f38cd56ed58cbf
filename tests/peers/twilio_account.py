"""What a Twilio account holds, and what becomes of a request to it: messages both ways, media, templates."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from aiohttp import web

from tests.peers.content_api import ContentApi, Rendered
from tests.peers.faults import Watch
from tests.peers.loopback import json_response
from tests.peers.records import Mailboxes
from tests.peers.twilio_messages import API, Media, MessageList, TwilioMessage, rfc2822
from tests.peers.twilio_rules import (
    WINDOW_HOURS,
    Sids,
    TwilioError,
    check_addresses,
    check_body,
    content_variables,
)

File = tuple[bytes, str]  # what it holds, and its content type
WindowCheck = Literal["off", "refused", "callback"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What will be reported of a message without being asked."""

    statuses: Sequence[str]
    error_code: int | None = None


class TwilioAccount:
    """Its public attributes may be set by a test at any time."""

    def __init__(
        self,
        account_sid: str,
        sender: str,
        service: str,
        limit: int | None,
        watch: Watch,
        clock: Callable[[], datetime],
        url: Callable[[], str],
    ) -> None:
        self.sid = account_sid
        self.sender = sender
        self.service = service
        self.window: WindowCheck = "off"  # what becomes of free text outside the 24 hours
        self.statuses: Sequence[str] = ()  # what is reported of each message
        self.rate: int | None = None  # messages taken in a second
        self.not_on_whatsapp: set[str] = set()
        self.opted_out: set[str] = set()
        self.last_wrote: dict[str, datetime] = {}
        self.new_fields = {"FieldOfTomorrow": "yes & no"}  # such come in webhooks unannounced
        self.media_redirect: str | None = None  # media is answered with a 307 to here, /<sid> added
        self.sent: Mailboxes[TwilioMessage] = Mailboxes(limit, watch)
        self.messages = MessageList(account_sid, limit)
        self.media: dict[str, Media] = {}
        self.sids = Sids()
        self.content = ContentApi(account_sid, self.sids, clock, url)
        self._clock = clock
        self._url = url
        self._taken_at: deque[float] = deque()
        self._numbers = 0

    # What comes in

    def receive(self, number: str, params: dict[str, str], files: list[File], *, keep: bool = True) -> TwilioMessage:
        """A message of that number, with the fields that its webhook will have."""
        now = self._clock()
        sid = self.sids.make("MM" if files else "SM")
        media = [Media(self.sids.make("ME"), content_type, data, now) for data, content_type in files]
        self.media |= {each.sid: each for each in media}
        params |= {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": self.sid}
        params |= {"ApiVersion": "2010-04-01", **self.new_fields}
        for place, each in enumerate(media):
            params[f"MediaUrl{place}"] = f"{self._url()}{API}/{self.sid}/Messages/{sid}/Media/{each.sid}"
            params[f"MediaContentType{place}"] = each.content_type
        message = TwilioMessage(
            number=self._next_number(),
            sid=sid,
            inbound=True,
            sender=params["From"],
            to=self.sender,
            body=params["Body"],
            status="received",
            created=now,
            updated=now,
            sent_at=now,
            media=media,
            params=params,
        )
        if keep:
            self.last_wrote[number] = now
            self.messages.keep(message)
        return message

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    # What goes out

    def create(self, params: Mapping[str, str], media_urls: list[str]) -> tuple[TwilioMessage, Fate]:
        """POST Messages.json"""
        service = params.get("MessagingServiceSid", "")
        to = params.get("To", "")
        sender = check_addresses(to, params.get("From", ""), service, (self.sender,), (self.service,))
        body, content_sid = params.get("Body", ""), params.get("ContentSid", "")
        check_body(body, media_urls, content_sid)
        variables = content_variables(params.get("ContentVariables", ""))
        rendered = self.content.render(content_sid, variables) if content_sid else Rendered(body, "", [])
        number = to.removeprefix("whatsapp:")
        if number in self.opted_out:
            raise TwilioError(21610)
        outside = self._is_outside_window(number, content_sid)
        if outside and self.window == "refused":
            raise TwilioError(63016)
        self._keep_pace()
        now = self._clock()
        message = TwilioMessage(
            number=self._next_number(),
            sid=self.sids.make("MM" if media_urls else "SM"),
            inbound=False,
            sender=sender,
            to=to,
            body=rendered.body,
            status="accepted" if service else "queued",
            created=now,
            updated=now,
            media_urls=media_urls,
            service=service or None,
            status_callback=params.get("StatusCallback", ""),
            content_sid=content_sid,
            content_variables=variables,
            content_type=rendered.content_type,
            actions=rendered.actions,
        )
        self.messages.keep(message)
        self.sent.keep(message)
        if outside:
            return message, Fate(("failed",), 63016)
        if number in self.not_on_whatsapp:
            return message, Fate(("undelivered",), 63024)
        return message, Fate(self.statuses)

    def _is_outside_window(self, number: str, content_sid: str) -> bool:
        if self.window == "off" or (content_sid and self.content.may_open_a_conversation(content_sid)):
            return False
        wrote = self.last_wrote.get(number)
        return wrote is None or self._clock() - wrote > timedelta(hours=WINDOW_HOURS)

    def _keep_pace(self) -> None:
        if self.rate is None:
            return
        now = asyncio.get_running_loop().time()
        while self._taken_at and self._taken_at[0] <= now - 1:
            self._taken_at.popleft()
        if len(self._taken_at) >= self.rate:
            raise TwilioError(20429)
        self._taken_at.append(now)

    # What is asked of it

    def answer(self, method: str, parts: list[str], query: Mapping[str, str]) -> web.Response:
        """Everything below the account but the making of a message."""
        match method:
            case "listMessages":
                return json_response(self.messages.page(query))
            case "fetchAccount":
                return json_response(self._json())
            case "fetchMessage":
                return json_response(self._message(parts[4]).json(self.sid))
            case "listMedia":
                message = self._message(parts[4])
                rows = [message.media_json(self.sid, each) for each in message.media]
                return json_response({"media_list": rows, "next_page_uri": None, "page": 0, "page_size": 50})
            case "fetchMedia":
                return self._fetch_media(self._message(parts[4]), parts[6])
            case "deleteMedia":
                message = self._message(parts[4])
                message.media = [each for each in message.media if each.sid != parts[6]]
                self.media.pop(parts[6], None)
                return web.Response(status=204)
        raise TwilioError(20404, "/" + "/".join(parts))

    def _message(self, sid: str) -> TwilioMessage:
        message = self.messages.by_sid.get(sid.removesuffix(".json"))
        if message is None:
            raise TwilioError(20404, f"{API}/{self.sid}/Messages/{sid}")
        return message

    def _fetch_media(self, message: TwilioMessage, name: str) -> web.Response:
        sid = name.removesuffix(".json")
        found = [each for each in message.media if each.sid == sid]
        if not found:
            raise TwilioError(20404, f"{API}/{self.sid}/Messages/{message.sid}/Media/{name}")
        if name.endswith(".json"):
            return json_response(message.media_json(self.sid, found[0]))
        if self.media_redirect is not None:
            return web.Response(status=307, headers={"Location": f"{self.media_redirect}/{sid}"})
        return self.media_bytes(sid)

    def media_bytes(self, sid: str) -> web.Response:
        media = self.media.get(sid)
        if media is None:
            return web.Response(status=404)
        return web.Response(body=media.data, headers={"Content-Type": media.content_type})

    def _json(self) -> dict[str, Any]:
        uri = f"{API}/{self.sid}"
        made = rfc2822(self._clock())
        return {
            "auth_token": "never shown",
            "date_created": made,
            "date_updated": made,
            "friendly_name": "Kantor Perizinan (uji)",
            "owner_account_sid": self.sid,
            "sid": self.sid,
            "status": "active",
            "subresource_uris": {"messages": f"{uri}/Messages.json"},
            "type": "Full",
            "uri": f"{uri}.json",
        }
