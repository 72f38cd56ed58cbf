"""Questions without an answer: grouped, resolved, dismissed, undone; what is confidential for its audience alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers import misses, office_answers
from handlers.access import Actor, NotAllowedError, NotFoundError
from handlers.misses import Group, MissProblemError
from handlers.office_answers import AnswerProblemError
from handlers.phrasing import Wanted
from knowledge.phrases import OfficeAnswer
from tests.handlers.keeping import identity, keeping_desk
from tests.offices import Desk, said
from tests.staff import employed
from tests.storage.fresh import NOW

QRIS = OfficeAnswer(0, "Pembayaran", "Loket menerima QRIS dan tunai.", NOW)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with keeping_desk(tmp_path) as desk:
        yield desk


def listed(desk: Desk, actor: Actor) -> list[Group]:
    with desk.office.database.reader() as conn:
        return misses.groups(conn, desk.office, actor)


def asked(desk: Desk, *texts: str) -> None:
    for n, words in enumerate(texts):
        desk.say(words, user=f"+62812100000{n:02d}")
        desk.clock.now += timedelta(minutes=1)


def test_questions_that_say_the_same_are_one_group(desk: Desk) -> None:
    asked(desk, "npwp bayar berapa?", "Min NPWP bayarnya brp ya", "berapa bayar npwp", "npwp ada dendanya ga")
    first, *others = listed(desk, employed(desk, "officer"))
    assert (first.count, first.people, first.text) == (3, 3, "berapa bayar npwp")
    assert first.variants == ("Min NPWP bayarnya brp ya", "npwp bayar berapa?")
    assert first.last - first.first == timedelta(minutes=2)
    assert [group.count for group in others] == [1]


def test_an_answer_of_the_office_settles_the_group_and_works_with_the_next_message(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "bisa bayar pake qris ga min", "bayar pakai qris bisa?")
    [group] = listed(desk, officer)
    assert misses.resolve(desk.office, officer, group.id, Wanted("bayar pakai qris", new_answer=QRIS)) == 2
    assert listed(desk, officer) == []
    told = said(desk.say("min mau tanya bisa bayar pakai qris?", user="baru"))
    assert "Keterangan kantor: Pembayaran" in told
    assert "Loket menerima QRIS dan tunai." in told
    assert "Sumber: DPMPTSP Kabupaten Purwakarta" in told
    assert "Standar Pelayanan" not in told
    assert len(desk.rows("misses")) == 2


def test_a_standard_and_a_component_settle_it_too(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "xyzzy plugh")
    [group] = listed(desk, officer)
    assert group.reasons == ("unknown_standard",)
    wanted = Wanted("xyzzy plugh", identity(desk), component=11)
    misses.resolve(desk.office, officer, group.id, wanted)
    told = said(desk.say("xyzzy plugh?", user="baru"))
    assert "komponen 11." in told
    assert desk.rows("misses")[-1]["state"] == "resolved"


def test_a_resolution_is_undone_with_what_it_made(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "bisa bayar pake qris ga min")
    [group] = listed(desk, officer)
    misses.resolve(desk.office, officer, group.id, Wanted("bayar pakai qris", new_answer=QRIS))
    with desk.office.database.reader() as conn:
        [settled] = misses.settled(conn, officer, {officer.id: officer.name})
    assert (settled.kind, settled.said, settled.officer) == ("answer", "bayar pakai qris", officer.name)
    misses.undo(desk.office, officer, settled.id)
    assert [group.count for group in listed(desk, officer)] == [1]
    assert "Loket" not in said(desk.say("bayar pakai qris", user="baru"))
    assert desk.rows("office_answers")[0]["removed_at"] is not None
    with pytest.raises(NotFoundError):
        misses.undo(desk.office, officer, settled.id)


def test_what_is_dismissed_has_a_reason_and_can_be_taken_up_again(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "npwp bayar berapa?")
    [group] = listed(desk, officer)
    with pytest.raises(MissProblemError):
        misses.dismiss(desk.office, officer, group.id, "  ")
    assert misses.dismiss(desk.office, officer, group.id, "urusan kantor pajak") == 1
    assert listed(desk, officer) == []
    with desk.office.database.reader() as conn:
        [settled] = misses.settled(conn, officer, {})
    assert (settled.kind, settled.said) == ("dismissed", "urusan kantor pajak")
    misses.undo(desk.office, officer, settled.id)
    assert [group.count for group in listed(desk, officer)] == [1]


def test_what_was_said_in_confidence_is_for_its_audience_alone(desk: Desk) -> None:
    officer, manager = employed(desk, "officer"), employed(desk, "complaint_manager", "manager")
    asked(desk, "npwp bayar berapa?", "npwp bayar berapa")
    with desk.office.database.transaction() as tx:
        tx.execute(text("UPDATE conversations SET visible_to = 'manager' WHERE address LIKE '%00'"))
    assert [group.count for group in listed(desk, officer)] == [1]
    [group] = listed(desk, manager)
    assert (group.count, group.confidential) == (2, True)
    assert misses.suggested(group, desk.knowledge().language) == ""
    [seen] = listed(desk, officer)
    misses.dismiss(desk.office, officer, seen.id, "urusan pajak")
    assert [group.count for group in listed(desk, manager)] == [1]  # hers still waits
    with desk.office.database.reader() as conn, pytest.raises(NotFoundError):
        misses.group_of(conn, desk.office, officer, listed(desk, manager)[0].id)


def test_who_does_not_read_conversations_reads_no_question(desk: Desk) -> None:
    asked(desk, "npwp bayar berapa?")
    team = employed(desk, "technical_team", "team")
    assert listed(desk, team) == []
    with pytest.raises(NotAllowedError):
        misses.dismiss(desk.office, team, 1, "alasan")


def test_what_cannot_be_kept_changes_nothing(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "npwp bayar berapa?")
    [group] = listed(desk, officer)
    empty = OfficeAnswer(0, "", "", NOW)
    with pytest.raises(AnswerProblemError) as refused:
        misses.resolve(desk.office, officer, group.id, Wanted("npwp", new_answer=empty))
    assert set(refused.value.problems) == {"title", "text"}
    with pytest.raises(NotFoundError):
        misses.resolve(desk.office, officer, 5, Wanted("npwp", new_answer=QRIS))
    assert desk.rows("office_answers") == []
    assert [group.count for group in listed(desk, officer)] == [1]


def test_an_answer_is_changed_and_put_back_with_its_history(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "bisa bayar pake qris ga min")
    [group] = listed(desk, officer)
    misses.resolve(desk.office, officer, group.id, Wanted("bayar pakai qris", new_answer=QRIS))
    id_ = int(str(desk.rows("office_answers")[0]["id"]))
    office_answers.change(desk.office, officer, id_, "Pembayaran", "Hanya tunai.")
    assert "Hanya tunai." in said(desk.say("bayar pakai qris", user="a"))
    office_answers.remove(desk.office, officer, id_)
    assert "Hanya tunai." not in said(desk.say("bayar pakai qris", user="b"))
    office_answers.remove(desk.office, officer, id_, undo=True)
    assert "Hanya tunai." in said(desk.say("bayar pakai qris", user="c"))
    events = [row["kind"] for row in desk.rows("office_events") if row["about"] == f"answer:{id_}"]
    assert events == ["answer_added", "phrase_added", "answer_changed", "answer_removed", "answer_restored"]


def test_a_complaint_that_speaks_of_it_stays_a_complaint(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "bisa bayar pake qris ga min")
    [group] = listed(desk, officer)
    misses.resolve(desk.office, officer, group.id, Wanted("qris", new_answer=QRIS))
    decision = desk.say("saya mau lapor, kemarin di loket saya dimintai uang lewat qris 200rb", user="baru")
    assert decision.mode == "filling"
    assert "Keterangan kantor" not in said(decision)


def test_a_question_in_the_middle_of_a_report_is_answered_and_the_report_goes_on(desk: Desk) -> None:
    officer = employed(desk, "officer")
    asked(desk, "bisa bayar pake qris ga min")
    [group] = listed(desk, officer)
    misses.resolve(desk.office, officer, group.id, Wanted("bayar pakai qris", new_answer=QRIS))
    desk.say("saya mau mengadu", user="baru")
    decision = desk.say("eh bisa bayar pakai qris ga?", user="baru")
    assert "Loket menerima QRIS" in said(decision)
    assert decision.mode == "filling"
