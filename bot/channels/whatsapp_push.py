"""Makes the message templates at Twilio and keeps their ids; asks how far WhatsApp's approval is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.twilio_api import ThrottledError, TwilioRestException
from bot.channels.whatsapp_templates import Template, every_template
from handlers.office import Office
from storage import content_templates
from storage.content_templates import ContentTemplateRow

UNSUBMITTED = "unsubmitted"  # as Twilio calls what WhatsApp was not asked about
_PAGE = 500
_NOT_FOUND = 404
_PAUSES, _LONGEST_PAUSE = 5, 30.0  # seconds


async def push(client: Any, office: Office) -> list[ContentTemplateRow]:
    """Makes what is missing or has changed, and submits what needs approval. client: twilio's; its errors are raised.

    What lies at Twilio already, and is not known here (a new database), is taken as it is.
    """
    with office.database.reader() as conn:
        known = content_templates.every(conn)
    there = {str(each.sid): each for each in await client.content.v1.contents.list_async(page_size=_PAGE)}
    for template in every_template():
        kept = known.get(template.name)
        if kept is None or kept.digest != template.digest or kept.sid not in there:
            alike = next((sid for sid, content in there.items() if _is(content, template)), None)
            kept = ContentTemplateRow(
                template.name, alike or await _make(client, template), template.digest, "", office.clock()
            )
            _keep(office, kept)  # at once: what comes after it may fail, and then it is not made twice
        if template.approval and kept.status in ("", UNSUBMITTED):
            status = await _status(client, kept.sid)
            if status == UNSUBMITTED:
                status = await _submit(client, template, kept.sid)
            _keep(office, replace(kept, status=status, updated_at=office.clock()))
    return await refresh(client, office)


def _is(content: Any, template: Template) -> bool:
    """Whether this content of Twilio's is what the template would become. Twilio may add fields of its own."""
    named = content.friendly_name == template.name and content.language == template.body["language"]
    return named and _holds(content.types, template.types)


def _holds(more: Any, less: Any) -> bool:
    if isinstance(less, Mapping):
        return isinstance(more, Mapping) and all(name in more and _holds(more[name], less[name]) for name in less)
    if isinstance(less, list):
        return isinstance(more, list) and len(more) == len(less) and all(map(_holds, more, less))
    return bool(more == less)


async def _make(client: Any, template: Template) -> str:
    contents = client.content.v1.contents
    made = await _in_time(lambda: contents.create_async(content_create_request=_Body(template.body)))
    return str(made.sid)


async def _submit(client: Any, template: Template, sid: str) -> str:
    """WhatsApp names templates by lower-case words; a changed one needs another name, so the digest is part of it."""
    request = _Body({"name": template.approval_name, "category": "UTILITY"})
    approval = client.content.v1.contents(sid).approval_create
    answer = await _in_time(lambda: approval.create_async(content_approval_request=request))
    return str(answer.status or "received")


async def _in_time(call: Callable[[], Awaitable[Any]]) -> Any:
    """What a call brings; where it came too soon after others, as often as it takes with pauses."""
    for _ in range(_PAUSES):
        try:
            return await call()
        except ThrottledError as error:
            await asyncio.sleep(min(1.0 if error.after is None else error.after, _LONGEST_PAUSE))
    return await call()


async def refresh(client: Any, office: Office) -> list[ContentTemplateRow]:
    """What is known here, with Twilio's word on the approvals."""
    needs = {template.name for template in every_template() if template.approval}
    with office.database.reader() as conn:
        known = content_templates.every(conn)
    for row in known.values():
        if row.name in needs:
            _keep(office, replace(row, status=await _status(client, row.sid), updated_at=office.clock()))
    with office.database.reader() as conn:
        return list(content_templates.every(conn).values())


async def _status(client: Any, sid: str) -> str:
    try:
        fetched = await client.content.v1.contents(sid).approval_fetch().fetch_async()
    except TwilioRestException as error:
        if error.status == _NOT_FOUND:
            return "deleted"
        raise
    return str((fetched.whatsapp or {}).get("status") or UNSUBMITTED)


def _keep(office: Office, row: ContentTemplateRow) -> None:
    with office.database.transaction() as tx:
        content_templates.put(tx, row)


class _Body:
    """What twilio's client posts: it asks for `to_dict`."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body

    def to_dict(self) -> dict[str, Any]:
        return self._body
