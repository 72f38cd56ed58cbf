"""Officers' phrases: at work with the next message, undone, and what they would take over shown before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import golden, phrasing
from handlers.access import NotAllowedError, NotFoundError
from handlers.library import Library
from handlers.phrasing import PhraseProblemError, Wanted
from handlers.trial import Outcome
from tests.handlers.keeping import identity, keeping_desk
from tests.offices import Desk, said
from tests.staff import employed


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with keeping_desk(tmp_path, "several") as desk:
        yield desk


def test_a_phrase_works_with_the_next_message_in_every_process(desk: Desk) -> None:
    other = Library()
    with desk.office.database.reader() as conn:
        other.current(conn)
    assert "Rp22.000" not in said(desk.say("berapa biaya roti unyil"))
    phrasing.add(desk.office, employed(desk, "officer"), Wanted("roti unyil", identity(desk, 4)))
    assert "Rp22.000" in said(desk.say("brp biaya roti unyil", user="lain"))
    assert "Denah oven" in said(desk.say("syarat roti unyil apa aja?", user="lain"))
    with desk.office.database.reader() as conn:
        assert [phrase.text for phrase in other.current(conn).kept.phrases] == ["roti unyil"]


def test_with_a_component_it_answers_that_component(desk: Desk) -> None:
    wanted = Wanted("duit oven", identity(desk, 4), component=4)
    phrasing.add(desk.office, employed(desk, "officer"), wanted)
    assert "Rp22.000" in said(desk.say("duit oven dong min"))
    assert desk.rows("misses") == []


def test_for_a_whole_code_the_risk_is_asked_and_for_one_standard_it_is_not(desk: Desk) -> None:
    officer = employed(desk, "officer")
    phrasing.add(desk.office, officer, Wanted("opak sampeu", identity(desk, 1), whole_code=True))
    asked = said(desk.say("biaya opak sampeu berapa"))
    assert "Rp" not in asked
    assert "Menengah Rendah" in asked
    phrasing.add(desk.office, officer, Wanted("opak sampeu besar", identity(desk, 3)))
    assert "Rp77.000" in said(desk.say("biaya opak sampeu besar berapa", user="lain"))


def test_a_code_says_more_than_a_phrase(desk: Desk) -> None:
    phrasing.add(desk.office, employed(desk, "officer"), Wanted("unyil", identity(desk, 4)))
    assert "Rp44.000" in said(desk.say("biaya 10712 unyil"))


def test_a_phrase_that_is_taken_out_means_nothing_until_it_is_put_back(desk: Desk) -> None:
    officer = employed(desk, "officer")
    id_ = phrasing.add(desk.office, officer, Wanted("roti unyil", identity(desk, 4)))
    phrasing.remove(desk.office, officer, id_)
    assert "Rp22.000" not in said(desk.say("biaya roti unyil berapa"))
    phrasing.remove(desk.office, officer, id_, undo=True)
    phrasing.remove(desk.office, officer, id_, undo=True)  # twice is once
    assert "Rp22.000" in said(desk.say("biaya roti unyil berapa", user="lain"))
    kinds = [row["kind"] for row in desk.rows("office_events")]
    assert kinds == ["phrase_added", "phrase_removed", "phrase_restored"]
    assert {row["about"] for row in desk.rows("office_events")} == {f"standard:{identity(desk, 4)}"}


def test_what_a_phrase_would_take_over_is_known_before(desk: Desk) -> None:
    officer = employed(desk, "officer")
    dry = identity(desk, 5)
    golden.keep(desk.office, officer, "biaya industri roti kering", Outcome("standard", dry, (4,)))
    found = phrasing.preview(desk.office, Wanted("roti kering", identity(desk, 4)), "biaya roti kering berapa")
    assert [change.question for change in found.golden] == ["biaya industri roti kering"]
    assert found.golden[0].before.identity == dry
    assert found.golden[0].after.identity == identity(desk, 4)
    assert "Industri Roti Kering" in [change.question for change in found.others]
    assert found.trial
    assert "Rp22.000" in [line.text for line in found.trial.lines]
    assert found.takes_over
    assert desk.rows("phrases") == []


def test_a_phrase_of_another_standard_that_would_be_taken_over_is_named(desk: Desk) -> None:
    phrasing.add(desk.office, employed(desk, "officer"), Wanted("roti unyil", identity(desk, 4)))
    found = phrasing.preview(desk.office, Wanted("roti unyil", identity(desk, 5)))
    assert [change.question for change in found.others] == ["roti unyil"]


def test_everyday_words_are_known_to_take_over_what_people_usually_ask(desk: Desk) -> None:
    found = phrasing.preview(desk.office, Wanted("berapa biaya", identity(desk, 4), component=4))
    assert len(found.usual) > 3
    answered = {change.after.identity for change in found.usual if change.after.kind == "standard"}
    assert answered == {identity(desk, 4)}


def test_a_harmless_phrase_takes_over_nothing(desk: Desk) -> None:
    assert not phrasing.preview(desk.office, Wanted("roti unyil", identity(desk, 4))).takes_over


@pytest.mark.parametrize("text", ["", "  ", "min dong", "x" * 101])
def test_what_is_no_phrase_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(PhraseProblemError):
        phrasing.add(desk.office, employed(desk), Wanted(text, identity(desk, 4)))
    assert desk.rows("phrases") == []


@pytest.mark.parametrize("text", ["petugas", "batal", "menu", "ya", "halo min", "mau lapor", "dimintai uang", "status"])
def test_what_calls_a_person_or_opens_a_report_cannot_be_taken(desk: Desk, text: str) -> None:
    with pytest.raises(PhraseProblemError, match=r"berarti lain|terlalu umum"):
        phrasing.add(desk.office, employed(desk), Wanted(text, identity(desk, 4), component=4))


@pytest.mark.parametrize("text", ["ktp hilang", "retribusi sampah", "npwp", "jemput bola"])
def test_what_was_no_matter_of_the_office_can_become_one(desk: Desk, text: str) -> None:
    phrasing.add(desk.office, employed(desk), Wanted(text, identity(desk, 4), component=4))
    assert "Rp22.000" in said(desk.say(f"{text} gimana min"))


def test_a_question_for_a_whole_code_is_answered_once_the_risk_is_chosen(desk: Desk) -> None:
    wanted = Wanted("duit opak", identity(desk, 1), component=4, whole_code=True)
    phrasing.add(desk.office, employed(desk), wanted)
    assert "Rp" not in said(desk.say("duit opak sabaraha"))
    assert "Rp11.000" in said(desk.say("2"))


def test_the_same_phrase_is_kept_once_and_a_component_must_be_stated(desk: Desk) -> None:
    head = employed(desk)
    phrasing.add(desk.office, head, Wanted("roti unyil", identity(desk, 4)))
    with pytest.raises(PhraseProblemError, match="sudah ada"):
        phrasing.add(desk.office, head, Wanted("roti  UNYIL min", identity(desk, 4)))
    without_fee = next(p.standard for p in desk.knowledge().catalogue.published if 4 not in p.standard.components)
    with pytest.raises(PhraseProblemError, match="tidak memuat"):
        phrasing.add(desk.office, head, Wanted("ongkos", without_fee.identity, component=4))
    with pytest.raises(PhraseProblemError, match="Pilih standar"):
        phrasing.add(desk.office, head, Wanted("ongkos"))


def test_only_who_may_keep_it_and_only_what_is_there(desk: Desk) -> None:
    for role in ("technical_team", "inspector"):
        with pytest.raises(NotAllowedError):
            phrasing.add(desk.office, employed(desk, role, role), Wanted("roti unyil", identity(desk, 4)))
    with pytest.raises(NotFoundError):
        phrasing.add(desk.office, employed(desk), Wanted("roti unyil", "gone"))
    with pytest.raises(NotFoundError):
        phrasing.remove(desk.office, employed(desk, username="lain"), 12345)
