"""An officer's own Telegram: linked by a code, parted with in each way, and never mixed up with a citizen's chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from handlers import accounts, handover, officer_telegram
from handlers.access import Actor, NotFoundError, access_conversation
from handlers.dialogue.own_telegram import code_in
from handlers.dialogue.texts import plain
from handlers.messages import Address, Channel
from handlers.officer_notices import notify
from handlers.parcels import Later, Outcome, Parcel, Refused, Sent, Uncertain, Untold
from handlers.sending import GIVE_UP_OFFICER, exchange, settle, sweep
from storage import inbox_view, office_events, officer_telegrams, officers
from storage.inbox_view import Reader, Wanted
from storage.sealed import Sealer
from tests.case_office import Office
from tests.scenarios import Citizen, Desk

CHAT = "700100200"


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def chat_of(office: Office, officer: Actor) -> str | None:
    with office.desk.office.database.reader() as conn:
        return officer_telegram.chat_of(conn, office.desk.office, officer.id)


def linked(office: Office, officer: Actor, chat: str = CHAT) -> Citizen:
    """The officer's chat, linked."""
    citizen = office.desk.citizen(chat, "telegram")
    citizen.sent = office.desk.office.new_id()  # other messages of this chat have other ids
    citizen.says(f"start {officer_telegram.offer(office.desk.office, officer).code}")
    assert chat_of(office, officer) == chat
    return citizen


def rows(office: Office, query: str) -> list[Any]:
    with office.desk.office.database.reader() as conn:
        return list(conn.execute(text(query)))


def happened(office: Office) -> list[tuple[str, str, int | None]]:
    with office.desk.office.database.reader() as conn:
        found = reversed(office_events.newest(conn))
        return [(each.kind, each.subject, each.officer_id) for each in found if each.kind.startswith("telegram")]


def told(office: Office, officer: Actor, words: str = "Ada laporan.") -> None:
    with office.desk.office.database.transaction() as tx:
        notify(tx, office.desk.office, officer.id, plain(words))


def leased(office: Office) -> list[Parcel]:
    due = sweep(office.desk.office, ("telegram",), alone=False).recipients
    return exchange(office.desk.office, recipients=[id_ for id_, _ in due]).parcels


# ---------------------------------------------------------------- linking


def test_a_code_links_the_chat_that_sends_it(office: Office) -> None:
    offered = officer_telegram.offer(office.desk.office, office.rina)
    assert offered.until == office.desk.clock() + timedelta(minutes=15)
    heard = office.desk.citizen(CHAT, "telegram").says(f"start {offered.code}")
    assert heard.text.startswith("Terima kasih, Bapak/Ibu. Telegram ini sudah terhubung")
    assert "/putus" in heard.text
    assert chat_of(office, office.rina) == CHAT
    assert happened(office) == [("telegram_linked", office.rina.username, office.rina.id)]


def test_neither_code_nor_chat_is_kept_in_the_open(office: Office) -> None:
    offered = officer_telegram.offer(office.desk.office, office.rina)
    [code] = rows(office, "SELECT * FROM telegram_codes")
    assert offered.code not in str(code)
    linked(office, office.rina)
    told(office, office.rina)
    [parcel] = [each for each in leased(office) if each.to_officer]
    exchange(office.desk.office, results=[(parcel, Sent(f"{CHAT}:17"))])
    kept = rows(office, "SELECT * FROM officer_telegrams")
    kept += rows(office, "SELECT * FROM conversations WHERE for_officer_id IS NOT NULL")
    kept += rows(office, "SELECT * FROM outbox WHERE sender = 'system'")
    kept += rows(office, "SELECT * FROM office_events")
    assert len(kept) >= 4
    assert CHAT not in str(kept)
    assert rows(office, "SELECT state FROM outbox WHERE sender = 'system'") == [("sent",)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda office, code: office.desk.clock.advance(minutes=15),
        lambda office, code: officer_telegram.offer(office.desk.office, office.rina),
        lambda office, code: office.desk.citizen("700999", "telegram").says(f"start {code}"),
        lambda office, code: officer_telegram.part(office.desk.office, office.rina),
    ],
    ids=["too old", "replaced by another", "used", "taken back"],
)
def test_a_code_that_is_no_longer_good_is_an_ordinary_start(
    office: Office, spoil: Callable[[Office, str], object]
) -> None:
    code = officer_telegram.offer(office.desk.office, office.rina).code
    spoil(office, code)
    citizen = office.desk.citizen(CHAT, "telegram")
    heard = citizen.says(f"start {code}")
    assert heard.text.startswith("Kode petugas itu sudah tidak berlaku.")
    assert heard.text.endswith(citizen.says("/start", payload="start").text)
    assert chat_of(office, office.rina) != CHAT


