"""The knowledge that answers are taken from, read from the database and built anew when its version has changed."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers import editions
from knowledge.base import KnowledgeBase
from knowledge.search import Published
from storage import versions


class Library:
    """One per process. Whoever publishes bumps the version; the next batch of messages sees it."""

    def __init__(self) -> None:
        self._base: KnowledgeBase | None = None

    def current(self, conn: Connection) -> KnowledgeBase:
        version = versions.get(conn, versions.KNOWLEDGE)
        if self._base is None or self._base.version != version:
            published = [Published(p.standard, p.edition, p.effective_on) for p in editions.current(conn)]
            self._base = KnowledgeBase(published, version)
        return self._base
