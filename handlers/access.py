"""The one door to a conversation and to a case, and the one question about everything else in the console.

What an officer may not see does not exist for them: the same answer, whether it is confidential, accuses them, or was
never there (SPEC 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.office import Office
from handlers.permissions import READING, Action, audiences, may, may_in, may_in_case
from knowledge.calendar import jakarta_day
from storage import case_desk, case_sight, cases, conversations, officers
from storage.case_sight import CaseReader
from storage.conversations import ConversationRow
from storage.models import Case


class NotFoundError(LookupError):
    """There is nothing here that this officer may see."""


class NotAllowedError(PermissionError):
    """The officer sees it, and may not do this to it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in officer."""

    id: int
    name: str
    role: str
    username: str = ""

    def may(self, action: Action) -> bool:
        return may(self.role, action)

    @property
    def audiences(self) -> frozenset[str]:
        """The audiences of confidential conversations that they belong to."""
        return audiences(self.role)


def require(actor: Actor, action: Action) -> None:
    """Raises NotAllowedError unless the officer's role allows it."""
    if not actor.may(action):
        raise NotAllowedError(action)


def access_conversation(tx: Connection, actor: Actor, conversation_id: int, action: Action) -> ConversationRow:
    """The conversation, locked where `tx` writes. Raises NotFoundError or NotAllowedError."""
    row = conversations.by_id(tx, conversation_id)
    if row is None or row.for_officer_id is not None or not may_in(actor.role, "conversations.read", row.visible_to):
        raise NotFoundError(conversation_id)
    if case_desk.is_accused_in_conversation(tx, actor.id, conversation_id):
        raise NotFoundError(conversation_id)
    if not may_in(actor.role, action, row.visible_to):
        raise NotAllowedError(action)
    return row


@dataclass(frozen=True, slots=True)
class Standing:
    """What an officer is today: themselves, and the deputy (Plh.) of those who are away."""

    reader: CaseReader
    roles: frozenset[str]

    def may(self, action: Action, case: Case, given: bool) -> bool:
        return any(may_in_case(role, action, case.visible_to, route=case.route, given=given) for role in self.roles)


def standing(conn: Connection, office: Office, actor: Actor) -> Standing:
    """Whose eyes and hands an officer is today; lists of cases take its `reader`."""
    away = officers.stood_in_for(conn, actor.id, jakarta_day(office.clock()))
    roles = frozenset({actor.role, *(officer.role for officer in away)})
    me = officers.by_id(conn, actor.id)
    teams = {me.agency_id} if me and me.role == "technical_team" else set()
    teams |= {officer.agency_id for officer in away if officer.role == "technical_team"}
    reader = CaseReader(
        officer_id=actor.id,
        acts_for=frozenset({actor.id, *(officer.id for officer in away)}),
        audiences=frozenset(audience for role in roles for audience in audiences(role)),
        reads=any(may(role, "conversations.read") for role in roles),
        agencies=frozenset(id_ for id_ in teams if id_ is not None),
    )
    return Standing(reader, roles)


def access_case(tx: Connection, office: Office, actor: Actor, number: str, action: Action) -> Case:
    """The case that a number leads to, locked where `tx` writes. Raises NotFoundError or NotAllowedError."""
    who = standing(tx, office, actor)
    case_id = cases.id_of(tx, number)
    if case_id is not None and action not in READING:
        cases.lock_conversation(tx, case_id)  # first, as a citizen's message does: or two would wait for each other
    case = case_sight.find(tx, who.reader, case_id) if case_id is not None else None
    if case is None:
        raise NotFoundError(number)
    holder = case_desk.holder_of(tx, case.id)
    given = not who.reader.acts_for.isdisjoint({case.officer_id, holder})
    if not who.may(action, case, given):
        raise NotAllowedError(action)
    return case
