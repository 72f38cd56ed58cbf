"""A town whose officers keep what PASTI knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from handlers.messages import Address, Inbound
from knowledge.search import key
from tests.bot.console.visitors import Town, Visitor, open_town

ROOT = "/petugas/pengetahuan"


@dataclass
class Keeping:
    """A town, an officer and a head who keep its knowledge, and its one standard."""

    town: Town
    officer: Visitor
    head: Visitor

    @property
    def standard(self) -> str:
        with self.town.program.pasti.office.database.reader() as conn:
            entry = self.town.program.pasti.office.library.current(conn).catalogue.published[0]
        return f"{ROOT}/standar/{key(entry)}"

    async def says(self, text: str, user: str = "w1") -> str:
        """What a citizen is answered."""
        pasti = self.town.program.pasti
        inbound = Inbound(Address("web", user), f"{user}{text}{pasti.office.new_id()}", pasti.office.clock(), text)
        decision = await pasti.intake.take(inbound)
        return "\n".join(reply.text for reply in decision.replies)


@asynccontextmanager
async def open_keeping(folder: Path) -> AsyncIterator[Keeping]:
    async with open_town(folder) as town:
        yield Keeping(town, await town.entered("rina"), await town.entered("tuti", "head"))
