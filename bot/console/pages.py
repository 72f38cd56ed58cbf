"""From values to the console's pages. The guard puts what stands in its keys into the request before a page is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.assets import Assets
from bot.typesetting import OFFICE_TIME, blocks, clock, icon
from handlers.accounts import SignedIn
from handlers.permissions import ROLE_NAMES, Action

SIGNED_IN = web.RequestKey("signed_in", SignedIn)
CSRF = web.RequestKey("csrf", str)
UNSEEN = web.RequestKey("unseen", int)  # reminders that the officer has not read yet
ASSETS = Assets(Path(__file__).with_name("static"), "/petugas/static")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the navigation, shown to those whose role leads there."""

    title: str
    path: str
    icon: str
    needs: Action | None = None


NAVIGATION = (
    Link("Kotak masuk", "/petugas/kotak-masuk", "inbox", "conversations.read"),
    Link("Kasus", "/petugas/kasus", "folder-open", "cases.read"),
    Link("Pengetahuan", "/petugas/pengetahuan", "book-open", "knowledge.read"),
    Link("Pengaturan", "/petugas/pengaturan", "settings"),
)
SETTINGS = (
    Link("Profil kantor", "/petugas/pengaturan/profil", "building-2"),
    Link("Hari libur", "/petugas/pengaturan/libur", "calendar-days"),
    Link("Balasan tersimpan", "/petugas/pengaturan/balasan", "message-square-text", "replies.keep"),
    Link("Petugas", "/petugas/pengaturan/petugas", "users", "officers.keep"),
    Link("Hak akses", "/petugas/pengaturan/hak-akses", "shield-check"),
    Link("Riwayat", "/petugas/pengaturan/riwayat", "history", "activity.read"),
    Link("Akun saya", "/petugas/akun", "circle-user"),
)


def day(at: datetime | date) -> str:
    """`26 Nov 2026`, in the office's time."""
    on = at.astimezone(OFFICE_TIME).date() if isinstance(at, datetime) else at
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def long_day(at: datetime | date) -> str:
    """`Kamis, 26 Nov 2026`."""
    on = at.astimezone(OFFICE_TIME).date() if isinstance(at, datetime) else at
    return f"{DAYS[on.weekday()]}, {day(on)}"


def moment(at: datetime) -> str:
    """`26 Nov 2026 14.05`."""
    return f"{day(at)} {clock(at)}"


_environment = Environment(
    loader=PackageLoader("bot.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(icon=icon, assets=ASSETS.url, role_names=ROLE_NAMES)
_environment.filters.update(blocks=blocks, clock=clock, day=day, long_day=long_day, moment=moment)


def render(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page or a fragment of one, with what every page knows: who is signed in, and where the links lead."""
    return web.Response(
        text=text_of(request, template, **values), content_type="text/html", charset="utf-8", status=status
    )


def text_of(request: web.Request, template: str, **values: Any) -> str:
    """The same as text, for a fragment inside an answer of another kind."""
    return _environment.get_template(template).render(**_common(request), **values)


def _common(request: web.Request) -> Mapping[str, Any]:
    signed_in = request.get(SIGNED_IN)
    actor = signed_in.actor if signed_in else None
    return {
        "actor": actor,
        "may": actor.may if actor else lambda _: False,
        "csrf": request.get(CSRF, ""),
        "unseen": request.get(UNSEEN, 0),
        "path": request.path,
        "navigation": _open_to(actor, NAVIGATION),
        "settings": _open_to(actor, SETTINGS),
    }


def _open_to(actor: Any, links: tuple[Link, ...]) -> list[Link]:
    return [link for link in links if actor and (link.needs is None or actor.may(link.needs))]
