"""What `pasti doctor` learns from the providers, played by peers over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from bot.doctor import providers
from bot.doctor.examination import examine
from bot.doctor.findings import Finding
from bot.doctor.providers import SANDBOX, check_providers
from bot.settings import Settings
from handlers.office import now
from tests.bot.kept_offices import working
from tests.peers.bot_in_test import BotApiClient
from tests.peers.faults import BadGateway, Garbage, Hang, Refusal
from tests.peers.telegram import TOKEN, TelegramPeer
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioPeer
from tests.postgresql import UNSAFE

PUBLIC_URL = "https://pasti.example"
TEMPLATES = dict.fromkeys(("case_update", "answer_ready", "officer_reply", "survey"), "HX1")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer() as peer:
        yield peer


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer() as peer:
        yield peer


def by_telegram(peer: TelegramPeer, folder: Path, **more: object) -> Settings:
    values = {"data_dir": folder, "telegram_token": TOKEN, "telegram_api_url": peer.url, **more}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def by_webhook(peer: TelegramPeer, folder: Path) -> Settings:
    return by_telegram(peer, folder, telegram_mode="webhook", telegram_webhook_secret="invented", public_url=PUBLIC_URL)


def by_twilio(peer: TwilioPeer, folder: Path, **more: object) -> Settings:
    values = {
        "data_dir": folder,
        "public_url": PUBLIC_URL,
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": AUTH_TOKEN,
        "twilio_whatsapp_from": SENDER,
        "twilio_api_url": peer.url,
        "twilio_templates": TEMPLATES,
        **more,
    }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def lines(findings: list[Finding]) -> list[str]:
    """What is not in order."""
    assert not any(secret in json.dumps([asdict(f) for f in findings]) for secret in (TOKEN, AUTH_TOKEN))
    return [f"{f.state}: {f.area}: {f.what}" for f in findings if f.state != "ok"]


async def troubles(settings: Settings) -> list[str]:
    return lines(await check_providers(settings, now))


async def test_both_in_order(telegram: TelegramPeer, twilio: TwilioPeer, tmp_path: Path) -> None:
    with working(tmp_path / "data") as office:
        more = {"telegram_token": TOKEN, "telegram_api_url": telegram.url, "database_url": office.url}
        settings = by_twilio(twilio, office.folder, **more)
        findings = await examine(settings, now)
    assert [line for line in lines(findings) if "calendar" not in line and UNSAFE not in line] == []
    ok = [f"{finding.area}: {finding.what}" for finding in findings]
    assert "WhatsApp: Twilio knows the account" in ok
    assert "clock: agrees with the providers'" in ok
    assert any(line.startswith("Telegram: knows @") and line.endswith("by polling") for line in ok)


async def test_a_token_that_was_revoked(telegram: TelegramPeer, tmp_path: Path) -> None:
    settings = by_telegram(telegram, tmp_path, telegram_token="700000001:REVOKED")
    [line] = await troubles(settings)
    assert line == "wrong: Telegram: refuses the token"


async def test_where_telegram_calls(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        bot = BotApiClient(session, telegram.url, TOKEN)
        assert await troubles(by_telegram(telegram, tmp_path)) == []
        assert await troubles(by_webhook(telegram, tmp_path)) == ["wrong: Telegram: no webhook is registered"]
        await bot.ok("setWebhook", url=f"{PUBLIC_URL}/webhooks/telegram")
        assert await troubles(by_webhook(telegram, tmp_path)) == []
        assert await troubles(by_telegram(telegram, tmp_path)) == [
            "wrong: Telegram: a webhook is registered, so it refuses polling"
        ]
        await bot.ok("setWebhook", url="https://elsewhere.example/")
        assert await troubles(by_webhook(telegram, tmp_path)) == [
            "wrong: Telegram: another webhook is registered than ours"
        ]


async def test_updates_that_wait_and_calls_that_failed(
    telegram: TelegramPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "BEHIND", 2)
    citizen = telegram.citizen(5001)
    for number in range(3):
        citizen.text(f"halo {number}")
    assert await troubles(by_telegram(telegram, tmp_path)) == ["warning: Telegram: 3 updates wait there"]
    telegram.deliveries.webhook.url = f"{PUBLIC_URL}/webhooks/telegram"
    telegram.deliveries.webhook.last_error = {"last_error_message": "Wrong response from the webhook: 502"}
    failed = "warning: Telegram: its last call of us failed: Wrong response from the webhook: 502"
    assert failed in await troubles(by_webhook(telegram, tmp_path))
    telegram.deliveries.webhook.last_error["last_error_date"] = int((now() - timedelta(days=1)).timestamp())
    assert failed not in await troubles(by_webhook(telegram, tmp_path))


async def test_an_account_that_twilio_does_not_know(twilio: TwilioPeer, tmp_path: Path) -> None:
    refused = ["wrong: WhatsApp: Twilio refuses the account or its token"]
    assert await troubles(by_twilio(twilio, tmp_path, twilio_auth_token="another")) == refused
    assert await troubles(by_twilio(twilio, tmp_path, twilio_account_sid="AC0")) == refused


@pytest.mark.parametrize(
    ("account", "line"),
    [
        ({"status": "suspended", "type": "Full"}, "wrong: WhatsApp: Twilio's account is suspended"),
        (
            {"status": "active", "type": "Trial"},
            "warning: WhatsApp: Twilio's account is one for trying out: it reaches only verified numbers",
        ),
    ],
)
async def test_an_account_that_is_not_quite_in_order(
    twilio: TwilioPeer, tmp_path: Path, account: dict[str, str], line: str
) -> None:
    twilio.fault("fetchAccount", Garbage(json.dumps(account).encode()))
    assert await troubles(by_twilio(twilio, tmp_path)) == [line]


async def test_a_sender_that_cannot_be_right(twilio: TwilioPeer, tmp_path: Path) -> None:
    [sandbox] = await troubles(by_twilio(twilio, tmp_path, twilio_whatsapp_from=SANDBOX))
    assert "sandbox" in sandbox
    [invalid] = await troubles(by_twilio(twilio, tmp_path, twilio_whatsapp_from="+620000000000"))
    assert invalid == "warning: WhatsApp: TWILIO_WHATSAPP_FROM is no number in use"


async def test_templates_that_are_missing_or_not_approved(twilio: TwilioPeer, tmp_path: Path) -> None:
    with working(tmp_path / "data") as office:
        settings = by_twilio(twilio, office.folder, database_url=office.url, twilio_templates={"survey": "HX1"})
        assert await troubles(settings) == [
            "warning: WhatsApp: no approved template for case_update, answer_ready, officer_reply"
        ]
        with office.office.database.transaction() as tx:
            for name, status in (
                ("case_update", "approved"),
                ("answer_ready", "approved"),
                ("officer_reply", "pending"),
            ):
                kept = text("INSERT INTO content_templates VALUES (:name, 'HX1', 'd', :status, '2026-01-01')")
                tx.execute(kept, {"name": f"pasti_{name}", "status": status})
        assert await troubles(settings) == ["warning: WhatsApp: no approved template for officer_reply"]


@pytest.mark.parametrize("fault", [Hang(), BadGateway(), Garbage(b"[1]"), Refusal(503, "Later")])
async def test_providers_that_do_not_answer(
    telegram: TelegramPeer,
    twilio: TwilioPeer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Hang | BadGateway,
) -> None:
    monkeypatch.setattr(providers, "PATIENCE", 0.3)
    telegram.fault(None, fault, times=None)
    twilio.fault(None, fault, times=None)
    settings = by_twilio(twilio, tmp_path, telegram_token=TOKEN, telegram_api_url=telegram.url)
    found = await check_providers(settings, now)
    assert [line.partition(" (")[0] for line in lines(found)] == [
        "wrong: Telegram: does not answer",
        "wrong: WhatsApp: does not answer",
    ]


async def test_no_network_at_all(telegram: TelegramPeer, twilio: TwilioPeer, tmp_path: Path) -> None:
    settings = by_twilio(twilio, tmp_path, telegram_token=TOKEN, telegram_api_url=telegram.url)
    async with telegram.down(), twilio.down():
        found = await check_providers(settings, now)
    assert [line.partition(" (")[2] for line in lines(found)] == ["ClientConnectorError)"] * 2
    assert found[-1].what.startswith("not compared")


@pytest.mark.parametrize(
    ("ahead", "line"),
    [
        (timedelta(seconds=90), "warning: clock: 90 seconds ahead of the providers' clocks"),
        (timedelta(minutes=-20), "wrong: clock: 20 minutes behind the providers' clocks"),
    ],
)
async def test_a_clock_that_is_off(twilio: TwilioPeer, tmp_path: Path, ahead: timedelta, line: str) -> None:
    found = lines(await check_providers(by_twilio(twilio, tmp_path), lambda: now() + ahead))
    [said] = [each for each in found if "clock" in each]
    assert re.sub(r"\b(89|91)\b", "90", said) == line  # the answer took its time, and Date has whole seconds
