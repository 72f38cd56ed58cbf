"""Officers for tests: employed at a desk, and ready to act."""

from __future__ import annotations

from handlers.access import Actor
from storage import officers
from storage.models import Officer
from tests.offices import Desk


def employed(desk: Desk, role: str = "head", username: str = "rina", name: str = "Rina Contoh") -> Actor:
    """A new officer of this desk."""
    officer = Officer(id=desk.office.new_id(), name=name, username=username, role=role)
    with desk.office.database.transaction() as tx:
        officers.add(tx, officer)
    return Actor(officer.id, officer.name, officer.role, officer.username)
