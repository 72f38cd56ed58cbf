"""Printed pages as a reader sees them: their words, read back from the PDF."""

from __future__ import annotations

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """The text of each page, blanks and line breaks as one blank."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_text(page) for page in document]
    finally:
        document.close()


def words(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def _text(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return " ".join(str(text.get_text_bounded()).split())
    finally:
        text.close()
        page.close()