def test_an_invented_code_of_any_shape_harms_nothing(office: Office) -> None:
    citizen = office.desk.citizen(CHAT, "telegram")
    for words in ("start petugas_", "start petugas_x", "start petugas_" + "a" * 300, "start petugas_ÿ_", "/putus"):
        assert citizen.says(words).text
    assert happened(office) == []


@pytest.mark.parametrize("channel", ["whatsapp", "web"])
def test_a_code_is_good_on_telegram_only(office: Office, channel: Channel) -> None:
    code = officer_telegram.offer(office.desk.office, office.rina).code
    office.desk.citizen("6281200000009", channel).says(f"start {code}")
    assert chat_of(office, office.rina) is None
    message = office.desk.citizen("6281200000009", channel).message(f"start {code}")
    assert code_in(message) is None
    assert code_in(message._replace(address=Address("telegram", CHAT))) == code


def test_an_officer_has_one_chat_and_a_chat_one_officer(office: Office) -> None:
    linked(office, office.rina)
    linked(office, office.rina, "700222")
    assert chat_of(office, office.rina) == "700222"
    linked(office, office.dewi, "700222")
    assert (chat_of(office, office.rina), chat_of(office, office.dewi)) == (None, "700222")
    assert happened(office)[2:] == [
        ("telegram_unlinked", office.rina.username, office.dewi.id),
        ("telegram_linked", office.dewi.username, office.dewi.id),
    ]


def test_it_leaves_what_the_citizen_in_that_chat_was_doing(office: Office) -> None:
    citizen = office.desk.citizen(CHAT, "telegram")
    before = citizen.says("mau lapor")
    code = officer_telegram.offer(office.desk.office, office.rina).code
    after = citizen.says(f"start {code}")
    assert (after.mode, after.asks) == (before.mode, before.asks) != ("idle", None)
    assert citizen.says("/putus").asks == before.asks


def test_it_works_while_a_colleague_answers_there(office: Office) -> None:
    citizen = office.desk.citizen(CHAT, "telegram")
    citizen.says("petugas")
    [(conversation,)] = rows(office, f"SELECT id FROM conversations WHERE address = '{CHAT}'")
    handover.take_over(office.desk.office, office.dewi, conversation)
    linked(office, office.rina)
    assert citizen.says("start petugas_tidakada").text == ""


# ---------------------------------------------------------------- parting


def test_the_officer_parts_with_it_in_the_chat_or_in_the_console(office: Office) -> None:
    citizen = linked(office, office.rina)
    assert "tidak lagi terhubung" in citizen.says("/putus").text
    assert chat_of(office, office.rina) is None
    assert "tidak lagi terhubung" not in citizen.says("/putus").text, "the words of somebody whose chat it is not"
    linked(office, office.rina)
    for _ in range(2):
        officer_telegram.part(office.desk.office, office.rina)
    assert chat_of(office, office.rina) is None
    assert [kind for kind, *_ in happened(office)] == ["telegram_linked", "telegram_unlinked"] * 2


def test_it_ends_with_the_account(office: Office) -> None:
    linked(office, office.rina)
    offered = officer_telegram.offer(office.desk.office, office.rina)
    with office.desk.office.database.reader() as conn:
        officer = officers.by_id(conn, office.rina.id)
        assert officer
        facts = accounts.facts_of(conn, officer)
    accounts.update_officer(office.desk.office, office.rina.id, replace(facts, active=False), by=office.admin)
    assert chat_of(office, office.rina) is None
    assert happened(office)[-1] == ("telegram_unlinked", office.rina.username, office.admin.id)
    office.desk.citizen("700333", "telegram").says(f"start {offered.code}")
    assert chat_of(office, office.rina) is None


