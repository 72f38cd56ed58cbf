"""Makes the message templates at Twilio and keeps their ids; asks how far WhatsApp's approval is."""

from __future__ import annotations

from typing import Any

from bot.channels.whatsapp_templates import Template, every_template
from handlers.office import Office
from storage import content_templates
from storage.content_templates import ContentTemplateRow


async def push(client: Any, office: Office) -> list[ContentTemplateRow]:
    """Makes what is missing or has changed, and submits what needs approval. Raises what twilio's client raises."""
    with office.database.reader() as conn:
        known = content_templates.every(conn)
    for template in every_template():
        kept = known.get(template.name)
        if kept is None or kept.digest != template.digest:
            made = await _make(client, template)
            row = ContentTemplateRow(template.name, made, template.digest, "", office.clock())
            _keep(office, row)  # at once: what comes after it may fail, and then it is not made twice
            kept = row
        if template.approval and kept.status in ("", "unsubmitted"):
            status = await _submit(client, template, kept.sid)
            _keep(office, ContentTemplateRow(kept.name, kept.sid, kept.digest, status, office.clock()))
    return await refresh(client, office)


async def _make(client: Any, template: Template) -> str:
    made = await client.content.v1.contents.create_async(content_create_request=_Body(template.body))
    return str(made.sid)


async def _submit(client: Any, template: Template, sid: str) -> str:
    """WhatsApp names templates by lower-case words; a changed one needs another name, so the digest is part of it."""
    request = _Body({"name": template.approval_name, "category": "UTILITY"})
    answer = await client.content.v1.contents(sid).approval_create.create_async(content_approval_request=request)
    return str(answer.status or "received")


async def refresh(client: Any, office: Office) -> list[ContentTemplateRow]:
    """What is known here, with Twilio's word on the approvals."""
    needs = {template.name for template in every_template() if template.approval}
    with office.database.reader() as conn:
        known = content_templates.every(conn)
    for row in known.values():
        if row.name in needs:
            fetched = await client.content.v1.contents(row.sid).approval_fetch().fetch_async()
            status = str((fetched.whatsapp or {}).get("status", ""))
            _keep(office, ContentTemplateRow(row.name, row.sid, row.digest, status, office.clock()))
    with office.database.reader() as conn:
        return list(content_templates.every(conn).values())


def _keep(office: Office, row: ContentTemplateRow) -> None:
    with office.database.transaction() as tx:
        content_templates.put(tx, row)


class _Body:
    """What twilio's client posts: it asks for `to_dict`."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body

    def to_dict(self) -> dict[str, Any]:
        return self._body
