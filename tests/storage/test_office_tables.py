"""The small tables: versions, calendar, office profile, officers, and the work left for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from storage import calendar, conversations, misses, officer_requests, officers, profile, versions
from storage.database import Database
from storage.misses import MissRow
from storage.models import Agency, CalendarDay, Officer
from storage.officer_requests import OfficerRequestRow
from tests.storage.fresh import NOW


@pytest.fixture
def tx(database: Database) -> Iterator[Connection]:
    with database.transaction() as tx:
        yield tx


def test_a_version_rises_with_each_change(tx: Connection) -> None:
    assert versions.get(tx, "knowledge") == 0
    assert [versions.bump(tx, "knowledge") for _ in range(3)] == [1, 2, 3]
    assert (versions.get(tx, "knowledge"), versions.get(tx, "calendar")) == (3, 0)


def test_officers_edit_the_calendar(tx: Connection) -> None:
    christmas = CalendarDay(day=date(2026, 12, 25), name="Natal", kind="public", source="holidays")
    bridge = CalendarDay(day=date(2026, 12, 24), name="Cuti bersama Natal", kind="government")
    calendar.put(tx, [christmas, bridge])
    worked = CalendarDay(day=bridge.day, name="Masuk", kind="working", note="SE Bupati")
    calendar.put(tx, [worked])
    assert calendar.days(tx) == [worked, christmas]
    calendar.remove(tx, christmas.day)
    calendar.put(tx, [])
    assert calendar.days(tx) == [worked]


def test_a_day_is_of_a_known_kind(tx: Connection) -> None:
    with pytest.raises(IntegrityError):
        calendar.put(tx, [CalendarDay(day=date(2026, 1, 1), name="?", kind="maybe")])


def test_the_office_speaks_for_itself(tx: Connection) -> None:
    assert profile.texts(tx) == {}
    profile.put(tx, "hours", "Senin–Jumat 08.00–15.00", NOW)
    profile.put(tx, "address", "Jalan Contoh 1", NOW)
    profile.put(tx, "hours", "Senin–Kamis 08.00–15.00", NOW + timedelta(days=1))
    assert profile.texts(tx) == {"hours": "Senin–Kamis 08.00–15.00", "address": "Jalan Contoh 1"}


def test_officers_have_agencies_superiors_and_deputies(tx: Connection) -> None:
    officers.add_agency(tx, Agency(id=1, name="DPMPTSP", kind="own"))
    head = Officer(id=1, name="Rina", username="rina", role="head", agency_id=1, position="Kepala")
    deputy_for: dict[str, Any] = {"deputy_id": 1, "deputy_from": date(2026, 11, 9), "deputy_until": date(2026, 11, 9)}
    officer = Officer(id=2, name="Budi", username="budi", role="officer", agency_id=1, superior_id=1, **deputy_for)
    officers.add(tx, head)
    officers.add(tx, officer)
    assert officers.by_username(tx, "budi") == officer
    assert officers.by_username(tx, "siti") is None
    assert officers.everyone(tx) == [officer, head]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"},
        {"superior_id": 2},
        {"deputy_id": 2},
        {"deputy_from": date(2026, 11, 9), "deputy_until": date(2026, 11, 8)},
        {"agency_id": 404},
        {"username": "rina"},
    ],
)
def test_an_officer_that_cannot_be_is_refused(tx: Connection, wrong: dict[str, Any]) -> None:
    officers.add(tx, Officer(id=1, name="Rina", username="rina", role="head"))
    facts: dict[str, Any] = {"id": 2, "name": "Budi", "username": "budi", "role": "officer"}
    with pytest.raises(IntegrityError):
        officers.add(tx, Officer(**facts | wrong))


def test_what_was_not_answered_and_who_was_asked_for_is_kept(tx: Connection, new_id: Callable[[], int]) -> None:
    conversation = conversations.load_or_create(tx, [("web", "a")], NOW, new_id)["web", "a"]
    about = {"standard_identity": "29102|menengah tinggi|sertifikat standar", "component": 2}
    misses.add(
        tx,
        [
            MissRow(1, conversation.id, NOW, "isi lampiran iv apa", "not_stated", **about),  # type: ignore[arg-type]
            MissRow(2, conversation.id, NOW, "asdf", "not_understood"),
        ],
    )
    officer_requests.add(tx, [OfficerRequestRow(3, conversation.id, NOW, "asked")])
    misses.add(tx, [])
    officer_requests.add(tx, [])
    assert tx.execute(text("SELECT reason, component, state FROM misses ORDER BY id")).all() == [
        ("not_stated", 2, "open"),
        ("not_understood", None, "open"),
    ]
    assert tx.execute(text("SELECT reason, state FROM officer_requests")).all() == [("asked", "open")]