def test_it_ends_when_the_bot_is_blocked(office: Office) -> None:
    citizen = linked(office, office.rina)
    citizen.says(event="blocked")
    assert chat_of(office, office.rina) is None
    citizen.says(event="unblocked")
    assert chat_of(office, office.rina) is None
    linked(office, office.dewi)
    told(office, office.dewi)
    [parcel] = [each for each in leased(office) if each.to_officer]
    exchange(office.desk.office, results=[(parcel, Refused("403", "blocked"))])
    assert chat_of(office, office.dewi) is None
    assert [(kind, by) for kind, _, by in happened(office) if kind == "telegram_blocked"] == [
        ("telegram_blocked", office.rina.id),
        ("telegram_blocked", office.dewi.id),
    ]
    assert rows(office, "SELECT * FROM tasks") == []


# ---------------------------------------------------------------- sending


def test_what_an_officer_is_told_goes_to_their_chat_and_is_in_no_inbox(office: Office) -> None:
    linked(office, office.rina)
    told(office, office.rina, "Ada laporan.")
    told(office, office.dewi)  # who has none
    [parcel] = [each for each in leased(office) if each.to_officer]
    assert parcel.address == Address("telegram", CHAT)
    assert [line.text for line in parcel.lines] == ["Ada laporan."]
    with office.desk.office.database.reader() as conn:
        for officer in office.everyone:
            reader = Reader(officer.id, officer.audiences)
            for wanted in (Wanted(), Wanted("bot"), Wanted(search="Ada laporan")):
                assert parcel.conversation_id not in [line.id for line in inbox_view.listed(conn, reader, wanted)]
            assert inbox_view.visible_ids(conn, reader, [parcel.conversation_id]) == []
            assert parcel.conversation_id not in inbox_view.newest_ids(conn, reader, 100)
            with pytest.raises(NotFoundError):
                access_conversation(conn, officer, parcel.conversation_id, "conversations.read")


@pytest.mark.parametrize("outcome", [Refused("400"), Uncertain("cut")], ids=["refused", "in doubt"])
def test_what_does_not_arrive_is_nobodys_task(office: Office, outcome: Outcome) -> None:
    linked(office, office.rina)
    told(office, office.rina)
    for _ in range(3):
        parcels = [each for each in leased(office) if each.to_officer]
        exchange(office.desk.office, results=[(parcel, outcome) for parcel in parcels])
        office.desk.clock.advance(minutes=2)
        doubts = sweep(office.desk.office, ("telegram",), alone=False).doubts
        settle(office.desk.office, [(doubt, Untold()) for doubt in doubts])
    assert rows(office, "SELECT state FROM outbox WHERE sender = 'system'") == [("failed",)]
    assert rows(office, "SELECT * FROM tasks") == []


def test_what_comes_too_late_is_not_sent_at_night(office: Office) -> None:
    linked(office, office.rina)
    told(office, office.rina)
    [parcel] = [each for each in leased(office) if each.to_officer]
    exchange(office.desk.office, results=[(parcel, Later("no connection"))])
    office.desk.clock.now += GIVE_UP_OFFICER
    assert [each for each in leased(office) if each.to_officer] == []
    assert rows(office, "SELECT state, error FROM outbox WHERE sender = 'system'") == [("failed", "late")]


def test_what_waits_when_the_link_ends_is_not_sent(office: Office) -> None:
    linked(office, office.rina)
    told(office, office.rina)
    officer_telegram.part(office.desk.office, office.rina)
    assert [each for each in leased(office) if each.to_officer] == []
    assert rows(office, "SELECT state, error FROM outbox WHERE sender = 'system'") == [("failed", "unlinked")]


def test_another_key_costs_the_link_and_nothing_else(office: Office) -> None:
    linked(office, office.rina)
    told(office, office.rina)
    office.desk.office.keys = Sealer("another secret, of another machine")
    assert [each for each in leased(office) if each.to_officer] == []
    with office.desk.office.database.reader() as conn:
        assert officer_telegrams.of_officer(conn, office.rina.id) is not None
