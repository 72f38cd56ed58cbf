"""Whoever is accused never reads it: those who may see a conversation and its cases become fewer, on receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers import handover
from handlers.access import Actor, NotAllowedError, NotFoundError, access_conversation
from handlers.handover import Done, Refused
from handlers.inbound import PATIENCE, decide_due
from storage import officers
from storage.models import Officer
from tests.offices import Desk, desk_at, said

RINA = Actor(901, "Rina Lestari", "officer")
MANAGER = Actor(903, "Ibu Manajer", "complaint_manager")
HEAD = Actor(904, "Bapak Kepala", "head")
INSPECTOR = Actor(905, "Pak Inspektur", "inspector")
RUDE = "saya Yayat, 0812 0000 1234, mau lapor: kemarin di loket MPP saya antre empat jam dan tidak dilayani"
BRIBE = "mau lapor: kemarin di loket MPP petugas minta uang 500 ribu"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        with desk.office.database.transaction() as tx:
            for actor in (RINA, MANAGER, HEAD, INSPECTOR):
                officers.add(tx, Officer(id=actor.id, name=actor.name, username=f"o{actor.id}", role=actor.role))
        yield desk


def audience(desk: Desk) -> object:
    return desk.rows("conversations")[0]["visible_to"]


def events(desk: Desk) -> list[object]:
    return [row["kind"] for row in desk.rows("handover_events")]


def of_case(desk: Desk) -> tuple[object, object]:
    case = desk.rows("cases")[-1]
    return case["visible_to"], bool(case["confidential"])


def confide(desk: Desk, to: str) -> None:
    with desk.office.database.transaction() as tx:
        tx.execute(text("UPDATE conversations SET visible_to = :to"), {"to": to})


# Never lower


@pytest.mark.parametrize("before", ["head", "inspectorate"])
def test_a_later_report_shows_it_to_nobody_more(desk: Desk, before: str) -> None:
    desk.say("halo")
    confide(desk, before)
    desk.say(f"saya Yayat, 0812 0000 1234, {BRIBE}")
    assert "ADU-2026-" in said(desk.say("ya"))
    assert (audience(desk), of_case(desk)) == (before, (before, True))


def test_the_head_accused_after_the_manager_is_the_inspectorate_s(desk: Desk) -> None:
    desk.say("mau lapor, pengelola pengaduan minta uang 500 ribu")
    assert audience(desk) == "head"
    desk.say("kepala dinas juga minta uang 500 ribu")
    assert audience(desk) == "inspectorate"
    desk.say("petugas loket juga minta uang")
    assert audience(desk) == "inspectorate"
    assert events(desk) == ["confided", "confided"]


# Said while a report is taken


@pytest.mark.parametrize(
    "answer", ["Pejabat pengelola pengaduan minta uang 500 ribu", "pengelola pengaduan dan amplop"]
)
def test_who_is_accused_only_in_the_answer_does_not_read_it(desk: Desk, answer: str) -> None:
    id_ = desk.say("saya mau lapor pungli").conversation
    assert audience(desk) == "manager"
    desk.say(answer)
    assert audience(desk) == "head"
    with pytest.raises(NotFoundError):
        handover.take_over(desk.office, MANAGER, id_)
    assert handover.take_over(desk.office, HEAD, id_) == Done()


def test_a_report_in_a_confidential_conversation_is_confidential(desk: Desk) -> None:
    desk.say("tolong rahasiakan identitas saya ya")
    desk.say("batal")
    desk.say(RUDE)
    assert "ADU-2026-" in said(desk.say("ya"))
    assert of_case(desk) == ("manager", True)


# While an officer answers


def test_who_holds_it_and_is_accused_in_it_loses_it(desk: Desk) -> None:
    id_ = desk.say("mau lapor pungli").conversation
    assert handover.take_over(desk.office, MANAGER, id_) == Done()
    assert desk.say("petugas loket minta uang 500 ribu").replies == ()  # it is for the manager: who has it
    answer = desk.say("sebenarnya pejabat pengelola pengaduan minta uang juga")
    row = desk.rows("conversations")[0]
    assert (row["visible_to"], row["officer_id"]) == ("head", None)
    assert row["waiting_for_officer_since"] is not None
    assert "Demi kerahasiaan" in said(answer)
    assert events(desk) == ["confided", "taken", "confided", "called"]
    with pytest.raises(NotFoundError):
        handover.take_over(desk.office, MANAGER, id_)


@pytest.mark.parametrize("words", ["suratnya ditujukan ke kepala dinas ya?", "berkasnya pakai amplop?"])
def test_harmless_talk_leaves_it_with_the_officer(desk: Desk, words: str) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    assert desk.say(words).replies == ()
    row = desk.rows("conversations")[0]
    assert (row["visible_to"], row["officer_id"], events(desk)) == (None, RINA.id, ["taken"])


def test_a_fragment_takes_it_from_the_officer_at_once(desk: Desk) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    answer = desk.say("petugas bernama Dedi minta uang,", burst=True)
    assert (answer.decided, "Demi kerahasiaan" in said(answer)) == (True, True)
    row = desk.rows("conversations")[0]
    assert (row["visible_to"], row["officer_id"]) == ("manager", None)
    assert all(entry["decided_at"] for entry in desk.rows("inbox"))


def test_an_edited_fragment_takes_it_from_the_officer_at_once(desk: Desk) -> None:
    id_ = desk.say("halo", channel="telegram").conversation
    handover.take_over(desk.office, RINA, id_)
    assert not desk.say("bu,", channel="telegram", burst=True, provider_ref="7").decided
    answer = desk.say("bu, tolong dirahasiakan", channel="telegram", corrects="7", provider_ref="7")
    assert "Demi kerahasiaan" in said(answer)
    row = desk.rows("conversations")[0]
    assert (row["visible_to"], row["officer_id"]) == ("manager", None)
    assert all(entry["decided_at"] for entry in desk.rows("inbox"))


# On receipt


def test_a_fragment_is_confidential_before_it_is_decided(desk: Desk) -> None:
    assert not desk.say("kepala dinas minta uang,", burst=True).decided
    assert audience(desk) == "inspectorate"


def test_what_two_fragments_say_together_is_confidential_before_it_is_decided(desk: Desk) -> None:
    desk.say("saya diminta", burst=True)
    assert audience(desk) is None
    assert not desk.say("uang 500 ribu,", burst=True).decided
    assert audience(desk) == "manager"
    desk.clock.now += PATIENCE
    assert decide_due(desk.office)[0].decided


def test_an_edited_fragment_is_confidential_before_it_is_decided(desk: Desk) -> None:
    desk.say("pak,", channel="telegram", burst=True, provider_ref="7")
    edited = desk.say("pak, kadis minta uang,", channel="telegram", burst=True, corrects="7", provider_ref="7")
    assert (edited.replies, audience(desk)) == ((), "inspectorate")


def test_an_edit_of_an_old_message_is_confidential(desk: Desk) -> None:
    desk.say("halo", channel="telegram", provider_ref="7")
    desk.say("halo, tolong rahasiakan nama saya", channel="telegram", corrects="7", provider_ref="7")
    assert audience(desk) == "manager"


def test_whatever_the_bot_takes_it_for_it_is_confidential(desk: Desk) -> None:
    desk.say("halo, ini rahasia ya")
    assert audience(desk) == "manager"


# Added and completed later


def test_what_is_added_to_a_case_hides_it(desk: Desk) -> None:
    desk.say(RUDE)
    desk.say("ya")
    assert of_case(desk) == (None, False)
    desk.say("tambahan laporan: petugas bernama Dedi minta uang, tolong rahasiakan")
    assert (audience(desk), of_case(desk)) == ("manager", ("manager", True))
    desk.say("tambahan laporan: kadis ikut menerima")  # a name is enough in what belongs to a report
    assert (audience(desk), of_case(desk)) == ("inspectorate", ("inspectorate", True))
    desk.say("tambahan laporan: saksinya Bu Entin, tolong rahasiakan")
    assert (audience(desk), of_case(desk)) == ("inspectorate", ("inspectorate", True))


def test_what_completes_a_suggestion_hides_it(desk: Desk) -> None:
    desk.say("mau lapor, kemarin di loket MPP saya antre empat jam dan tidak dilayani", channel="web")
    for _ in range(4):
        desk.say("lewati", channel="web")
    assert "SRN-2026-" in said(desk.say("ya", channel="web")) or desk.rows("cases")
    assert of_case(desk) == (None, False)
    desk.say("nama saya Asep Sunandar, 085711112222, yang melayani petugas bernama Dedi", channel="web")
    assert (audience(desk), of_case(desk)) == ("manager", ("manager", True))


# Opened again


def test_its_audience_opens_what_was_hidden_for_harmless_words_and_says_why(desk: Desk) -> None:
    id_ = desk.say("mau tanya jam buka").conversation
    confide(desk, "manager")
    with pytest.raises(NotFoundError):
        handover.open_wider(desk.office, RINA, id_, "ingin tahu")
    assert isinstance(handover.open_wider(desk.office, MANAGER, id_, " "), Refused)
    assert handover.open_wider(desk.office, MANAGER, id_, "hanya soal jam buka") == Done()
    assert (audience(desk), events(desk)[-1]) == (None, "released")
    with desk.office.database.reader() as conn:
        access_conversation(conn, RINA, id_, "conversations.read")
    with pytest.raises(NotAllowedError):
        handover.open_wider(desk.office, RINA, id_, "lagi")
    assert isinstance(handover.open_wider(desk.office, MANAGER, id_, "lagi"), Refused)


def test_a_conversation_with_a_confidential_report_is_never_opened(desk: Desk) -> None:
    id_ = desk.say(f"rahasia ya. {RUDE}").conversation
    refused = handover.open_wider(desk.office, MANAGER, id_, "uji")
    assert isinstance(refused, Refused)
    assert "sedang menyampaikan laporan rahasia" in refused.sentence
    desk.say("ya")
    refused = handover.open_wider(desk.office, MANAGER, id_, "uji")
    assert isinstance(refused, Refused)
    assert "tetap rahasia" in refused.sentence
    assert audience(desk) == "manager"
