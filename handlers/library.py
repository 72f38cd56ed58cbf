"""The knowledge that answers are taken from, read from the database and built anew when its version has changed."""

from __future__ import annotations

from sqlalchemy import Connection

from knowledge.base import KnowledgeBase
from knowledge.search import Published
from knowledge.standards import Finding, ServiceStandard
from storage import standards, versions
from storage.standards import EditionRow, StandardRow


class Library:
    """One per process. Whoever publishes bumps the version; the next batch of messages sees it."""

    def __init__(self) -> None:
        self._base: KnowledgeBase | None = None

    def current(self, conn: Connection) -> KnowledgeBase:
        version = versions.get(conn, versions.KNOWLEDGE)
        if self._base is None or self._base.version != version:
            self._base = KnowledgeBase(in_force(conn), version)
        return self._base


def in_force(conn: Connection) -> list[Published]:
    """Every standard in force, by number."""
    return [published(row, edition) for row, edition in standards.current(conn)]


def published(row: StandardRow, edition: EditionRow) -> Published:
    """A row as the standard that it keeps."""
    standard = ServiceStandard(
        number=row.number,
        title=row.title,
        kbli=row.kbli,
        risk=row.risk,
        product=row.product,
        components={int(component): text for component, text in row.components.items()},
        findings=tuple(Finding(**finding) for finding in row.findings),
    )
    return Published(standard, edition.title, edition.effective_on)
