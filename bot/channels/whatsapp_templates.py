"""The message templates of WhatsApp, as Twilio's Content API takes them.

Four of them WhatsApp has to approve: they ask a citizen to answer once the window of 24 hours has closed. The others
only put buttons under an answer within the window, where no approval is needed (quick replies: 3 of 20 characters,
list pickers: 10 of 24 and 72). Source: twilio.com/docs/content/content-types-overview.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.inbound import READ_HELD
from handlers.messages import Button
from handlers.parcels import TemplatePurpose

BODY = 1024  # characters of a template's text
QUICK_REPLIES, QUICK_TITLE = 3, 20
LIST_ITEMS, LIST_TITLE, LIST_DESCRIPTION = 10, 24, 72


@dataclass(frozen=True, slots=True)
class Template:
    """One template. `approval`: WhatsApp has to approve it before it may be sent."""

    name: str
    types: Mapping[str, Any]
    variables: Mapping[str, str]
    approval: bool = False

    @property
    def digest(self) -> str:
        """Of all that Twilio is given: another digest is another template."""
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def body(self) -> dict[str, Any]:
        """What is posted to the Content API."""
        return {"friendly_name": self.name, "language": "id", "variables": dict(self.variables), "types": self.types}


_ASKING: Mapping[TemplatePurpose, str] = {
    "case_update": "Bapak/Ibu, ada perkembangan pada laporan yang disampaikan ke DPMPTSP Kabupaten Purwakarta. "
    "Balas pesan ini untuk membacanya.",
    "answer_ready": "Bapak/Ibu, jawaban dari DPMPTSP Kabupaten Purwakarta sudah siap. "
    "Balas pesan ini untuk membacanya.",
    "officer_reply": "Bapak/Ibu, petugas DPMPTSP Kabupaten Purwakarta sudah membalas. "
    "Balas pesan ini untuk membaca balasannya.",
    "survey": "Bapak/Ibu, mohon waktunya sebentar untuk menilai pelayanan DPMPTSP Kabupaten Purwakarta. "
    "Balas pesan ini untuk memulai.",
}


def purpose_template(purpose: TemplatePurpose) -> Template:
    """What asks for an answer. It says nothing about the matter: whoever holds the telephone sees it."""
    reply = {"type": "QUICK_REPLY", "title": "Lihat balasan", "id": READ_HELD}
    return Template(
        f"pasti_{purpose}", {"twilio/quick-reply": {"body": _ASKING[purpose], "actions": [reply]}}, {}, approval=True
    )


def _quick_replies(count: int) -> Template:
    actions = [
        {"type": "QUICK_REPLY", "title": f"{{{{{2 * n}}}}}", "id": f"{{{{{2 * n + 1}}}}}"} for n in range(1, count + 1)
    ]
    examples = {str(2 * n + k): ("Ya" if k == 0 else "ya") for n in range(1, count + 1) for k in (0, 1)}
    types = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
    return Template(f"pasti_quick_reply_{count}", types, {"1": "Sudah benar?", **examples})


def _list(count: int) -> Template:
    items = [
        {"item": f"{{{{{3 * n - 1}}}}}", "id": f"{{{{{3 * n}}}}}", "description": f"{{{{{3 * n + 1}}}}}"}
        for n in range(1, count + 1)
    ]
    examples = {str(number): "Pilihan" for number in range(2, 3 * count + 2)}
    types = {"twilio/list-picker": {"body": "{{1}}", "button": "Pilih", "items": items}}
    return Template(f"pasti_list_{count}", types, {"1": "Yang mana?", **examples})


def every_template() -> list[Template]:
    """All that `pasti whatsapp templates push` makes."""
    asking = [purpose_template(purpose) for purpose in _ASKING]
    quick = [_quick_replies(count) for count in range(1, QUICK_REPLIES + 1)]
    return [*asking, *quick, *(_list(count) for count in range(2, LIST_ITEMS + 1))]


def interactive(text: str, buttons: Sequence[Button], payloads: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """The template that shows these buttons below this text, and its variables; None where none can.

    Twilio takes no empty variables (21656), so what has no description repeats its title.
    """
    if not buttons or not text.strip() or len(text) > BODY or len(buttons) > LIST_ITEMS:
        return None
    if len(buttons) <= QUICK_REPLIES and all(len(b.title) <= QUICK_TITLE for b in buttons):
        values = [text, *(value for b, payload in zip(buttons, payloads, strict=True) for value in (b.title, payload))]
        return f"pasti_quick_reply_{len(buttons)}", _numbered(values)
    if len(buttons) == 1 or any(len(b.title) > LIST_TITLE + LIST_DESCRIPTION for b in buttons):
        return None
    values = [text]
    for button, payload in zip(buttons, payloads, strict=True):
        values += [_shortened(button.title), payload, button.title[:LIST_DESCRIPTION]]
    return f"pasti_list_{len(buttons)}", _numbered(values)


def _numbered(values: Sequence[str]) -> dict[str, str]:
    return {str(number): value for number, value in enumerate(values, 1)}


def _shortened(title: str) -> str:
    return title if len(title) <= LIST_TITLE else title[: LIST_TITLE - 1].rstrip() + "…"
