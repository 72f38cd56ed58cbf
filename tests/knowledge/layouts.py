"""The layouts in which scans of standards come: tabs, Markdown pipes, HTML tables, plain text.

The second implementation of the format: it writes what `knowledge.ingest` reads, and shares no code with it.
"""

from __future__ import annotations

import html
import random
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.knowledge.invented import Invented, letter

NAMES = (
    "Persyaratan",
    "Sistem, Mekanisme dan Prosedur",
    "Jangka Waktu Penyelesaian",
    "Biaya/Tarif",
    "Produk Layanan",
    "Penanganan Pengaduan, Saran dan Masukan",
    "Dasar Hukum",
    "Sarana, Prasarana, dan Fasilitas",
    "Kompetensi Pelaksana",
    "Pengawasan Internal",
    "Jumlah Pelaksana",
    "Jaminan Pelayanan",
    "Jaminan Keamanan dan Keselamatan Pelayanan",
    "Evaluasi Kinerja Pelaksana",
)
PART_A = "Proses Penyampaian Pelayanan (Service Delivery) meliputi:"
PART_B = "Proses Pengelolaan Pelayanan di Internal Organisasi (Manufacturing) meliputi:"


# --- the text of a cell ---


def _is_listed(line: str) -> bool:
    return line.split(" ", 1)[0] in {f"{n}{s}" for n in range(1, 60) for s in ".)"} | {letter(n) for n in range(1, 27)}


def cell_lists(lines: Sequence[str], rng: random.Random) -> str:
    """Runs of items as <ol> or <ul>, the rest bare or in <p>."""
    parts: list[str] = []
    run: list[str] = []
    tag = rng.choice(('ol style="list-style-type: none"', "ol", "ul"))

    def close() -> None:
        if run:
            parts.append(f"<{tag}> {' '.join(f'<li>{item}</li>' for item in run)} </{tag.split()[0]}>")
            run.clear()

    for line in lines:
        if _is_listed(line):
            run.append(html.escape(line, quote=False))
        else:
            close()
            parts.append(
                f"<p>{html.escape(line, quote=False)}</p>"
                if parts or rng.random() < 0.5
                else html.escape(line, quote=False)
            )
    close()
    return " ".join(parts)


def cell_paragraphs(lines: Sequence[str], rng: random.Random) -> str:
    return " ".join(f"<p>{line}</p>" for line in lines)


def cell_breaks(lines: Sequence[str], rng: random.Random) -> str:
    return rng.choice(("<br>", "<br/>", " <br /> ")).join(lines)


def cell_nested(lines: Sequence[str], rng: random.Random) -> str:
    """Lists inside of items, indented over many lines."""
    out, open_kinds = "", list[str]()
    for line in lines:
        kind = _kind(line)
        if not kind:
            out += "</li></ol>" * len(open_kinds) + f"<p>{line}</p>"
            open_kinds = []
            continue
        if kind in open_kinds:
            while open_kinds[-1] != kind:
                out += "</li>\n</ol>"
                open_kinds.pop()
            out += "</li>\n"
        else:
            out += "\n<ol>\n"
            open_kinds.append(kind)
        out += f"{'  ' * len(open_kinds)}<li>{line}"
    return out + "</li></ol>" * len(open_kinds)


