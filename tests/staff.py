"""Officers for tests: employed at a desk, and ready to act."""

from __future__ import annotations

from typing import Any

from handlers.access import Actor
from handlers.office import Office
from storage import officers
from storage.models import Officer
from tests.offices import Desk


def employed(desk: Desk, role: str = "head", username: str = "rina", name: str = "Rina Contoh") -> Actor:
    """A new officer of this desk."""
    return hired(desk.office, role, username=username, name=name)


def hired(office: Office, role: str, **facts: Any) -> Actor:
    """A new officer of this office, with what is known of them: superior, agency, deputy."""
    id_ = office.new_id()
    officer = Officer(id=id_, role=role, **{"name": f"Petugas {id_}", "username": f"o{id_}", **facts})
    with office.database.transaction() as tx:
        officers.add(tx, officer)
    return Actor(officer.id, officer.name, officer.role, officer.username)
