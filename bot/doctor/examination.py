"""All checks, in the order in which one would mend them."""

from __future__ import annotations

from bot.doctor.findings import Clock, Finding
from bot.doctor.machine import check_folder, check_settings, check_spool
from bot.doctor.office import check_office
from bot.doctor.providers import check_providers
from bot.settings import Settings


async def examine(settings: Settings, now: Clock) -> list[Finding]:
    """Works with everything off, without a database, and without a network."""
    findings = [*check_settings(settings), *check_folder(settings.data_dir, now())]
    findings += check_office(settings, now())
    findings += check_spool(settings.data_dir, now())
    return [*findings, *await check_providers(settings, now)]
