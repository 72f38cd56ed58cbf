"""The message templates of WhatsApp, as Twilio's Content API takes them.

Four of them WhatsApp has to approve: they ask a citizen to answer once the window of 24 hours has closed. The others
only put buttons under an answer within the window, where no approval is needed (quick replies: 3 of 20 characters,
list pickers: 10 of 24 and 72). Every field of theirs takes variables, but the value of one may not be empty and may
hold no line break, no tab and no more than four blanks in a row (error 21656). So each row of a text is a variable of
its own, and there is a template for each number of rows; what has more rows goes without buttons, with its numbers.
Source: twilio.com/docs/content/twilio-quick-reply, twiliolist-picker and twilio.com/docs/api/errors/21656.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.inbound import READ_HELD
from handlers.messages import Button
from handlers.parcels import TemplatePurpose

BODY = 1024  # characters of a template's text
QUICK_REPLIES, QUICK_TITLE = 3, 20
LIST_ITEMS, LIST_TITLE, LIST_DESCRIPTION = 10, 24, 72
QUICK_ROWS, LIST_ROWS = 10, 3  # nine of ten answers with buttons have no more rows
_EMPTY = "\u2060"  # a row with nothing to see in it
_REFUSED = re.compile(r"[\t\v\f\r\x1c-\x1f\x85\u2028\u2029]| {5,}")


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
    def approval_name(self) -> str:
        """Under which WhatsApp knows it: it takes a name once for good, whatever became of the template."""
        return f"{self.name}_{self.digest[:8]}"

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


def _quick_replies(count: int, rows: int) -> Template:
    """Variables: the rows, then title and id of each button."""
    actions = [
        {"type": "QUICK_REPLY", "title": _variable(place), "id": _variable(place + 1)}
        for place in range(rows + 1, rows + 2 * count, 2)
    ]
    types = {"twilio/quick-reply": {"body": _body(rows), "actions": actions}}
    return Template(f"pasti_quick_reply_{count}_{rows}", types, _samples(rows + 2 * count))


def _list(count: int, rows: int) -> Template:
    """Variables: the rows, then item, id and description of each choice."""
    items = [
        {"item": _variable(place), "id": _variable(place + 1), "description": _variable(place + 2)}
        for place in range(rows + 1, rows + 3 * count, 3)
    ]
    types = {"twilio/list-picker": {"body": _body(rows), "button": "Pilih", "items": items}}
    return Template(f"pasti_list_{count}_{rows}", types, _samples(rows + 3 * count))


def _variable(number: int) -> str:
    return f"{{{{{number}}}}}"


def _body(rows: int) -> str:
    return "\n".join(map(_variable, range(1, rows + 1)))


def _samples(count: int) -> Mapping[str, str]:
    return {str(number): f"Contoh {number}" for number in range(1, count + 1)}


def every_template() -> list[Template]:
    """All that `pasti whatsapp templates push` makes."""
    asking = [purpose_template(purpose) for purpose in _ASKING]
    quick = [_quick_replies(count, rows) for count in range(1, QUICK_REPLIES + 1) for rows in range(1, QUICK_ROWS + 1)]
    lists = [_list(count, rows) for count in range(2, LIST_ITEMS + 1) for rows in range(1, LIST_ROWS + 1)]
    return [*asking, *quick, *lists]


def interactive(text: str, buttons: Sequence[Button], payloads: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """The template that shows these buttons below this text, and its variables; None where none can."""
    rows = [_row(row) for row in text.split("\n")]
    titles = [_row(button.title) for button in buttons]
    if not titles or not text.strip() or sum(map(len, rows)) + len(rows) > BODY or len(set(titles)) < len(titles):
        return None
    if len(titles) <= QUICK_REPLIES and max(map(len, titles)) <= QUICK_TITLE and len(rows) <= QUICK_ROWS:
        shown = [value for choice in zip(titles, payloads, strict=True) for value in choice]
        return f"pasti_quick_reply_{len(titles)}_{len(rows)}", _numbered([*rows, *shown])
    if not 1 < len(titles) <= LIST_ITEMS or max(map(len, titles)) > LIST_DESCRIPTION or len(rows) > LIST_ROWS:
        return None
    shown = [
        value
        for number, (title, payload) in enumerate(zip(titles, payloads, strict=True), 1)
        for value in (_shortened(title), payload, title if len(title) > LIST_TITLE else f"Pilihan {number}")
    ]
    return f"pasti_list_{len(titles)}_{len(rows)}", _numbered([*rows, *shown])


def plain(text: str) -> str:
    """What two spellings of one text share: without blanks, and without what stands for an empty row."""
    return "".join(text.replace(_EMPTY, "").split())


def _row(row: str) -> str:
    return _REFUSED.sub(" ", row) if row.strip() else _EMPTY


def _numbered(values: Sequence[str]) -> dict[str, str]:
    return {str(number): value for number, value in enumerate(values, 1)}


def _shortened(title: str) -> str:
    return title if len(title) <= LIST_TITLE else title[: LIST_TITLE - 1].rstrip() + "…"
