"""The receipt of a report that came by another way than a chat: to be handed over at the counter, or sent by letter."""

from __future__ import annotations

from collections.abc import Sequence

from bot.documents.document import Document, Node, code, facts, heading, note, prose, signature, to_pdf
from handlers.case_printing import Paper, Person
from handlers.messages import Line

_BULLET, _NUMBER, _CODE = "• ", "Nomor: ", "Kode akses: "
_CLOSING = "Tanda terima ini dibuat untuk pelapor."


def receipt_pdf(
    lines: Sequence[Line], number: str, paper: Paper, *, officer: Person | None = None, chat_url: str | None = None
) -> bytes:
    """The very lines of the receipt, set as a document.

    Args:
        lines: of `handlers.case_entry.Registered.receipt`. The access code stands in them, and nowhere else.
        officer: who recorded it, and signs.
        chat_url: the public address of the web chat, where there is one.
    """
    title = next((line.text for line in lines if line.style == "strong"), "Laporan sudah dicatat")
    recorded = [line.text.removeprefix(_BULLET).partition(": ") for line in lines if line.text.startswith(_BULLET)]
    said = [line.text for line in lines[1:] if not line.text.startswith((_BULLET, _NUMBER, _CODE))]
    parts: list[Node] = [
        heading("Yang kami catat"),
        facts([(name, value) for name, _, value in recorded]),
        heading("Selanjutnya"),
        prose("\n\n".join(filter(None, said))),
    ]
    for line in lines:
        if line.text.startswith(_CODE):
            parts += [code("Kode akses", line.text.removeprefix(_CODE)), prose(_how_to_ask(number, chat_url))]
    parts.append(note("Harap simpan lembar ini dengan baik. Siapa yang memegangnya dapat melihat status laporan ini."))
    if officer:
        parts.append(signature(_CLOSING, officer, paper.at))
    return to_pdf(Document(f"Tanda terima {_kind(title)}", number, parts, f"Tanda terima {number}"), paper)


def _kind(title: str) -> str:
    """`Pengaduan sudah dicatat` is a receipt of a `pengaduan`."""
    return title.removesuffix(" sudah dicatat")


def _how_to_ask(number: str, chat_url: str | None) -> str:
    where = f"WhatsApp pengaduan kami atau obrolan web di {chat_url}" if chat_url else "WhatsApp pengaduan kami"
    return f"Cara menanyakan status: kirim “status {number}” beserta kode akses di atas lewat {where}."
