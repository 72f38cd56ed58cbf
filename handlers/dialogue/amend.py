"""A message of the form was edited: what it had filled is filled anew, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from handlers.dialogue.form import Form, answer, listen
from handlers.dialogue.subject import happening


def amended(form: Form, before: str, text: str, today: date) -> Form:
    """The form as if `text` had been written where `before` was."""
    told, tells = _told(before), _told(text)
    after = listen(form, text, today)  # names, numbers and days that it gives go before the old ones
    if told and told in form.what:
        after = replace(after, what=form.what.replace(told, tells))
    old, new = " ".join(before.split()), " ".join(text.split())
    if form.service and form.service == old[: len(form.service)] and len(old) <= len(form.service):
        after = replace(after, service=new[:200])
    if form.name and form.name in before and after.name == form.name:
        after = replace(answer(replace(after, name=""), "name", text, today), retries=0)
        after = after if after.name else replace(after, name=form.name)
    return after


def _told(text: str) -> str:
    """The happening in a message, as the form keeps it."""
    return happening(text) or " ".join(text.split())
