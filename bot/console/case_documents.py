"""A case on paper: its written reports, and the whole file, as PDF to be looked at, printed or kept."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.case import PATH, number_in_path
from bot.console.console import Console, Route
from bot.console.fields import number_in
from bot.console.guard import actor
from bot.documents.case_file import case_file_pdf
from bot.documents.report import report_pdf
from handlers.access import Actor
from handlers.case_printing import paper, print_file, read_report


def pdf_response(pdf: bytes, name: str) -> web.Response:
    """name: of the file, without its suffix; letters, digits and dashes only."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


class _Documents:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def report(self, request: web.Request) -> web.StreamResponse:
        number, nth = number_in_path(request), number_in(request.match_info["n"]) or 0
        pdf = await asyncio.to_thread(self._report, actor(request), number, nth)
        return pdf_response(pdf, f"{number}-LAP-{nth}")

    def _report(self, who: Actor, number: str, nth: int) -> bytes:
        with self._office.database.reader() as conn:
            written, on = read_report(conn, self._office, who, number, nth), paper(conn, self._office, who)
        return report_pdf(written, on)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """That it was printed stands in the history, and so already in the history that is printed."""
        number = number_in_path(request)
        whole, on = await self._console.writer.run(print_file, self._office, actor(request), number)
        pdf = await asyncio.to_thread(case_file_pdf, whole, on)
        return pdf_response(pdf, f"{whole.file.case.number}-berkas")


def routes(console: Console) -> list[Route]:
    documents = _Documents(console)
    return [
        Route("GET", PATH + r"/laporan/{n:\d{1,5}}.pdf", documents.report, "cases.read"),
        Route("GET", PATH + "/berkas.pdf", documents.file, "cases.read", leaves_a_trace=True),
    ]
