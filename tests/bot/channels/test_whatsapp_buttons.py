"""Buttons of WhatsApp from end to end: shown where templates were pushed, pressed, and remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import open_office
from bot.channels.whatsapp_templates import every_template
from storage import content_templates
from storage.content_templates import ContentTemplateRow
from tests.bot.connected import SECRET, Connected, connected, settings_for
from tests.peers.faults import Refusal
from tests.peers.twilio import TwilioPeer

SOON = 20.0
CITIZEN = "+6281200000001"


@asynccontextmanager
async def with_templates(folder: Path, twilio: TwilioPeer) -> AsyncIterator[Connected]:
    """The whole program, as it is after `pasti whatsapp templates push`."""
    office = open_office(settings_for(folder, twilio, None, "polling").database_url, SECRET, shipped=True)
    with office.database.transaction() as tx:
        for template in every_template():
            sid = twilio.content.answer("POST", [], template.body, {})[1]["sid"]
            content_templates.put(tx, ContentTemplateRow(template.name, sid, template.digest, "", office.clock()))
    office.database.close()
    async with connected(folder, twilio=twilio) as program:
        yield program


async def test_a_press_is_understood_and_the_menu_is_not_said_twice(tmp_path: Path) -> None:
    async with TwilioPeer() as twilio, with_templates(tmp_path, twilio):
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        answer = await citizen.reads(SOON)
        assert answer.buttons == ["Lama proses", "Persyaratan", "Kurang tepat"]
        assert "1. Lama proses" not in answer.body
        citizen.press("Lama proses")
        assert "> 7 hari kerja" in (await citizen.reads(SOON)).body


async def test_a_number_chooses_where_buttons_are_shown_too(tmp_path: Path) -> None:
    async with TwilioPeer() as twilio, with_templates(tmp_path, twilio):
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        citizen.text("1")
        assert "> 7 hari kerja" in (await citizen.reads(SOON)).body


async def test_a_press_brings_back_the_position_of_its_message(tmp_path: Path) -> None:
    async with TwilioPeer() as twilio, with_templates(tmp_path, twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        answer = await citizen.reads(SOON)
        [sent] = program.rows("outbox")
        assert answer.action("Lama proses")["id"] == f"ask:3#{sent['position']}"
        citizen.press("Lama proses")
        await citizen.reads(SOON)
        assert program.rows("inbox")[-1]["payload"] == "ask:3"


async def test_without_its_template_the_answer_comes_with_numbers(tmp_path: Path) -> None:
    async with TwilioPeer() as twilio, with_templates(tmp_path, twilio) as program:
        twilio.fault("createMessage", Refusal(400, "no", 21655))
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        answer = await citizen.reads(SOON)
        assert answer.buttons == []
        assert answer.body.endswith("\n1. Lama proses\n2. Persyaratan\n3. Kurang tepat")
        assert len(program.rows("outbox")) == 1
