"""Officers decide on reports that came after the 30 days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers.cases import CaseError, decide_late
from tests.scenarios import FIRST_COMPLAINT, FIRST_SUGGESTION, RUDE, Citizen, Desk

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


def test_accepted_it_is_a_complaint_due_from_the_first_receipt(desk: Desk, owner: Citizen) -> None:
    number = decide_late(desk.office, None, FIRST_SUGGESTION, accepted=True, reason="baru tahu setelah diperiksa")
    assert number == FIRST_COMPLAINT
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
    assert decide_late(desk.office, None, FIRST_SUGGESTION, accepted=False, reason="arsip sudah dimusnahkan") == (
        FIRST_SUGGESTION
    )
    case = desk.case(FIRST_SUGGESTION)
    assert (case.kind, case.due_on, case.late_decision) == ("suggestion", None, "refused")
    assert desk.events(FIRST_SUGGESTION) == ["opened", "late_refused"]
    assert "arsip sudah dimusnahkan" in told(desk)
    assert owner.says("status").case is None


@pytest.mark.parametrize(
    ("number", "reason", "why"),
    [(FIRST_SUGGESTION, " ", "Alasan"), (FIRST_COMPLAINT, "ya", "tidak ditemukan")],
)
def test_what_cannot_be_decided(desk: Desk, owner: Citizen, number: str, reason: str, why: str) -> None:
    with pytest.raises(CaseError, match=why):
        decide_late(desk.office, None, number, accepted=True, reason=reason)
    assert desk.events(FIRST_SUGGESTION) == ["opened"]


def test_it_is_decided_once(desk: Desk, owner: Citizen) -> None:
    decide_late(desk.office, None, FIRST_SUGGESTION, accepted=False, reason="lewat waktu")
    with pytest.raises(CaseError, match="tidak menunggu"):
        decide_late(desk.office, None, FIRST_SUGGESTION, accepted=True, reason="berubah pikiran")
