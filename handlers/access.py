"""The one door to a conversation, and the one question about everything else in the console.

A conversation that an officer may not see does not exist for them: the same answer, whether it is confidential or was
never there (SPEC 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.permissions import Action, audiences, may, may_in
from storage import conversations
from storage.conversations import ConversationRow


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
    if row is None or not may_in(actor.role, "conversations.read", row.visible_to):
        raise NotFoundError(conversation_id)
    if not may_in(actor.role, action, row.visible_to):
        raise NotAllowedError(action)
    return row
