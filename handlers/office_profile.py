"""The office's own statements about itself, kept by officers. What is changed is told with the next message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from handlers import library
from handlers.access import Actor, require
from handlers.messages import Line
from handlers.office import Office
from handlers.trial import Bot
from knowledge.office_hours import parse_hours
from knowledge.profile import Profile, Statement, topics
from storage import office_events, profile, versions
from storage.office_events import OfficeEventRow

LONGEST = 1500  # characters of a text: with its heading and source it is still one message


class ProfileProblemError(ValueError):
    """What was filled in cannot be kept; `problems` says why, by topic, in Indonesian."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class ChangedMeanwhileError(RuntimeError):
    """Somebody else has changed the profile since it was shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The profile as a page shows it, and the version to hand back when it is changed."""

    statements: Profile
    version: int


def read(conn: Connection) -> Shown:
    return Shown(library.office_profile(conn), versions.get(conn, versions.PROFILE))


def keep(office: Office, actor: Actor, texts: Mapping[str, str], version: int) -> tuple[str, ...]:
    """Keeps the texts by topic; an empty one is taken out. Returns the topics that changed.

    version: of the profile that the officer saw. Raises NotAllowedError, ProfileProblemError, ChangedMeanwhileError.
    """
    require(actor, "profile.keep")
    cleaned = {key: _cleaned(text) for key, text in texts.items()}
    if problems := _problems(cleaned):
        raise ProfileProblemError(problems)
    now = office.clock()
    with office.database.transaction(alone=versions.PROFILE) as tx:
        shown = read(tx)
        if shown.version != version:
            raise ChangedMeanwhileError(version)
        before = {key: statement.text for key, statement in shown.statements.items()}
        changed = tuple(key for key, text in cleaned.items() if text != before.get(key, ""))
        for key in changed:
            if cleaned[key]:
                profile.put(tx, key, cleaned[key], now)
            else:
                profile.remove(tx, key)
            event = OfficeEventRow(
                office.new_id(), now, actor.id, "profile_changed", key, _said(before.get(key)), _said(cleaned[key])
            )
            office_events.add(tx, event)
    return changed


def tried(office: Office, texts: Mapping[str, str], question: str) -> tuple[Line, ...]:
    """What the bot would answer to a question, were these texts kept. Nothing is."""
    now = office.clock()
    with office.database.reader() as conn:
        knowledge, calendar = office.library.read(conn)
    statements = dict(knowledge.profile)
    for key in topics():
        text = _cleaned(texts.get(key, ""))
        if not text:
            statements.pop(key, None)
        elif key not in statements or statements[key].text != text:
            statements[key] = Statement(text, now)
    return Bot(knowledge.with_profile(statements), calendar, now).tried(question).lines


def unread_hours(text: str) -> tuple[str, ...]:
    """The lines of the hours that PASTI tells citizens but cannot count with."""
    return parse_hours(_cleaned(text)).unread if text.strip() else ()


def _cleaned(text: str) -> str:
    """Without blank lines at the ends and blanks around lines."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _problems(texts: Mapping[str, str]) -> dict[str, str]:
    problems = {key: f"Terlalu panjang: paling banyak {LONGEST} huruf." for key, t in texts.items() if len(t) > LONGEST}
    problems |= {key: "Topik ini tidak dikenal." for key in texts if key not in topics()}
    hours = texts.get("hours", "")
    if hours and parse_hours(hours).hours is None:
        problems.setdefault(
            "hours", f"Jamnya belum terbaca. Tulis seperti ini: {topics()['hours'].example.splitlines()[0]}"
        )
    return problems


def _said(text: str | None) -> dict[str, str] | None:
    return {"text": text} if text else None
