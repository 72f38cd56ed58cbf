"""Puts the console into the application: every page's routes, behind the one guard."""

from __future__ import annotations

from aiohttp import web

from bot.console import (
    account,
    activity,
    calls,
    case,
    case_actions,
    case_documents,
    case_entry,
    cases,
    conversation,
    entry,
    holidays,
    inbox,
    officers,
    profile,
    quotes,
    reminders,
    rights,
    saved_replies,
    settings,
    stream,
)
from bot.console.console import Console, Route
from bot.console.guard import guarded
from bot.console.knowledge import answers, golden, laws, misses, phrases, publication, standard, standards
from bot.console.pages import ASSETS

_PARTS = (
    entry,
    account,
    inbox,
    conversation,
    stream,
    case,
    case_actions,
    cases,
    case_entry,
    calls,
    case_documents,
    reminders,
    settings,
    profile,
    holidays,
    saved_replies,
    quotes,
    standards,
    standard,
    publication,
    phrases,
    misses,
    answers,
    laws,
    golden,
    officers,
    rights,
    activity,
)


def all_routes(console: Console) -> list[Route]:
    """Every address of the console, with what it needs."""
    return [*(route for part in _PARTS for route in part.routes(console)), _asset_route()]


def add_routes(app: web.Application, console: Console) -> None:
    app.add_routes(guarded(console, all_routes(console)))


def _asset_route() -> Route:
    return Route("GET", "/petugas/static/{version}/{name}", _asset, "open")


async def _asset(request: web.Request) -> web.StreamResponse:
    return ASSETS.response(request.match_info["version"], request.match_info["name"])
