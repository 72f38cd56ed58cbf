"""The Telegram chat that is an officer's own: linked by a one-time code, and parted with in five ways.

The officer sends the code that their account page shows, so the chat proves to be theirs; Telegram's name proves
nothing. The link ends by the officer's hand (in the console or with `/putus`), by another link of the officer or of the
chat, by blocking the bot, and with the account. Each of these is an office event, and none names the chat.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.access import Actor
from handlers.dialogue.effects import LinkTelegram, UnlinkTelegram
from handlers.dialogue.own_telegram import MARK, NOTHING, OwnTelegram, code_in, parts
from handlers.messages import Inbound
from handlers.office import Office
from storage import conversations, office_events, officer_telegrams, officers
from storage.models import OfficerTelegram, TelegramCode
from storage.office_events import OfficeEventRow
from storage.sealed import SealError

GOOD_FOR = timedelta(minutes=15)  # a code
_COLUMN, _CODE_COLUMN = "officer telegram", "telegram code"
_BYTES = 15  # of chance in a code: 24 letters


@dataclass(frozen=True, slots=True)
class Offer:
    """A code, to be shown this once."""

    code: str
    until: datetime


def offer(office: Office, actor: Actor) -> Offer:
    """A new code for the officer; the one before is no longer good."""
    code = MARK + b32encode(office.random(_BYTES)).decode().lower()
    until = office.clock() + GOOD_FOR
    with office.database.transaction() as tx:
        row = TelegramCode(officer_id=actor.id, code_hash=_hash_of(office, code), expires_at=until)
        officer_telegrams.put_code(tx, row)
    return Offer(code, until)


def part(office: Office, actor: Actor) -> None:
    """By the officer, in the console."""
    with office.database.transaction() as tx:
        end(tx, office, actor.id, "telegram_unlinked", by=actor.id)


def linked_since(conn: Connection, officer_id: int) -> datetime | None:
    row = officer_telegrams.of_officer(conn, officer_id)
    return row.linked_at if row else None


def known_for(tx: Connection, office: Office, inbound: Inbound) -> OwnTelegram:
    """What is to be known of the chat before a message is decided; for most messages nothing, and nothing is read."""
    if code := code_in(inbound):
        return OwnTelegram(code=True, offered_to=officer_telegrams.code_of(tx, _hash_of(office, code), office.clock()))
    if parts(inbound) and (row := _of_chat(tx, office, inbound.address.user)):
        return OwnTelegram(linked_to=row.officer_id)
    return NOTHING


def carry_out(tx: Connection, office: Office, effect: LinkTelegram | UnlinkTelegram, chat: str) -> None:
    """What was decided in that chat."""
    match effect:
        case LinkTelegram(officer_id):
            link(tx, office, officer_id, chat)
        case UnlinkTelegram(officer_id):
            end(tx, office, officer_id, "telegram_unlinked", by=officer_id)


def link(tx: Connection, office: Office, officer_id: int, chat: str) -> None:
    """The chat is this officer's alone, and their only one."""
    officer_telegrams.drop_code(tx, officer_id)
    before = _of_chat(tx, office, chat)
    if before is not None and before.officer_id != officer_id:
        end(tx, office, before.officer_id, "telegram_unlinked", by=officer_id)
    officer_telegrams.unlink(tx, officer_id)
    row = OfficerTelegram(
        officer_id=officer_id,
        conversation_id=_conversation(tx, office, officer_id),
        chat_sealed=office.keys.seal(_COLUMN, chat),
        chat_hash=office.keys.look_up(_COLUMN, chat),
        linked_at=office.clock(),
    )
    officer_telegrams.link(tx, row)
    _record(tx, office, officer_id, "telegram_linked", officer_id)


def end(tx: Connection, office: Office, officer_id: int, kind: str, *, by: int | None) -> None:
    """The officer has no chat any more, nor a code for one.

    Args:
        by: the officer who did it; None: the command line.
    """
    officer_telegrams.drop_code(tx, officer_id)
    if officer_telegrams.of_officer(tx, officer_id) is not None:
        officer_telegrams.unlink(tx, officer_id)
        _record(tx, office, officer_id, kind, by)


def blocked(tx: Connection, office: Office, officer_id: int) -> None:
    """They blocked the bot there, or left Telegram."""
    end(tx, office, officer_id, "telegram_blocked", by=officer_id)


def chat_blocked(tx: Connection, office: Office, chat: str) -> None:
    """Somebody blocked the bot: if the chat is an officer's own, it is no longer."""
    if row := _of_chat(tx, office, chat):
        blocked(tx, office, row.officer_id)


def chat_of(conn: Connection, office: Office, officer_id: int) -> str | None:
    """Where the officer is told; None: nowhere, or it was sealed with another key."""
    row = officer_telegrams.of_officer(conn, officer_id)
    try:
        return office.keys.open(_COLUMN, row.chat_sealed) if row else None
    except SealError:
        return None


def _conversation(tx: Connection, office: Office, officer_id: int) -> int:
    """What carries the words for an officer. Telegram knows no such address, so it is never a citizen's."""
    key = ("telegram", f"{MARK}{officer_id}")
    row = conversations.load_or_create(tx, [key], office.clock(), office.new_id)[key]
    if row.for_officer_id is None:
        row.for_officer_id = officer_id
        conversations.save(tx, [row])
    return row.id


def _of_chat(conn: Connection, office: Office, chat: str) -> OfficerTelegram | None:
    return officer_telegrams.of_chat(conn, office.keys.look_up(_COLUMN, chat))


def _hash_of(office: Office, code: str) -> str:
    return office.keys.look_up(_CODE_COLUMN, code)


def _record(tx: Connection, office: Office, officer_id: int, kind: str, by: int | None) -> None:
    officer = officers.by_id(tx, officer_id)
    subject = officer.username if officer else ""
    office_events.add(tx, OfficeEventRow(office.new_id(), office.clock(), by, kind, subject))
