"""Short words for tests of what officers keep beside the standards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handlers.library import Library
from knowledge.search import Published, key
from tests.offices import Desk, desk_at


@contextmanager
def keeping_desk(folder: Path, standards: str = "shipped") -> Iterator[Desk]:
    """A desk whose knowledge may be changed: it shares no library."""
    with desk_at(folder, standards) as desk:
        desk.office.library = Library()
        yield desk


def entry(desk: Desk, number: int = 61) -> Published:
    """The standard in force of this number."""
    return next(p for p in desk.knowledge().catalogue.published if p.standard.number == number)


def name(desk: Desk, number: int = 61) -> str:
    """Its key."""
    return key(entry(desk, number))


def identity(desk: Desk, number: int = 61) -> str:
    return entry(desk, number).standard.identity
