"""Updates of Telegram, read with distrust: every kind, every gap, and whatever somebody makes up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.payloads import bind, unbind
from bot.channels.telegram_updates import WANTED, Press, Refuse, parse
from handlers.messages import Inbound

NOW = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)
CHAT = {"id": 77, "type": "private", "first_name": "Yayat"}
FROM = {"id": 77, "is_bot": False, "first_name": "Yayat", "last_name": "Sudrajat"}


def message(**content: Any) -> dict[str, Any]:
    return {
        "update_id": 900,
        "message": {"message_id": 5, "date": 1794195000, "chat": CHAT, "from": FROM, **content},
    }


def read(update: object) -> Inbound:
    found = parse(update, NOW)
    assert isinstance(found, Inbound)
    return found


def test_a_text() -> None:
    inbound = read(message(text="biaya 29102"))
    assert (inbound.address.channel, inbound.address.user) == ("telegram", "77")
    assert (inbound.external_id, inbound.provider_ref) == ("900:77:5", "5")
    assert (inbound.text, inbound.name, inbound.payload, inbound.burst) == (
        "biaya 29102",
        "Yayat Sudrajat",
        None,
        False,
    )
    assert inbound.received_at == datetime.fromtimestamp(1794195000, UTC)


def test_the_clock_of_a_sender_is_never_ahead_of_ours() -> None:
    assert read(message(text="halo", date=4_000_000_000)).received_at == NOW
    assert read(message(text="halo", date="soon")).received_at == NOW


@pytest.mark.parametrize(
    ("text", "said", "payload"),
    [
        ("/menu", "/menu", "menu"),
        ("/LAPOR@pasti_bot", "/LAPOR@pasti_bot", "complain"),
        ("/lapor jalan rusak", "lapor jalan rusak", None),
        ("/lapor@pasti_bot\njalan rusak\nparah ", "lapor jalan rusak\nparah", None),
        ("/lapor  ", "/lapor  ", "complain"),
        ("/", "/", None),
        ("/@pasti_bot", "/@pasti_bot", None),
        ("/start undangan", "start undangan", None),
        ("/hapus", "/hapus", None),
        ("menu", "menu", None),
    ],
)
def test_commands_are_buttons(text: str, said: str, payload: str | None) -> None:
    inbound = read(message(text=text))
    assert (inbound.text, inbound.payload) == (said, payload)


@pytest.mark.parametrize(
    ("content", "kind", "source"),
    [
        ({"photo": [{"file_id": "s", "file_size": 10}, {"file_id": "l", "file_size": 99}]}, "photo", "l"),
        ({"document": {"file_id": "d", "file_name": "../../a\u202eb.pdf"}}, "document", "d"),
        ({"voice": {"file_id": "v"}}, "voice", "v"),
        ({"audio": {"file_id": "a"}}, "audio", "a"),
        ({"video": {"file_id": "w"}}, "video", "w"),
        ({"video_note": {"file_id": "n"}}, "video", "n"),
        ({"animation": {"file_id": "g"}, "document": {"file_id": "g"}}, "video", "g"),
        ({"sticker": {"file_id": "k"}}, "sticker", "k"),
        ({"location": {"latitude": -6.5568, "longitude": 107.443}}, "location", ""),
        ({"contact": {"phone_number": "62812", "first_name": "Budi"}}, "contact", ""),
        ({"poll": {"id": "1"}}, "unsupported", ""),
        ({"dice": {"value": 3}}, "unsupported", ""),
        ({}, "unsupported", ""),
    ],
)
def test_what_is_not_text(content: dict[str, Any], kind: str, source: str) -> None:
    [attachment] = read(message(**content)).attachments
    assert (attachment.kind, attachment.source, attachment.message) == (kind, source, "900:77:5")


@pytest.mark.parametrize(
    ("given", "read_as"),
    [("application/pdf", "application/pdf"), ("a\r\nb", ""), ("\ud800", ""), ("x" * 101, ""), (5, ""), (None, "")],
)
def test_a_content_type_is_harmless(given: object, read_as: str) -> None:
    [file] = read(message(document={"file_id": "d", "mime_type": given})).attachments
    assert file.content_type == read_as


def test_names_and_places_are_harmless_words() -> None:
    [file] = read(message(document={"file_id": "d", "file_name": "../../a\u202eb\u0000.pdf"})).attachments
    assert file.name == "ab.pdf"
    venue = {"location": {"latitude": -6.5568, "longitude": 107.443}, "title": "MPP", "address": "Jl. Contoh 1"}
    [place] = read(message(venue=venue, location=venue["location"])).attachments
    assert place.name == "-6.55680, 107.44300 MPP, Jl. Contoh 1"


def test_a_contact_is_a_name_and_a_number_that_can_be_called() -> None:
    for number, shown in (("6281200000001", "+6281200000001"), ("+62812", "+62812"), ("", ""), ("rahasia", "rahasia")):
        [contact] = read(message(contact={"phone_number": number, "first_name": "Budi"})).attachments
        assert contact.name == ", ".join(word for word in ("Budi", shown) if word)


def test_only_ones_own_number_is_a_telephone() -> None:
    contact = {"phone_number": "6281200000001", "first_name": "Yayat", "user_id": 77}
    assert read(message(contact=contact)).phone == "+6281200000001"
    assert read(message(contact=contact | {"user_id": 78})).phone is None
    assert read(message(contact=contact | {"phone_number": "rahasia"})).phone is None
    assert read(message(contact=contact | {"phone_number": ""})).phone is None


def test_albums_and_fragments_wait() -> None:
    assert read(message(photo=[{"file_id": "a"}], media_group_id="g")).burst
    assert read(message(text="min")).burst
    assert not read(message(photo=[{"file_id": "a"}])).burst


def test_an_edit_corrects_and_a_moving_place_does_not() -> None:
    edited = {"message_id": 5, "date": 1794195000, "edit_date": 1794195100, "chat": CHAT, "from": FROM}
    inbound = read({"update_id": 901, "edited_message": {**edited, "text": "lama"}})
    assert (inbound.corrects, inbound.external_id, inbound.text) == ("5", "901:77:5:edit:1794195100", "lama")
    live = {"latitude": 1, "longitude": 2, "live_period": 60}
    assert parse({"update_id": 902, "edited_message": {**edited, "location": live}}, NOW) is None


def test_a_press_brings_back_what_it_stood_under() -> None:
    keyboard = [[{"text": "Biaya", "callback_data": "ask:4#2r"}]]
    query = {
        "id": "q1",
        "from": FROM,
        "data": "ask:4#2r",
        "message": {"message_id": 9, "chat": CHAT, "reply_markup": {"inline_keyboard": keyboard}},
    }
    found = parse({"update_id": 903, "callback_query": query}, NOW)
    assert isinstance(found, Press)
    assert (found.inbound.payload, found.inbound.pressed_on, found.inbound.text) == ("ask:4", 99, "Biaya")
    assert (found.query_id, found.chat, found.message_id) == ("q1", "77", 9)


def test_blocking_is_an_event_and_groups_are_refused() -> None:
    def member(status: str, kind: str) -> object:
        chat = {"id": 77, "type": kind}
        return parse({"update_id": 1, "my_chat_member": {"chat": chat, "new_chat_member": {"status": status}}}, NOW)

    assert getattr(member("kicked", "private"), "event", None) == "blocked"
    assert getattr(member("member", "private"), "event", None) == "unblocked"
    assert member("member", "group") == Refuse(77)
    assert member("kicked", "group") is None
    group = {"chat": {"id": -5, "type": "group"}, "text": "halo semua"}
    assert parse(message(**group), NOW) is None
    assert parse(message(**group, entities=[{"type": "mention"}]), NOW) == Refuse(-5)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "message",
                    "chat",
                    "id",
                    "type",
                    "text",
                    "photo",
                    "file_id",
                    "from",
                    "date",
                    "contact",
                    "location",
                    "data",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_JSON, st.sampled_from(WANTED))
def test_whatever_comes_nothing_raises(json: Any, kind: str) -> None:
    parse(json, NOW)
    parse({"update_id": 1, kind: json}, NOW)
    if isinstance(json, dict):
        for private in ({**json, "chat": CHAT}, {**json, "chat": CHAT, "message": {"chat": CHAT, **json}, "id": "1"}):
            found = parse({"update_id": 1, kind: private}, NOW)
            inbound = found.inbound if isinstance(found, Press) else found
            assert not isinstance(inbound, Inbound) or inbound.address.user == "77" or kind == "callback_query"


_FIELDS = (
    "from", "date", "text", "caption", "photo", "document", "voice", "audio", "video", "video_note", "animation",
    "sticker", "location", "venue", "contact", "media_group_id", "poll", "edit_date", "reply_markup",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=5))
def test_whatever_a_citizen_sends_there_is_something_to_answer(content: dict[str, Any]) -> None:
    inbound = read({"update_id": 900, "message": {**content, "message_id": 5, "chat": CHAT}})
    assert inbound.text.strip() or inbound.payload or inbound.attachments
    assert inbound.external_id == "900:77:5"
    assert inbound.received_at <= NOW
    assert all(len(each.name) <= 300 for each in inbound.attachments)


@given(st.text(max_size=70), st.integers(min_value=0, max_value=1 << 31))
def test_payloads_go_and_come_back(payload: str, position: int) -> None:
    data = bind(payload, position)
    if data != payload:
        assert len(data.encode()) <= 64
        assert unbind(data) == (payload, position)
    unbind(payload)
