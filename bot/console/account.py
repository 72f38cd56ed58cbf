"""An officer's own account: password, second factor, their Telegram, and where they are signed in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from aiohttp import web
from markupsafe import Markup

from bot.console.console import Console, Route
from bot.console.fields import form_text
from bot.console.guard import OWN_PASSWORD, csrf, see_other, signed_in
from bot.console.pages import render
from handlers import accounts, officer_telegram, passwords, second_factor
from handlers.access import NotFoundError
from handlers.account_problems import AccountError
from handlers.accounts import SignedIn
from storage import officers, sessions

OWN = "/petugas/akun"
LONGEST_DRAFT = 500  # characters


@dataclass(frozen=True, slots=True)
class SessionLine:
    token_hash: str
    device: str
    since: datetime
    seen: datetime
    here: bool


TOKEN = f"{OWN}/token.json"


class Account:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await self._page(request)

    async def token(self, request: web.Request) -> web.StreamResponse:
        """Whose session this is, and what its forms carry: for a page that was opened in an earlier one."""
        return web.json_response({"officer": str(signed_in(request).actor.id), "csrf": csrf(request)})

    async def password_page(self, request: web.Request) -> web.StreamResponse:
        return self._password_page(request, {})

    async def set_password(self, request: web.Request) -> web.StreamResponse:
        fields, who = await request.post(), signed_in(request)
        current, new, again = (_password(fields, name) for name in ("current", "password", "again"))
        if new != again:
            return self._password_page(request, {"again": "Tidak sama dengan yang di atas."})
        try:
            await asyncio.to_thread(accounts.set_password, self._office, who, new, current)
        except AccountError as error:
            return self._password_page(request, {error.field: error.sentence})
        return see_other("/petugas" if who.temporary_password else f"{OWN}?tersimpan=sandi")

    async def factor_page(self, request: web.Request) -> web.StreamResponse:
        values = await asyncio.to_thread(self._values, signed_in(request))
        return see_other(OWN) if values["officer"].totp_sealed else self._factor_page(request, "", {})

    async def switch_on(self, request: web.Request) -> web.StreamResponse:
        fields, who = await request.post(), signed_in(request)
        sealed, code = form_text(fields, "rancangan", LONGEST_DRAFT), form_text(fields, "kode", 20)
        try:
            await self._console.writer.run(second_factor.switch_on, self._office, who, sealed, code)
        except AccountError as error:
            if error.problem == "code_on":
                return await self._page(request, {error.field: error.sentence})
            kept = sealed if error.problem == "code_wrong" else ""
            return self._factor_page(request, kept, {"code": error.sentence})
        return see_other(f"{OWN}?tersimpan=kode")

    async def switch_off(self, request: web.Request) -> web.StreamResponse:
        fields, who = await request.post(), signed_in(request)
        try:
            await asyncio.to_thread(second_factor.switch_off, self._office, who, _password(fields, "current"))
        except AccountError as error:
            return await self._page(request, {error.field: error.sentence})
        return see_other(f"{OWN}?tersimpan=tanpa-kode")

    async def offer_telegram(self, request: web.Request) -> web.StreamResponse:
        """A code, shown this once: the database has only its hash."""
        bot = self._console.telegram()
        if bot is None:
            return see_other(f"{OWN}#telegram")
        offer = await self._console.writer.run(officer_telegram.offer, self._office, signed_in(request).actor)
        link = f"https://t.me/{bot}?start={offer.code}" if bot else ""
        picture = segno.make(link, error="m").svg_inline(scale=4, dark="#000", light="#fff") if link else ""
        return render(
            request,
            "telegram_code.html",
            offer=offer,
            bot=bot,
            link=link,
            picture=Markup(picture),  # noqa: S704 - made here, of an address of ours
        )

    async def part_with_telegram(self, request: web.Request) -> web.StreamResponse:
        await self._console.writer.run(officer_telegram.part, self._office, signed_in(request).actor)
        return see_other(f"{OWN}?tersimpan=tanpa-telegram")

    async def end_sessions(self, request: web.Request) -> web.StreamResponse:
        """One of them, or all but this."""
        fields, who = await request.post(), signed_in(request)
        chosen = form_text(fields, "sesi", 64)
        if chosen == "lain":
            await self._console.writer.run(accounts.end_other_sessions, self._office, who)
        elif chosen and chosen != who.token_hash:
            await self._console.writer.run(accounts.end_session, self._office, who, chosen)
        return see_other(f"{OWN}?tersimpan=sesi")

    async def _page(self, request: web.Request, errors: dict[str, str] | None = None) -> web.Response:
        values = await asyncio.to_thread(self._values, signed_in(request))
        saved = _SAVED.get(request.query.get("tersimpan", ""), "") if not errors else ""
        return render(
            request, "account.html", status=422 if errors else 200, errors=errors or {}, saved=saved, **values
        )

    def _values(self, who: SignedIn) -> dict[str, Any]:
        with self._office.database.reader() as conn:
            officer = officers.by_id(conn, who.actor.id)
            open_ = sessions.of_officer(conn, who.actor.id)
            if officer is None:
                raise NotFoundError
            facts = accounts.facts_of(conn, officer)
            telegram_since = officer_telegram.linked_since(conn, officer.id)
            superior = officers.by_id(conn, facts.superior_id) if facts.superior_id else None
            deputy = officers.by_id(conn, facts.deputy_id) if facts.deputy_id else None
        oldest_seen = self._office.clock() - accounts.IDLE
        return {
            "officer": officer,
            "facts": facts,
            "superior": superior,
            "deputy": deputy,
            "telegram": self._console.telegram() is not None,
            "telegram_since": telegram_since,
            "sessions": [
                SessionLine(
                    each.token_hash, each.device, each.created_at, each.seen_at, each.token_hash == who.token_hash
                )
                for each in open_
                if each.expires_at > self._office.clock() and each.seen_at > oldest_seen
            ],
        }

    def _password_page(self, request: web.Request, errors: dict[str, str]) -> web.Response:
        return render(
            request,
            "entry/password.html",
            status=422 if errors else 200,
            errors=errors,
            temporary=signed_in(request).temporary_password,
            shortest=passwords.SHORTEST,
        )

    def _factor_page(self, request: web.Request, sealed: str, errors: dict[str, str]) -> web.Response:
        made = second_factor.draft(self._office, signed_in(request), sealed)
        picture = segno.make(made.address, error="m").svg_inline(scale=5, dark="#000", light="#fff", omitsize=False)
        letters = [made.secret[start : start + 4] for start in range(0, len(made.secret), 4)]
        return render(
            request,
            "entry/second_factor.html",
            status=422 if errors else 200,
            errors=errors,
            draft=made.sealed,
            picture=Markup(picture),  # noqa: S704 - made here, of letters that an address may have
            secret=" ".join(letters),
        )


_SAVED = {
    "sandi": "Kata sandi sudah diganti. Di perangkat lain Anda perlu masuk lagi.",
    "kode": "Kode dari aplikasi sekarang diminta setiap kali Anda masuk.",
    "tanpa-kode": "Kode dari aplikasi tidak diminta lagi.",
    "tanpa-telegram": "Telegram Anda tidak terhubung lagi. Pengingat tetap ada di konsol.",
    "sesi": "Sesi itu sudah diakhiri.",
}


def routes(console: Console) -> list[Route]:
    account = Account(console)
    return [
        Route("GET", OWN, account.page, None),
        Route("GET", TOKEN, account.token, None),
        Route("GET", OWN_PASSWORD, account.password_page, None),
        Route("POST", OWN_PASSWORD, account.set_password, None),
        Route("GET", f"{OWN}/faktor-kedua", account.factor_page, None),
        Route("POST", f"{OWN}/faktor-kedua", account.switch_on, None),
        Route("POST", f"{OWN}/faktor-kedua/matikan", account.switch_off, None),
        Route("POST", f"{OWN}/telegram", account.offer_telegram, None),
        Route("POST", f"{OWN}/telegram/putus", account.part_with_telegram, None),
        Route("POST", f"{OWN}/sesi", account.end_sessions, None),
    ]


def _password(fields: Any, name: str) -> str:
    """As it was typed; one letter too many is enough to see that it is too long."""
    value = fields.get(name, "")
    return value[: passwords.LONGEST + 1] if isinstance(value, str) else ""
