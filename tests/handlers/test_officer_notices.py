"""What officers are told on their own Telegram: what is due, in one message, and what was given to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

import pytest

from handlers import case_routes, case_secrecy, case_work, officer_telegram
from handlers.deadlines import remind
from handlers.dialogue import officer_texts
from handlers.dialogue.officer_texts import AT_MOST, ROUTES, STAGES, DueCase
from knowledge.calendar import JAKARTA, shipped_calendar
from storage.models import cases as models
from tests.case_office import Office
from tests.scenarios import RUDE, Desk, Story
from tests.storage.fresh import document

CALENDAR = shipped_calendar()
DUE = date(2026, 11, 27)
FIRST = "ADU-2026-00001-X"
SEVENTH, LAST, OVERDUE = date(2026, 11, 18), DUE, date(2026, 11, 30)


@pytest.fixture
def office(desk: Desk) -> Office:
    office = Office.at(desk)
    for officer in office.everyone:
        with desk.office.database.transaction() as tx:
            officer_telegram.link(tx, desk.office, officer.id, f"7000{officer.id}")
    return office


def on(office: Office, day: date, hour: int = 9) -> None:
    office.desk.clock.now = datetime.combine(day, time(hour), JAKARTA)
    remind(office.desk.office)


def filed(office: Office, story: Story = RUDE) -> str:
    """By somebody else each time: the same twice from one account is one case."""
    return office.desk.citizen(f"62812{office.desk.office.new_id()}").reports(story).number


def heard(office: Office) -> list[tuple[str, str]]:
    """Who was told what on their own Telegram, oldest first."""
    with office.desk.office.database.reader() as conn:
        found = conn.exec_driver_sql(
            "SELECT officers.name, lines FROM outbox JOIN conversations ON conversations.id = conversation_id "
            "JOIN officers ON officers.id = for_officer_id ORDER BY outbox.id"
        ).all()
    return [(name, "\n".join(words for _, words in document(lines))) for name, lines in found]


def names(office: Office) -> list[str]:
    return [name for name, _ in heard(office)]


# ---------------------------------------------------------------- the words


def case(n: int, due: date = DUE, stage: str = "in_progress", route: str | None = "internal") -> DueCase:
    return DueCase(f"ADU-2026-{n:05}-X", stage, route, due)


def said(cases: list[DueCase], today: date = SEVENTH, console: str | None = "https://pasti.example/petugas") -> str:
    return "\n".join(line.text for line in officer_texts.reminder(cases, today, CALENDAR, console))


def test_one_case() -> None:
    assert said([case(1)]).splitlines() == [
        "Pengingat laporan",
        f"{FIRST}: 7 hari kerja lagi (tenggat Jumat, 27 November 2026), sedang ditindaklanjuti, jalur internal.",
        f"https://pasti.example/petugas/kasus/{FIRST}",
    ]
    assert "hari ini" in said([case(1)], LAST)
    assert "lewat 1 hari kerja" in said([case(1)], OVERDUE)
    assert "http" not in said([case(1)], console=None)


def test_several_cases_are_a_short_list_with_the_most_urgent_first() -> None:
    words = said([case(2, date(2026, 12, 1)), case(1)])
    assert words.startswith("Pengingat: 2 laporan\n• ADU-2026-00001-X: ")
    assert words.endswith("/petugas/pengingat")
    many = said([case(n) for n in range(1, AT_MOST + 4)])
    assert many.count("•") == AT_MOST
    assert "… dan 3 laporan lagi." in many


def test_every_stage_and_route_has_its_words() -> None:
    assert set(STAGES) == set(models.STAGES)
    assert set(ROUTES) == {None, *models.ROUTES}


# ---------------------------------------------------------------- reminders


def test_a_reminder_is_told_once_beside_the_row_of_the_console(office: Office) -> None:
    office.desk.office.public_url = "https://pasti.example"
    number = office.studied(filed(office))
    on(office, SEVENTH)
    on(office, SEVENTH, 11)
    [(name, words)] = heard(office)
    assert name == "Rina"
    assert words.endswith(f"https://pasti.example/petugas/kasus/{number}")
    assert "7 hari kerja lagi" in words


def test_several_cases_at_once_are_one_message_for_each_officer(office: Office) -> None:
    mine = [office.studied(filed(office)) for _ in range(3)]
    theirs = office.studied(filed(office), office.dewi)
    on(office, SEVENTH)
    assert sorted(names(office)) == ["Dewi", "Rina"]
    words = dict(heard(office))
    assert all(number in words["Rina"] for number in mine)
    assert theirs in words["Dewi"]
    assert theirs not in words["Rina"]


def test_who_has_no_chat_costs_the_others_nothing(office: Office) -> None:
    officer_telegram.part(office.desk.office, office.rina)
    office.studied(filed(office))
    office.studied(filed(office), office.dewi)
    on(office, SEVENTH)
    assert names(office) == ["Dewi"]


def test_the_deputy_is_told_for_who_is_away(office: Office) -> None:
    office.studied(filed(office))
    office.desk.clock.now = datetime.combine(SEVENTH, time(8), JAKARTA)
    office.away(office.rina, office.dewi)
    on(office, SEVENTH)
    assert names(office) == ["Dewi"]


def test_overdue_goes_up_and_never_to_whom_it_accuses(office: Office) -> None:
    number = filed(office)
    office.did(case_secrecy.name_accused, office.head, number, [office.manager.id], "disebut")
    for day in (SEVENTH, date(2026, 11, 24), LAST, OVERDUE, date(2026, 12, 1)):
        on(office, day)
    assert set(names(office)) == {"Kepala"}


def test_at_night_nobody_is_told(office: Office) -> None:
    office.studied(filed(office))
    on(office, SEVENTH, 22)
    on(office, date(2026, 11, 22))  # a Sunday
    assert heard(office) == []


# ---------------------------------------------------------------- what is given to somebody


def given(office: Office, act: Callable[[], object]) -> list[tuple[str, str]]:
    before = len(heard(office))
    act()
    return [(name, words.partition("\n")[0]) for name, words in heard(office)[before:]]


def test_whoever_gets_a_case_is_told_once(office: Office) -> None:
    number = filed(office)
    told = given(office, lambda: office.did(case_work.assign, office.manager, number, office.rina.id))
    assert told == [("Rina", f"Laporan {number} diserahkan kepada Bapak/Ibu.")]
    assert given(office, lambda: office.studied(number)) == [], "what they do themselves is no news to them"
    told = given(office, lambda: office.routed(number, "internal", office.dewi))
    assert told == [("Dewi", f"Laporan {number} diteruskan kepada Bapak/Ibu.")]
    told = given(office, lambda: office.did(case_routes.hand_up, office.dewi, number, "Laporan."))
    assert told == [("Manajer", f"Laporan {number} dinaikkan kepada Bapak/Ibu.")]
    told = given(office, lambda: office.did(case_routes.send_back, office.manager, number, "Kurang."))
    assert told == [("Dewi", f"Laporan {number} dikembalikan kepada Bapak/Ibu.")]
    told = given(office, lambda: office.did(case_routes.send_back, office.dewi, number, "Bukan saya."))
    assert told == [("Rina", f"Laporan {number} dikembalikan kepada Bapak/Ibu.")]
    assert "Tenggat jawaban: Jumat, 27 November 2026 (14 hari kerja lagi)." in heard(office)[0][1]


def test_who_has_to_answer_hears_that_it_was_decided_and_the_superior_what_came_of_it(office: Office) -> None:
    number = office.routed(office.studied(filed(office)), "internal", office.dewi)
    told = given(office, lambda: office.did(case_routes.decide, office.dewi, number, "Ditegur.", "Laporan."))
    assert told == [
        ("Rina", f"Laporan {number} sudah diputuskan. Pelapor menunggu jawaban dari Bapak/Ibu."),
        ("Manajer", f"Hasil laporan {number} dilaporkan kepada Bapak/Ibu."),
    ]
    told = given(office, lambda: office.did(case_routes.report_result, office.rina, number, "Laporan penutup."))
    assert told == [("Manajer", f"Hasil laporan {number} dilaporkan kepada Bapak/Ibu.")]
    told = given(office, lambda: office.did(case_routes.cite_provision, office.dewi, number, "Pasal 7", "Buntu."))
    assert told == [("Rina", f"Laporan {number} boleh diteruskan ke Inspektorat (APIP).")]


def test_who_loses_a_case_to_the_manager_hears_of_it(office: Office) -> None:
    number = office.routed(office.studied(filed(office)), "internal", office.dewi)
    told = given(office, lambda: office.did(case_routes.recall, office.manager, number, "terlalu lama"))
    assert sorted(told) == [(name, f"Laporan {number} ditarik kembali dari jalurnya.") for name in ("Dewi", "Rina")]


def test_who_stands_in_is_told_and_the_accused_never(office: Office) -> None:
    number = filed(office)
    office.away(office.rina, office.dewi)
    told = given(office, lambda: office.did(case_work.assign, office.manager, number, office.rina.id))
    assert [name for name, _ in told] == ["Dewi"]
    accusing = filed(office, Story("Dewi marah-marah tanpa alasan"))
    office.did(case_secrecy.name_accused, office.head, accusing, [office.dewi.id], "disebut")
    assert given(office, lambda: office.did(case_work.assign, office.head, accusing, office.rina.id)) == []


def test_a_refused_step_tells_nobody(office: Office) -> None:
    number = filed(office)
    assert given(office, lambda: office.refused(case_work.assign, office.manager, number, office.team.id)) == []


# ---------------------------------------------------------------- nothing personal


def test_nothing_of_a_person_is_in_any_text(office: Office) -> None:
    """Whole lives of cases, plain and confidential: afterwards every text is made of known words and numbers."""
    office.desk.office.public_url = "https://pasti.example"
    story = Story("Rukmana di loket marah-marah", name="Yayat Hidayat", contact="081234500011")
    for n in range(2):
        number = office.studied(filed(office, story))
        office.routed(number, "internal", office.dewi)
        if n:
            office.did(case_routes.hand_up, office.dewi, number, "Yayat Hidayat benar.")
    filed(office, Story("saya dimintai 200 ribu padahal katanya gratis"))
    for day in (SEVENTH, LAST, OVERDUE):
        on(office, day)
    texts = [words for _, words in heard(office)]
    assert len(texts) > 6
    forbidden = {*["Yayat", "Hidayat", "Rukmana", "loket", "ribu", "marah"], *(who.name for who in office.everyone)}
    for words in texts:
        assert [word for word in forbidden if re.search(rf"\b{word}\b", words)] == []
        assert not re.search(r"\d{5,}", re.sub(r"ADU-\d{4}-\d{5}-[\dX]", "", words))
