"""Texts that officers send often. `{nama}` and `{nomor_kasus}` are filled in on the page, before an officer sends."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection

from handlers.access import Actor, NotFoundError, require
from handlers.office import Office
from storage import office_events, saved_replies
from storage.models import SavedReply
from storage.office_events import OfficeEventRow

LONGEST = 2000  # characters
PLACEHOLDERS = ("{nama}", "{nomor_kasus}")
_SHORTCUT = re.compile(r"[a-z0-9-]{2,30}")
_PLACEHOLDER = re.compile(r"\{[^{}\n]{1,40}\}")


class ReplyProblemError(ValueError):
    """What was filled in cannot be kept; `problems` says why, by field, in Indonesian."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


def everything(conn: Connection) -> list[SavedReply]:
    """All of them, by shortcut."""
    return saved_replies.everything(conn)


def keep(office: Office, actor: Actor, reply_id: int | None, shortcut: str, text: str) -> int:
    """Adds a reply, or changes one. Raises NotAllowedError, NotFoundError, ReplyProblemError."""
    require(actor, "replies.keep")
    shortcut, text = shortcut.strip().removeprefix("/").lower(), text.strip()
    problems = _problems(shortcut, text)
    now = office.clock()
    with office.database.transaction(alone="saved replies") as tx:
        before = saved_replies.by_id(tx, reply_id) if reply_id is not None else None
        if reply_id is not None and before is None:
            raise NotFoundError(reply_id)
        other = saved_replies.by_shortcut(tx, shortcut)
        if other is not None and other.id != reply_id:
            problems.setdefault("shortcut", "Singkatan ini sudah dipakai balasan lain.")
        if problems:
            raise ReplyProblemError(problems)
        reply = SavedReply(
            id=reply_id or office.new_id(), shortcut=shortcut, text=text, officer_id=actor.id, updated_at=now
        )
        if before is None:
            saved_replies.add(tx, reply)
        elif (before.shortcut, before.text) == (shortcut, text):
            return reply.id
        else:
            saved_replies.save(tx, reply)
        _note(tx, office, actor, "saved_reply_changed" if before else "saved_reply_added", before, reply)
    return reply.id


def remove(office: Office, actor: Actor, reply_id: int) -> None:
    """Takes a reply out; what was already sent with it stays. Raises NotAllowedError, NotFoundError."""
    require(actor, "replies.keep")
    with office.database.transaction(alone="saved replies") as tx:
        before = saved_replies.by_id(tx, reply_id)
        if before is None:
            raise NotFoundError(reply_id)
        saved_replies.remove(tx, reply_id)
        _note(tx, office, actor, "saved_reply_removed", before, None)


def _note(
    tx: Connection, office: Office, actor: Actor, kind: str, before: SavedReply | None, after: SavedReply | None
) -> None:
    subject = (after or before or SavedReply).shortcut
    event = OfficeEventRow(office.new_id(), office.clock(), actor.id, kind, subject, _said(before), _said(after))
    office_events.add(tx, event)


def _said(reply: SavedReply | None) -> dict[str, str] | None:
    return {"shortcut": reply.shortcut, "text": reply.text} if reply else None


def _problems(shortcut: str, text: str) -> dict[str, str]:
    problems = {}
    if not _SHORTCUT.fullmatch(shortcut):
        problems["shortcut"] = "Pakai 2–30 huruf kecil, angka, atau tanda hubung, tanpa spasi. Contoh: jam-buka"
    unknown = [found for found in _PLACEHOLDER.findall(text) if found not in PLACEHOLDERS]
    if not text:
        problems["text"] = "Isi balasannya dulu."
    elif len(text) > LONGEST:
        problems["text"] = f"Terlalu panjang: {len(text)} dari paling banyak {LONGEST} huruf."
    elif unknown:
        problems["text"] = f"{unknown[0]} tidak dikenal. Yang bisa dipakai: {' dan '.join(PLACEHOLDERS)}."
    return problems
