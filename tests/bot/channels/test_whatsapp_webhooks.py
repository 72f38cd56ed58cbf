"""Twilio's two webhooks over loopback HTTP: what is signed is kept, anything else changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from bot.channels.channel import NotKeptError
from bot.channels.twilio_signature import signature
from bot.channels.whatsapp_webhooks import MESSAGES, STATUSES, Webhooks, read_form
from handlers.messages import Inbound
from handlers.parcels import Status
from storage.database import DatabaseUnavailableError

TOKEN, ACCOUNT, PUBLIC = "invented", "AC1", "https://pasti.example/whatsapp"
NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
FIELDS = [("MessageSid", "SM1"), ("AccountSid", ACCOUNT), ("From", "whatsapp:+6281200000001"), ("Body", "biaya 29102")]


@dataclass
class Office:
    """What is behind the webhooks, and the address at which they listen."""

    url: str = ""
    kept: list[Inbound] = field(default_factory=list)
    reports: list[Status] = field(default_factory=list)
    rejected: int = 0
    away: bool = False

    async def accept(self, inbound: Inbound) -> None:
        if self.away:
            raise NotKeptError
        self.kept.append(inbound)

    async def report(self, statuses: Sequence[Status]) -> None:
        if self.away:
            raise DatabaseUnavailableError("away")
        self.reports += statuses

    def reject(self) -> None:
        self.rejected += 1

    async def post(
        self,
        fields: Sequence[tuple[str, str]] = FIELDS,
        path: str = MESSAGES,
        *,
        body: bytes | None = None,
        signed: str | None = "",
        content_type: str = "application/x-www-form-urlencoded",
    ) -> tuple[int, str]:
        """Status and words of the answer. signed: the signature, empty for the right one, None for none."""
        given = signature(TOKEN, PUBLIC + path, MultiDict(fields)) if signed == "" else signed
        headers = {"Content-Type": content_type} | ({"X-Twilio-Signature": given} if given is not None else {})
        data = urlencode(fields).encode() if body is None else body
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + path, data=data, headers=headers) as answer,
        ):
            return answer.status, await answer.text()


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    office = Office()
    app = web.Application(client_max_size=1024 * 1024)
    webhooks = Webhooks(
        token=TOKEN,
        account_sid=ACCOUNT,
        public_url=PUBLIC,
        accept=office.accept,
        report=office.report,
        rejected=office.reject,
        now=lambda: NOW,
    )
    webhooks.add_to(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    office.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield office
    await runner.cleanup()


async def test_a_message_is_kept_and_answered_with_nothing_to_say(office: Office) -> None:
    status, words = await office.post()
    assert (status, words) == (200, '<?xml version="1.0" encoding="UTF-8"?><Response/>')
    assert [(each.external_id, each.text, each.received_at) for each in office.kept] == [("SM1", "biaya 29102", NOW)]


@pytest.mark.parametrize(
    "more", [[("Tomorrow", "é & =%"), ("ProfileName", "")], [("Twice", "b"), ("Twice", "a"), ("Twice", "b")]]
)
async def test_every_field_is_signed_also_new_empty_and_repeated_ones(
    office: Office, more: list[tuple[str, str]]
) -> None:
    assert (await office.post([*FIELDS, *more]))[0] == 200
    assert (await office.post([*FIELDS, *more], signed=signature(TOKEN, PUBLIC + MESSAGES, MultiDict(FIELDS))))[
        0
    ] == 403
    assert len(office.kept) == office.rejected == 1


@pytest.mark.parametrize("path", [MESSAGES, f"{STATUSES}?id=7"])
@pytest.mark.parametrize("signed", [None, "x", "é", signature("another", PUBLIC + MESSAGES, MultiDict(FIELDS))])
async def test_what_is_not_signed_is_not_read(office: Office, path: str, signed: str | None) -> None:
    status, words = await office.post(path=path, signed=signed)
    assert (status, words) == (403, "The signature is not Twilio's.")
    assert (office.kept, office.reports, office.rejected) == ([], [], 1)


async def test_the_signature_of_another_address_is_none(office: Office) -> None:
    elsewhere = signature(TOKEN, PUBLIC + STATUSES, MultiDict(FIELDS))
    assert (await office.post(signed=elsewhere))[0] == 403
    assert (await office.post(path=f"{STATUSES}?id=8", signed=elsewhere))[0] == 403


async def test_another_account_is_not_ours(office: Office) -> None:
    fields = [(name, "AC2" if name == "AccountSid" else value) for name, value in FIELDS]
    assert (await office.post(fields))[0] == 403
    assert (office.kept, office.rejected) == ([], 1)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"Body=\xff\xfe%ff", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\nhalf a part", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"Body=halo", "application/x-www-form-urlencoded; charset=of-tomorrow"),
    ],
)
async def test_what_is_no_form_is_not_signed(office: Office, body: bytes, content_type: str) -> None:
    assert (await office.post(body=body, content_type=content_type))[0] == 403


async def test_a_message_without_a_name_or_a_sender_is_refused(office: Office) -> None:
    assert (await office.post(FIELDS[1:]))[0] == 400
    assert (await office.post([*FIELDS[:2], *FIELDS[3:]]))[0] == 400
    assert office.kept == []


async def test_what_could_not_be_kept_is_not_acknowledged(office: Office) -> None:
    office.away = True
    assert (await office.post())[0] == 503
    assert (await office.post([*FIELDS, ("MessageStatus", "read")], f"{STATUSES}?id=7"))[0] == 503


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(texts, texts)))
def test_a_form_is_read_as_it_was_filled_in(fields: list[tuple[str, str]]) -> None:
    assert list(read_form(urlencode(fields).encode()).items()) == fields


@given(st.binary(max_size=200) | st.text("ab%&=+;#?0fé", max_size=40).map(str.encode))
def test_whatever_comes_is_read_as_urllib_reads_it(body: bytes) -> None:
    assert list(read_form(body).items()) == parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


@pytest.mark.parametrize(
    ("query", "fields", "expected"),
    [
        ("?id=7", [("MessageStatus", "delivered")], [Status("SM1", "delivered", 7)]),
        ("", [("MessageStatus", "read")], [Status("SM1", "read")]),
        ("?id=x", [("MessageStatus", "sending")], []),
        (
            "?id=7",
            [("MessageStatus", "failed"), ("ErrorCode", "63016")],
            [Status("SM1", "failed", 7, "63016", window_closed=True)],
        ),
    ],
)
async def test_a_report_is_passed_on(
    office: Office, query: str, fields: list[tuple[str, str]], expected: list[Status]
) -> None:
    status, _ = await office.post([*FIELDS[:2], *fields], STATUSES + query)
    assert (status, office.reports) == (204, expected)
