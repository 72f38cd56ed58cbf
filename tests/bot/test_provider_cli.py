"""`pasti telegram webhook` and `pasti whatsapp templates`, against peers that play the providers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.channels.whatsapp_templates import every_template
from bot.settings import Settings
from tests.bot.connected import PUBLIC_URL, WEBHOOK_SECRET, connected, settings_for
from tests.bot.serving import environment
from tests.peers.faults import Garbage, Refusal
from tests.peers.telegram import TOKEN, TelegramPeer
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioPeer

SOON = 20.0


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


async def pasti(*words: str, **settings: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    result = await asyncio.to_thread(CliRunner().invoke, app, words, env=settings)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


async def test_the_webhook_is_set_shown_and_deleted() -> None:
    async with TelegramPeer() as peer:
        settings = {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": peer.url,
            "TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "PUBLIC_URL": PUBLIC_URL,
        }
        assert json.loads((await pasti("telegram", "webhook", "show", "--json", **settings))[1])["url"] == ""
        code, out, _ = await pasti("telegram", "webhook", "set", **settings)
        assert (code, f"{PUBLIC_URL}/webhooks/telegram" in out) == (0, True)
        shown = json.loads((await pasti("telegram", "webhook", "show", "--json", **settings))[1])
        assert (shown["url"], shown["as_wanted"]) == (f"{PUBLIC_URL}/webhooks/telegram", True)
        assert peer.deliveries.webhook.secret_token == WEBHOOK_SECRET
        assert (await pasti("telegram", "webhook", "delete", **settings))[0] == 0
        assert peer.deliveries.webhook.url == ""
        code, _, err = await pasti("telegram", "webhook", "show", **settings | {"TELEGRAM_TOKEN": "1:wrong"})
        assert (code, "@BotFather" in err, "1:wrong" in err) == (1, True, False)


async def test_what_the_webhook_needs_is_said() -> None:
    for settings, said in (
        ({}, "PUBLIC_URL is not set"),
        ({"PUBLIC_URL": PUBLIC_URL}, "TELEGRAM_WEBHOOK_SECRET is not set"),
        ({"PUBLIC_URL": "http://pasti.example", "TELEGRAM_WEBHOOK_SECRET": "a"}, "https:// addresses only"),
        ({"PUBLIC_URL": PUBLIC_URL, "TELEGRAM_WEBHOOK_SECRET": "a"}, "TELEGRAM_TOKEN is not set"),
    ):
        code, _, err = await pasti("telegram", "webhook", "set", **settings)
        assert (code, said in err) == (1, True), err


async def test_what_telegram_makes_of_it_is_a_sentence() -> None:
    async with TelegramPeer() as peer:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": peer.url}
        peer.fault("getWebhookInfo", Garbage(b'{"ok": true, "result": 5}'))
        peer.fault(
            "setWebhook", Refusal(400, "Bad Request: bad webhook: Webhook can be set up only on ports 443 or 80")
        )
        code, _, err = await pasti("telegram", "webhook", "show", **settings)
        assert (code, "Is there a network?" in err, TOKEN in err) == (1, True, False)
        wanted = {"PUBLIC_URL": f"{PUBLIC_URL}:8081", "TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET}
        code, _, err = await pasti("telegram", "webhook", "set", **settings, **wanted)
        assert (code, "can be set up only on ports" in " ".join(err.split()), "Check PUBLIC_URL" in err) == (
            1,
            True,
            True,
        )


async def test_templates_are_pushed_once_and_listed_and_used(tmp_path: Path) -> None:
    async with TwilioPeer() as peer:
        settings = {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": peer.url,
            "DATABASE_URL": settings_for(tmp_path, peer, None, "polling").database_url,
        }
        pushed = await templates("push", settings)
        assert await templates("push", settings) == pushed
        assert len(peer.content.templates) == len(pushed) == len(every_template())
        for row in pushed:
            if row["status"]:
                peer.content.approve(row["sid"])
        listed = await templates("list", settings)
        assert [row["name"] for row in listed if row["status"] == "approved"] == [
            "pasti_answer_ready", "pasti_case_update", "pasti_officer_reply", "pasti_survey",
        ]  # fmt: skip

        async with connected(tmp_path, twilio=peer):
            citizen = peer.citizen("+6281200000001", "Yayat")
            citizen.text("brp biaya izin mobil desa?")
            answer = await citizen.reads(SOON)
            assert answer.buttons == ["Lama proses", "Persyaratan", "Kurang tepat"]
            assert "1. Lama proses" not in answer.body
            citizen.press("Lama proses")
            assert "7 hari kerja" in (await citizen.reads(SOON)).body
            citizen.text("menu")
            menu = await citizen.reads(SOON)
            assert len(menu.buttons) == 4
            citizen.pick(menu.buttons[1])
            assert "Apa yang terjadi?" in (await citizen.reads(SOON)).body


async def templates(verb: str, settings: dict[str, str]) -> list[dict[str, Any]]:
    code, out, err = await pasti("whatsapp", "templates", verb, "--json", **settings)
    assert code == 0, err
    rows: list[dict[str, Any]] = json.loads(out)
    return rows


async def test_a_wrong_password_is_a_sentence() -> None:
    async with TwilioPeer() as peer:
        wrong = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": "wrong", "TWILIO_API_URL": peer.url}
        code, _, err = await pasti("whatsapp", "templates", "push", **wrong)
        assert (code, "check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN" in err) == (1, True)
        code, _, err = await pasti("whatsapp", "templates", "push")
        assert (code, "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN" in err) == (1, True)
