"""The anonymous visitor: 128 random bits in a signed cookie that is forgotten after a quiet while."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from itsdangerous import BadSignature, TimestampSigner

from handlers.messages import Address

COOKIE = "pasti_visitor"
QUIET = timedelta(hours=2)  # without a page or a message from the visitor


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor whose cookie was found good, or one just made."""

    address: Address
    until: datetime  # when the cookie that was shown runs out
    new: bool = False

    @property
    def conversation(self) -> str:
        """Tells a page that was left open whose conversation it shows, without giving the visitor away."""
        return hashlib.sha256(self.address.user.encode()).hexdigest()[:12]


class Visitors:
    """Makes, recognises and forgets visitors. Nothing is kept on the server."""

    def __init__(self, secret: str, *, secure: bool, now: Callable[[], datetime]) -> None:
        self._signer = _Signer(secret, now)
        self._secure = secure
        self._now = now

    def known(self, request: web.Request) -> Visit | None:
        """The visitor of this request; None without a cookie, with a forged one, and after the quiet while."""
        try:
            signed = request.cookies[COOKIE]
            visitor, at = self._signer.unsign(signed, max_age=int(QUIET.total_seconds()), return_timestamp=True)
        except (KeyError, BadSignature):
            return None
        return Visit(Address("web", visitor.decode()), at + QUIET)

    def new(self) -> Visit:
        return Visit(Address("web", secrets.token_urlsafe(16)), self._now() + QUIET, new=True)

    def remember(self, response: web.StreamResponse, visit: Visit) -> None:
        """Give the visitor a fresh cookie: the quiet while starts again."""
        response.set_cookie(
            COOKIE,
            self._signer.sign(visit.address.user).decode(),
            max_age=int(QUIET.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=self._secure,
        )

    def forget(self, response: web.StreamResponse) -> None:
        response.del_cookie(COOKIE, httponly=True, samesite="Lax", secure=self._secure)


class _Signer(TimestampSigner):
    """A signer on the clock of the program."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        super().__init__(secret, salt="bot.webchat.visitor")
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now().timestamp())