def _kind(line: str) -> str:
    marker = line.split(" ", 1)[0]
    known = {"A.", "B."} | {letter(n) for n in range(1, 27)} | {f"{n}{s}" for n in range(1, 60) for s in ".)"}
    return re.sub(r"\d+", "1", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", marker))) if marker in known else ""


def cell_wide(lines: Sequence[str], rng: random.Random) -> str:
    """One paragraph in which only double blanks part the items."""
    return f"<p>{'  '.join(lines)}</p>"


CELLS = {
    "lists": cell_lists,
    "paragraphs": cell_paragraphs,
    "breaks": cell_breaks,
    "wide": cell_wide,
    "nested": cell_nested,
}
Cell = Callable[[Sequence[str], random.Random], str]


# --- the rows of a table ---


@dataclass(frozen=True)
class Style:
    """How a scan of the standards looks."""

    cell: Cell = cell_lists
    breaks: float = 0.3  # how probably a page ends inside or after a row
    shuffled: bool = False  # rows in another order
    restarted: bool = False  # numbers begin anew in part B
    parts: bool = True
    head: tuple[str, str, str] = ("NO", "KOMPONEN", "URAIAN")
    names: tuple[str, ...] = NAMES
    heading: str = "**{}**"  # around the heading
    colon: str = ": "


Row = tuple[str, str, str]


def pages(standard: Invented, style: Style, rng: random.Random) -> list[list[Row]]:
    """The rows of a standard page by page, the head on each; a cell may be cut between any two words."""
    rows: list[list[Row]] = [[style.head]]
    numbers = list(standard.components)
    if style.shuffled:
        rng.shuffle(numbers)
    in_part_b = False
    for position, number in enumerate(numbers):
        if style.parts and not style.shuffled and position == 0:
            rows[-1].append(("<b>A.</b>", f"<b>{PART_A}</b>", ""))
        if style.parts and not style.shuffled and number > 6 and not in_part_b:
            in_part_b = True
            rows[-1].append(("B.", PART_B, ""))
        shown = number - 6 if style.restarted and number > 6 else number
        before, after = list(standard.components[number]), list[str]()
        cut = rng.random() < style.breaks
        if cut:
            before, after = _cut(before, rng)
        rows[-1].append((str(shown), style.names[number - 1], style.colon + style.cell(before, rng)))
        if cut or rng.random() < style.breaks / 3:
            rows.append([style.head])
        if after:
            rows[-1].append(("", "", style.cell(after, rng)))
    return [page for page in rows if len(page) > 1]


def _cut(lines: list[str], rng: random.Random) -> tuple[list[str], list[str]]:
    """The lines on both sides of a page's end, which may fall between any two words of an item."""
    at = rng.randrange(len(lines))
    words = lines[at].split(" ")
    inside = rng.randrange(1, len(words)) if len(words) > 2 and rng.random() < 0.7 else len(words)
    head, tail = " ".join(words[:inside]), " ".join(words[inside:])
    return [*lines[:at], head], [tail, *lines[at + 1 :]] if tail else lines[at + 1 :]


def tabs(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """Rows as tabs, as the real scan has them; a cell stays on its line."""
    blocks = []
    for standard in standards:
        blocks.append(style.heading.format(standard.heading))
        blocks += ["\n".join("\t".join(row).replace("\n", " ") for row in page) for page in pages(standard, style, rng)]
    return "\n\n" + "\n\n".join(blocks)


def pipes(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    blocks = []
    for standard in standards:
        blocks.append(style.heading.format(standard.heading))
        for page in pages(standard, style, rng):
            lines = [
                "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in row) + " |" for row in page
            ]
            blocks.append("\n".join([lines[0], "|----|:---|---|", *lines[1:]]))
    return "\n\n".join(blocks) + "\n"


def html_tables(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """Pretty-printed tables with <thead>, one for each page, parts over several columns."""
    blocks = ["<!DOCTYPE html>", "<html><head><title>Lampiran</title></head><body>"]
    for standard in standards:
        blocks.append(
            f"<h2>{html.escape(standard.heading)}</h2>" if rng.random() < 0.7 else f"<p><b>{standard.heading}</b></p>"
        )
        for page in pages(standard, style, rng):
            blocks.append(
                '<table border="1">\n<thead><tr>' + "".join(f"<th>{cell}</th>" for cell in page[0]) + "</tr></thead>"
            )
            blocks.append("<tbody>")
            for number, label, body in page[1:]:
                if label and not body:
                    blocks.append(f'  <tr><td>{number}</td><td colspan="2">{label}</td></tr>')
                else:
                    cells = "\n".join(f"    <td>{cell or '&nbsp;'}</td>" for cell in (number, label, body))
                    blocks.append(f"  <tr>\n{cells}\n  </tr>")
            blocks.append("</tbody>\n</table>")
    return "\n".join([*blocks, "</body></html>"])


def html_rowspans(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """One table for everything: headings over all columns, NO and KOMPONEN spanning a row for each line of text."""
    rows = []
    for standard in standards:
        rows.append(f"<tr><td colspan=3><b>{standard.heading}</b></td></tr>")
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in style.head) + "</tr>")
        for number, lines in standard.components.items():
            span = f' rowspan="{len(lines)}"' if len(lines) > 1 else ""
            rows.append(f"<tr><td{span}>{number}</td><td{span}>{style.names[number - 1]}</td><td>{lines[0]}</td></tr>")
            rows += [f"<tr><td>{line}</td></tr>" for line in lines[1:]]
    return "<table>" + "".join(rows) + "</table>"


# --- plain text ---


def plain_lines(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """Number, label and text below each other, the label broken over lines: `Jangka Waktu` / `Penyelesaian`."""
    out: list[str] = []
    colon = rng.choice((": ", ""))
    for standard in standards:
        out += ["", *textwrap.wrap(standard.heading, rng.choice((44, 200))), "", " ".join(style.head)]
        for number, (shown, label, lines) in _plain_rows(standard, style, rng):
            if number == 7 and style.parts and not style.shuffled:
                out += textwrap.wrap(f"B. {PART_B}", 50)
            out += [str(shown), *textwrap.wrap(label, 16, break_long_words=False)]
            text = [part for line in lines for part in textwrap.wrap(line, 60)]
            text[0] = colon + text[0]
            out += _paged(text, style, rng)
    return "\n".join(out) + "\n"


def plain_colons(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """`3. Jangka Waktu Penyelesaian : 7 hari kerja …`, text broken at 70 characters."""
    out: list[str] = []
    for standard in standards:
        out += ["", standard.heading, "", "  ".join(style.head)]
        for _, (shown, label, lines) in _plain_rows(standard, style, rng):
            text = textwrap.wrap(f"{shown}. {label} : {lines[0]}", 200, break_on_hyphens=False)
            text += [part for line in lines[1:] for part in textwrap.wrap(line, 70)]
            out += text[:1] + _paged(text[1:], style, rng)
    return "\n".join(out)


def plain_columns(standards: Sequence[Invented], style: Style, rng: random.Random) -> str:
    """Columns made by blanks, as `pdftotext -layout` gives them; label and text are broken side by side."""
    out: list[str] = []
    for standard in standards:
        out += ["", standard.heading, "", f"{style.head[0]:4}{style.head[1]:22}{style.head[2]}"]
        for _, (shown, label, lines) in _plain_rows(standard, style, rng):
            left = textwrap.wrap(label, 18, break_long_words=False)
            right = [part for line in lines for part in textwrap.wrap(line, 60)]
            right[0] = ": " + right[0]
            for i in range(max(len(left), len(right))):
                beside = f"{shown if i == 0 else '':<4}{left[i] if i < len(left) else '':22}"
                out.append((beside + (right[i] if i < len(right) else "")).rstrip())
            if rng.random() < style.breaks / 2:
                out += ["", f"- {rng.randint(1, 99)} -", "\f", f"{style.head[0]:4}{style.head[1]:22}{style.head[2]}"]
    return "\n".join(out)


def _plain_rows(
    standard: Invented, style: Style, rng: random.Random
) -> list[tuple[int, tuple[int, str, Sequence[str]]]]:
    numbers = list(standard.components)
    if style.shuffled:
        rng.shuffle(numbers)
    return [
        (n, (n - 6 if style.restarted and n > 6 else n, style.names[n - 1], standard.components[n])) for n in numbers
    ]


def _paged(lines: list[str], style: Style, rng: random.Random) -> list[str]:
    """The lines with a page's end between any two of them."""
    out: list[str] = []
    for i, line in enumerate(lines):
        if i and rng.random() < style.breaks / 8:
            out += ["", " ".join(style.head)]
        out.append(line)
    return out


LAYOUTS = {
    "tabs": tabs,
    "pipes": pipes,
    "html_tables": html_tables,
    "html_rowspans": html_rowspans,
    "plain_lines": plain_lines,
    "plain_colons": plain_colons,
    "plain_columns": plain_columns,
}
