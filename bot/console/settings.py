"""Settings have no page of their own: they begin with the first that the officer may see."""

from __future__ import annotations

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.pages import SETTINGS


async def _first(_: web.Request) -> web.StreamResponse:
    raise web.HTTPSeeOther(SETTINGS[0].path)


def routes(_: Console) -> list[Route]:
    return [Route("GET", "/petugas/pengaturan", _first, None)]
