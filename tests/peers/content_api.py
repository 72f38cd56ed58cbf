"""Twilio's Content API: templates with their types and approvals, and what a citizen reads of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.peers.twilio_rules import Sids, TwilioError

BODY_LIMIT = 1024
MOST_ITEMS = 10
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
IN_SESSION_ONLY = {"twilio/list-picker"}


@dataclass(slots=True)
class Content:
    sid: str
    friendly_name: str
    language: str
    variables: dict[str, str]
    types: dict[str, dict[str, Any]]
    created: datetime
    approval: dict[str, Any] = field(default_factory=dict)

    @property
    def approved(self) -> bool:
        return self.approval.get("status") == "approved"


class Rendered(NamedTuple):
    """What a citizen reads of a template, and the buttons or list items that come with it."""

    body: str
    content_type: str
    actions: list[dict[str, str]]


class ContentApi:
    def __init__(self, account_sid: str, sids: Sids, clock: Callable[[], datetime], url: Callable[[], str]) -> None:
        self.account_sid = account_sid
        self.templates: dict[str, Content] = {}
        self._sids = sids
        self._clock = clock
        self._url = url

    # For tests

    def add(
        self, body: str, *, name: str = "templat", actions: list[dict[str, str]] | None = None, approved: bool = True
    ) -> Content:
        """A template that is there already, with quick replies when it has actions."""
        kind = "twilio/quick-reply" if actions else "twilio/text"
        content = self._make(
            {"friendly_name": name, "language": "id", "types": {kind: {"body": body, "actions": actions or []}}}
        )
        if approved:
            content.approval = self._approval(content, {"name": name, "category": "UTILITY"}, "approved")
        return content

    def approve(self, sid: str) -> None:
        self._find(sid).approval["status"] = "approved"

    def reject(self, sid: str, reason: str = "TAG_CONTENT_MISMATCH") -> None:
        self._find(sid).approval |= {"status": "rejected", "rejection_reason": reason}

    # For messages

    def render(self, sid: str, given: Mapping[str, str]) -> Rendered:
        content = self.templates.get(sid)
        if content is None:
            raise TwilioError(21655)
        values = {**content.variables, **given}

        def fill(text: str) -> str:
            return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)

        kind, definition = next(iter(content.types.items()))
        actions = definition.get("actions") or definition.get("items") or []
        filled = [{name: fill(str(value)) for name, value in each.items()} for each in actions]
        return Rendered(fill(definition.get("body", "")), kind, filled)

    def may_open_a_conversation(self, sid: str) -> bool:
        """Whether it may be sent outside the 24-hour window."""
        content = self.templates[sid]
        return content.approved and not content.types.keys() & IN_SESSION_ONLY

    # For the server

    def answer(self, method: str, rest: list[str], body: dict[str, Any], query: Mapping[str, str]) -> tuple[int, Any]:
        """The status and the JSON for a request below /v1/Content."""
        match method, rest:
            case "POST", []:
                return 201, self._json(self._make(body))
            case "GET", []:
                return 200, self._page("Content", query, [self._json(each) for each in self.templates.values()])
            case "GET", [sid]:
                return 200, self._json(self._find(sid))
            case "DELETE", [sid]:
                del self.templates[self._find(sid).sid]
                return 204, None
            case "POST", [sid, "ApprovalRequests", "whatsapp"]:
                content = self._find(sid)
                content.approval = self._approval(content, body, "received")
                return 201, content.approval
            case "GET", [sid, "ApprovalRequests"]:
                return 200, self._approvals(self._find(sid))
        raise TwilioError(20404, "/".join(["/v1/Content", *rest]))

    def with_approvals(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET /v1/ContentAndApprovals"""
        rows = [{**self._json(each), "approval_requests": each.approval or None} for each in self.templates.values()]
        return self._page("ContentAndApprovals", query, rows)

    def _find(self, sid: str) -> Content:
        content = self.templates.get(sid)
        if content is None:
            raise TwilioError(20404, f"/v1/Content/{sid}")
        return content

    def _make(self, body: dict[str, Any]) -> Content:
        types = body.get("types")
        if not isinstance(types, dict) or not types or not body.get("language"):
            raise TwilioError(20001)
        for kind, definition in types.items():
            _check(kind, definition)
        content = Content(
            self._sids.make("HX"),
            body.get("friendly_name") or "",
            body["language"],
            dict(body.get("variables") or {}),
            types,
            self._clock(),
        )
        self.templates[content.sid] = content
        return content

    def _approval(self, content: Content, body: Mapping[str, Any], status: str) -> dict[str, Any]:
        name = str(body.get("name") or "")
        if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
            raise TwilioError(20001)
        return {
            "name": name,
            "category": body.get("category") or "UTILITY",
            "content_type": next(iter(content.types)),
            "status": status,
            "rejection_reason": "",
            "allow_category_change": bool(body.get("allow_category_change", True)),
        }

    def _approvals(self, content: Content) -> dict[str, Any]:
        approval = content.approval or {"type": "whatsapp", "name": "", "status": "unsubmitted", "rejection_reason": ""}
        return {
            "url": f"{self._url()}/v1/Content/{content.sid}/ApprovalRequests",
            "account_sid": self.account_sid,
            "sid": content.sid,
            "whatsapp": {"type": "whatsapp", **approval},
        }

    def _json(self, content: Content) -> dict[str, Any]:
        url = f"{self._url()}/v1/Content/{content.sid}"
        made = content.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "sid": content.sid,
            "account_sid": self.account_sid,
            "friendly_name": content.friendly_name,
            "language": content.language,
            "variables": content.variables,
            "types": content.types,
            "date_created": made,
            "date_updated": made,
            "url": url,
            "links": {
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
                "approval_fetch": f"{url}/ApprovalRequests",
            },
        }

    def _page(self, resource: str, query: Mapping[str, str], rows: list[dict[str, Any]]) -> dict[str, Any]:
        size = max(1, min(int(query.get("PageSize") or 50), 500))
        number = int(query.get("Page") or 0)

        def address(page: int) -> str:
            return f"{self._url()}/v1/{resource}?PageSize={size}&Page={page}"

        more = (number + 1) * size < len(rows)
        return {
            "meta": {
                "page": number,
                "page_size": size,
                "first_page_url": address(0),
                "previous_page_url": address(number - 1) if number else None,
                "url": address(number),
                "next_page_url": address(number + 1) if more else None,
                "key": "contents",
            },
            "contents": rows[number * size : (number + 1) * size],
        }


def _check(kind: str, definition: dict[str, Any]) -> None:
    """The sizes that WhatsApp holds to."""
    if len(definition.get("body", "")) > BODY_LIMIT:
        raise TwilioError(20001)
    actions = definition.get("actions") or definition.get("items") or []
    if len(actions) > MOST_ITEMS:
        raise TwilioError(20001)
    if kind == "twilio/quick-reply" and any(not 1 <= len(each.get("title", "")) <= 20 for each in actions):
        raise TwilioError(20001)
    if kind == "twilio/list-picker":
        if not 1 <= len(definition.get("button", "")) <= 20:
            raise TwilioError(20001)
        if any(not 1 <= len(each.get("item", "")) <= 24 or len(each.get("description", "")) > 72 for each in actions):
            raise TwilioError(20001)
