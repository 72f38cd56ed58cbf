"""What Twilio posts, read: everything a citizen may send, and everything that is none of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.payloads import bind
from bot.channels.whatsapp_updates import parse_message, parse_status
from handlers.messages import Address, Attachment, Inbound
from handlers.parcels import Status

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
SID = "SM0123456789abcdef0123456789abcdef"
MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


def parsed(**fields: str) -> Inbound:
    sent = {"MessageSid": SID, "From": "whatsapp:+6281200000001", "ProfileName": "Yayat", "Body": "", "NumMedia": "0"}
    return parse_message({**sent, **fields}, NOW)


def file(content_type: str, body: str = "", **more: str) -> Inbound:
    return parsed(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0=content_type, Body=body, **more)


def test_a_text() -> None:
    assert parsed(Body="berapa biaya 29102?") == Inbound(
        address=Address("whatsapp", "+6281200000001"),
        external_id=SID,
        received_at=NOW,
        text="berapa biaya 29102?",
        name="Yayat",
        provider_ref=SID,
    )


def test_a_fragment_may_go_on() -> None:
    assert parsed(Body="min").burst
    assert not parsed(Body="berapa biaya 29102?").burst


@pytest.mark.parametrize("position", [0, 1, 35, 36, 75, 10**9])
def test_a_press_brings_back_what_it_stands_for_and_under_which_message(position: int) -> None:
    press = parsed(Body="Ya, benar", ButtonText="Ya, benar", ButtonPayload=bind("confirm", position))
    assert (press.text, press.payload, press.pressed_on, press.burst) == ("Ya, benar", "confirm", position, False)


def test_a_choice_from_a_list() -> None:
    choice = parsed(Body="Lama", ListTitle="Lama proses", ListId=bind("ask:3", 4), ListDescription="Pilihan 1")
    assert (choice.text, choice.payload, choice.pressed_on) == ("Lama proses", "ask:3", 4)


def test_the_button_of_a_template_knows_no_position() -> None:
    press = parsed(Body="Lihat balasan", ButtonText="Lihat balasan", ButtonPayload="read-held")
    assert (press.payload, press.pressed_on) == ("read-held", None)


@pytest.mark.parametrize(
    ("content_type", "more", "kind", "burst"),
    [
        ("image/jpeg", {"MessageType": "image"}, "photo", True),
        ("IMAGE/PNG; name=x", {}, "photo", True),
        ("video/mp4", {}, "video", True),
        ("audio/ogg; codecs=opus", {}, "voice", False),
        ("image/webp", {"MessageType": "sticker"}, "sticker", False),
        ("image/webp", {}, "sticker", False),
        ("image/webp", {"MessageType": "image"}, "photo", True),
        ("text/vcard", {}, "contact", False),
        ("application/pdf", {}, "document", True),
        ("", {}, "document", True),
    ],
)
def test_files_by_their_kind(content_type: str, more: dict[str, str], kind: str, burst: bool) -> None:
    message = file(content_type, **more)
    assert message.attachments == (Attachment(kind, "", SID, MEDIA, content_type),)
    assert message.burst == burst


def test_a_photo_keeps_the_words_below_it() -> None:
    message = file("image/jpeg", "ini kuitansinya")
    assert (message.text, message.attachments[0].name, message.burst) == ("ini kuitansinya", "", False)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("surat.pdf", "surat.pdf"),
        ("../../etc/passwd\\..\\surat keputusan.pdf", "surat keputusan.pdf"),
        ("\u202efdp.tarus\x00.pdf", "fdp.tarus.pdf"),
        (f"{'a' * 200}.pdf", f"{'a' * 116}.pdf"),
    ],
)
def test_a_document_is_called_as_its_sender_called_it_but_harmless(body: str, name: str) -> None:
    message = file("application/pdf", body)
    assert (message.text, message.attachments[0].name) == ("", name)


@pytest.mark.parametrize("words", ["tolong dicek suratnya", "sudah bayar Rp200.000", "baris satu\nsurat.pdf"])
def test_words_below_a_document_are_words(words: str) -> None:
    message = file("application/pdf", words)
    assert (message.text, message.attachments[0].name, message.burst) == (words, "", False)


def test_several_files_of_one_message() -> None:
    fields = {f"MediaUrl{n}": f"{MEDIA}{n}" for n in range(3)} | {f"MediaContentType{n}": "image/png" for n in range(3)}
    assert [each.source for each in parsed(NumMedia="3", **fields).attachments] == [f"{MEDIA}{n}" for n in range(3)]


def test_a_place() -> None:
    place = parsed(Latitude="-6.5568", Longitude="107.443", Label="MPP Bale Madukara", Address="Purwakarta")
    assert place.attachments == (
        Attachment("location", "-6.55680, 107.44300 MPP Bale Madukara, Purwakarta", message=SID),
    )
    assert not place.burst


@pytest.mark.parametrize(("latitude", "longitude"), [("nan", "1"), ("1", "inf"), ("x", "1"), ("", "")])
def test_a_place_that_is_none_is_not_understood(latitude: str, longitude: str) -> None:
    assert parsed(Latitude=latitude, Longitude=longitude).attachments[0].kind == "unsupported"


@pytest.mark.parametrize(("kind", "event"), [("STOP", "opted_out"), ("START", "opted_in"), ("HELP", None)])
def test_who_wants_no_more(kind: str, event: str | None) -> None:
    assert parsed(Body=kind, OptOutType=kind).event == event


def test_nothing_is_not_understood() -> None:
    assert parsed(MessageType="order").attachments == (Attachment("unsupported", "", SID),)


names = st.sampled_from(
    [
        *("MessageSid", "From", "Body", "NumMedia", "MediaUrl0", "MediaContentType0", "ButtonPayload", "ButtonText"),
        *("ListId", "ListTitle", "Latitude", "Longitude", "Label", "Address", "OptOutType", "ProfileName"),
        *("MessageType", "MessageStatus", "ErrorCode", "SmsStatus"),
    ]
)


@given(st.dictionaries(names | st.text(max_size=10), st.text(max_size=50) | st.integers().map(str)))
def test_whatever_is_posted_is_read(form: dict[str, str]) -> None:
    message = parse_message(form, NOW)
    assert message.text.strip() or message.attachments or message.payload is not None or message.event
    assert parse_status(form, form.get("Body")) is None or form.get("MessageSid") or form.get("SmsSid")


# ---------------------------------------------------------------- reports


def reported(state: str, code: str = "", outbox_id: str | None = "42") -> Status | None:
    return parse_status({"MessageSid": SID, "MessageStatus": state, "ErrorCode": code}, outbox_id)


@pytest.mark.parametrize("state", ["accepted", "scheduled", "queued", "sending", "receiving", "of tomorrow", ""])
def test_what_says_nothing_new(state: str) -> None:
    assert reported(state) is None


@pytest.mark.parametrize("state", ["sent", "delivered", "read"])
def test_how_far_it_is(state: str) -> None:
    assert reported(state) == Status(SID, state, 42)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        ("failed", "63016", Status(SID, "failed", 42, "63016", window_closed=True)),
        ("undelivered", "63024", Status(SID, "failed", 42, "63024", "not_on_whatsapp")),
        ("failed", "21610", Status(SID, "failed", 42, "21610", "opted_out")),
        ("undelivered", "63018", Status(SID, "failed", 42, "63018")),
        ("canceled", "", Status(SID, "failed", 42, "canceled")),
    ],
)
def test_why_it_failed(state: str, code: str, expected: Status) -> None:
    assert reported(state, code) == expected


@pytest.mark.parametrize("outbox_id", [None, "", "x", "-1", "١", "9" * 30])
def test_a_number_that_is_none_is_left_out(outbox_id: str | None) -> None:
    assert reported("sent", outbox_id=outbox_id) == Status(SID, "sent")
