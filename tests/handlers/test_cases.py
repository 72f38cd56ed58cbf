"""Officers decide on reports that came after the 30 days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.access import NotFoundError
from handlers.case_completing import Completed
from handlers.case_events import Done, Refused
from handlers.cases import decide_late
from tests.scenarios import FIRST_COMPLAINT, FIRST_SUGGESTION, RUDE, Citizen, Desk
from tests.staff import hired

LATE = replace(RUDE, happened_on="9 Oktober 2026", received_on="sudah, 9 Oktober")


@pytest.fixture
def owner(desk: Desk) -> Citizen:
    """A citizen whose late report was recorded as a suggestion, two days before."""
    owner = desk.citizen("6281234500011")
    assert owner.reports(LATE).number == FIRST_SUGGESTION
    desk.clock.advance(days=2)
    return owner


def told(desk: Desk) -> str:
    with desk.office.database.reader() as conn:
        query = "SELECT lines FROM outbox WHERE sender = 'system' ORDER BY id DESC LIMIT 1"
        return str(conn.exec_driver_sql(query).scalar_one())


def decided(desk: Desk, *, accepted: bool, reason: str, number: str = FIRST_SUGGESTION, **more: Any) -> Done | Refused:
    """By an officer who has just been employed, on the page as it is now."""
    rina = hired(desk.office, "officer")
    version = desk.case(FIRST_SUGGESTION).version
    return decide_late(desk.office, rina, number, version, accepted=accepted, reason=reason, **more)


def refused(found: Done | Refused) -> str:
    assert isinstance(found, Refused)
    return found.sentence


def test_accepted_it_is_a_complaint_due_from_the_first_receipt(desk: Desk, owner: Citizen) -> None:
    done = decided(desk, accepted=True, reason="baru tahu setelah diperiksa")
    assert isinstance(done, Done)
    assert done.number == FIRST_COMPLAINT
    assert done.version == desk.case(FIRST_COMPLAINT).version
    case = desk.case(FIRST_SUGGESTION)
    assert case == desk.case(FIRST_COMPLAINT)
    assert (case.kind, case.stage, case.late_decision) == ("complaint", "received", "accepted")
    assert case.due_on == date(2026, 11, 27)  # not two days later
    assert case.clock_started_at == case.received_at
    assert desk.events(FIRST_COMPLAINT) == ["opened", "late_accepted"]
    assert FIRST_COMPLAINT in told(desk)
    assert "27 November 2026" in told(desk)
    assert "27 November 2026" in owner.says("status").text


def test_refused_it_stays_a_suggestion_and_the_citizen_hears_why(desk: Desk, owner: Citizen) -> None:
    done = decided(desk, accepted=False, reason="arsip sudah dimusnahkan")
    assert isinstance(done, Done)
    assert done.number == FIRST_SUGGESTION
    case = desk.case(FIRST_SUGGESTION)
    assert (case.kind, case.due_on, case.late_decision) == ("suggestion", None, "refused")
    assert desk.events(FIRST_SUGGESTION) == ["opened", "late_refused"]
    assert "arsip sudah dimusnahkan" in told(desk)
    assert owner.says("status").case is None


def test_a_reason_is_asked_for_and_an_unknown_number_does_not_exist(desk: Desk, owner: Citizen) -> None:
    assert "Alasan" in refused(decided(desk, accepted=True, reason=" "))
    with pytest.raises(NotFoundError):
        decided(desk, accepted=True, reason="ya", number=FIRST_COMPLAINT)
    assert desk.events(FIRST_SUGGESTION) == ["opened"]


def test_it_is_decided_once(desk: Desk, owner: Citizen) -> None:
    decided(desk, accepted=False, reason="lewat waktu")
    assert "tidak menunggu" in refused(decided(desk, accepted=True, reason="berubah pikiran"))


def test_without_identity_it_is_not_accepted_until_that_was_supplied(desk: Desk) -> None:
    desk.citizen("6281234500012").reports(replace(LATE, name="lewati"))
    said = refused(decided(desk, accepted=True, reason="baru tahu"))
    assert "nama pelapor" in said
    assert desk.events(FIRST_SUGGESTION) == ["opened"]
    done = decided(desk, accepted=True, reason="baru tahu", given=Completed(name="Yayat Hidayat"))
    assert isinstance(done, Done)
    assert desk.case(FIRST_COMPLAINT).kind == "complaint"
    assert desk.reporter(FIRST_COMPLAINT).name == "Yayat Hidayat"
