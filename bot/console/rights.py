"""Who may do what, as it is asked everywhere: the table of handlers.permissions."""

from __future__ import annotations

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.pages import render
from handlers.permissions import ACTIONS, ROLES, may


async def _page(request: web.Request) -> web.StreamResponse:
    rows = [(sentence, [may(role, action) for role in ROLES]) for action, sentence in ACTIONS.items()]
    return render(request, "rights.html", roles=ROLES, rows=rows)


def routes(_: Console) -> list[Route]:
    return [Route("GET", "/petugas/pengaturan/hak-akses", _page, None)]
