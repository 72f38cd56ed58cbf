"""The messages of a Twilio account, both ways: how they look in JSON, and how they are listed page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from tests.peers.records import Shelf
from tests.peers.twilio_rules import MESSAGES, RANK

API = "/2010-04-01/Accounts"


@dataclass(frozen=True, slots=True)
class Media:
    sid: str
    content_type: str
    data: bytes
    created: datetime
    name: str = ""


@dataclass(slots=True, eq=False)
class TwilioMessage:
    """`body` is what is read: a template is filled in. `number` counts within the peer; of an inbound message
    `params` are the fields of its webhook and `webhook_status` is what that answered (None: nothing)."""

    number: int
    sid: str
    inbound: bool
    sender: str
    to: str
    body: str
    status: str
    created: datetime
    updated: datetime
    sent_at: datetime | None = None
    media: list[Media] = field(default_factory=list)
    media_urls: list[str] = field(default_factory=list)
    service: str | None = None
    status_callback: str = ""
    content_sid: str = ""
    content_variables: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""
    actions: list[dict[str, str]] = field(default_factory=list)
    error_code: int | None = None
    statuses: list[str] = field(default_factory=list)
    params: dict[str, str] = field(default_factory=dict)
    webhook_status: int | None = None
    webhook_ended: bool = False

    @property
    def recipient(self) -> str:
        """The number that it goes to, as a citizen is called."""
        return self.to.removeprefix("whatsapp:")

    @property
    def text(self) -> str:
        return self.body

    @property
    def seen(self) -> str:
        """The words that the citizen sees: WhatsApp shows them beside a picture, and beside no other file."""
        beside_a_file = any(not each.content_type.startswith("image/") for each in self.media)
        return "" if beside_a_file else self.body

    @property
    def buttons(self) -> list[str]:
        """The titles of its quick replies or list items, in order."""
        return [_title(action) for action in self.actions]

    def action(self, title: str) -> dict[str, str]:
        """The quick reply or list item of that title, or whose title begins so."""
        exact = [action for action in self.actions if _title(action) == title]
        found = exact or [action for action in self.actions if _title(action).startswith(title)]
        assert found, f"no button {title!r} among {self.buttons}"
        return found[0]

    def advance(self, status: str, error_code: int | None, now: datetime) -> None:
        """What the resource says only moves forward, whatever the callbacks do."""
        if RANK.get(status, 0) > RANK.get(self.status, 0):
            self.status, self.error_code, self.updated = status, error_code or self.error_code, now
            self.sent_at = self.sent_at or now

    def json(self, account_sid: str) -> dict[str, Any]:
        uri = f"{API}/{account_sid}/Messages/{self.sid}"
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": rfc2822(self.sent_at),
            "date_updated": rfc2822(self.updated),
            "direction": "inbound" if self.inbound else "outbound-api",
            "error_code": self.error_code,
            "error_message": MESSAGES.get(self.error_code) if self.error_code else None,
            "from": self.sender,
            "messaging_service_sid": self.service,
            "num_media": str(len(self.media) or len(self.media_urls)),
            "num_segments": "1",
            "price": None,
            "price_unit": "USD" if self.inbound else None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }

    def media_json(self, account_sid: str, media: Media) -> dict[str, Any]:
        return {
            "account_sid": account_sid,
            "content_type": media.content_type,
            "date_created": rfc2822(media.created),
            "date_updated": rfc2822(media.created),
            "parent_sid": self.sid,
            "sid": media.sid,
            "uri": f"{API}/{account_sid}/Messages/{self.sid}/Media/{media.sid}.json",
        }


def _title(action: dict[str, str]) -> str:
    return action.get("title") or action.get("item") or ""


def rfc2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment.astimezone(UTC).replace(microsecond=0))


class MessageList:
    """`GET Messages.json`: newest first, filtered, page by page."""

    def __init__(self, account_sid: str, limit: int | None) -> None:
        self.account_sid = account_sid
        self.by_sid: Shelf[str, TwilioMessage] = Shelf(limit)

    def keep(self, message: TwilioMessage) -> None:
        self.by_sid.keep(message.sid, message)

    def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        size = max(1, min(int(query.get("PageSize") or 50), 1000))
        number = int(query.get("Page") or 0)
        matching = [message for message in reversed(self.by_sid.values()) if _matches(message, query)]
        start = number * size
        if last := query.get("PageToken", "").removeprefix("PA"):
            start = next((place + 1 for place, each in enumerate(matching) if each.sid == last), len(matching))
        shown = matching[start : start + size]
        more = start + size < len(matching)
        filters = {name: value for name, value in query.items() if name not in {"Page", "PageToken", "PageSize"}}
        return {
            "end": number * size + len(shown) - 1 if shown else 0,
            "first_page_uri": self._uri(filters, size, 0, ""),
            "messages": [message.json(self.account_sid) for message in shown],
            "next_page_uri": self._uri(filters, size, number + 1, f"PA{shown[-1].sid}") if more else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": self._uri(filters, size, number - 1, "") if number else None,
            "start": number * size,
            "uri": self._uri(filters, size, number, query.get("PageToken", "")),
        }

    def _uri(self, filters: Mapping[str, str], size: int, page: int, token: str) -> str:
        query = {**filters, "PageSize": str(size), "Page": str(page), **({"PageToken": token} if token else {})}
        return f"{API}/{self.account_sid}/Messages.json?{urlencode(query)}"


def _matches(message: TwilioMessage, query: Mapping[str, str]) -> bool:
    """Dates are compared by the second. What has not been sent yet counts from when it was made."""
    if query.get("To") not in {None, "", message.to} or query.get("From") not in {None, "", message.sender}:
        return False
    moment = (message.sent_at or message.created).replace(microsecond=0)
    if on := query.get("DateSent"):
        first, last = _span(on)
        if not first <= moment <= last:
            return False
    if (after := query.get("DateSent>")) and moment < _span(after)[0]:
        return False
    return not ((before := query.get("DateSent<")) and moment > _span(before)[1])


def _span(given: str) -> tuple[datetime, datetime]:
    """The first and last moment that a date or a moment means."""
    if len(given) <= 10:
        start = datetime.combine(date.fromisoformat(given), time(), UTC)
        return start, start + timedelta(days=1, seconds=-1)
    moment = datetime.fromisoformat(given)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    moment = moment.replace(microsecond=0)
    return moment, moment
