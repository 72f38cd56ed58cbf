"""The heading of a standard: `61. Sertifikat Standar (Risiko Menengah Tinggi) KBLI 29102 Industri Kendaraan …`.

Product, risk and KBLI may stand in another order or be absent; a scanner may have read digits as letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.outline import LOOKALIKES
from knowledge.standards import Finding


@dataclass(frozen=True, slots=True)
class Heading:
    number: int | None
    title: str
    kbli: str | None = None
    risk: str | None = None
    product: str | None = None
    findings: tuple[Finding, ...] = ()


_DIGIT = r"[\dlIi|OoSsBZz]"
_NUMBER = re.compile(
    rf"(?:(?:standar\s+pelayanan\s+)?(?:nomor|nomer|no)\b\.?\s*)?(?P<number>(?=[lIi|OoSsBZz]{{0,3}}\d|[lI|]\s*[.)]){_DIGIT}{{1,4}})"
    r"\s*(?P<stop>[.):]|-(?=\s)|(?=\s))\s*(?P<text>.*)",
    re.IGNORECASE,
)
_KBLI = re.compile(
    rf"\b[Kk][Bb8][Ll1I|][Ii1l|](?:\s+20\d\d)?(?:\s*(?:nomor|no\.?|kode))?\s*[:.\-–]?\s*(?P<code>(?=(?:\D?\d){{3}}){_DIGIT}{{5}})(?!\w)",
    re.IGNORECASE,
)
_MORE_CODES = re.compile(r"\s*(?:[,/;&]|dan\b|atau\b)\s*\d{5}\b", re.IGNORECASE)
_LEVEL = r"(?:menengah[\s-]+(?:rendah|tinggi)|rendah|menengah|tinggi)"
_RISK = re.compile(
    rf"\(\s*(?:tingkat\s+)?r[ie1l]s[ie1l]k[o0]\s*[:\-]?\s*(?P<inside>[^()]*?)\s*\)"
    rf"|\(\s*(?P<bare>{_LEVEL})\s*\)"
    rf"|\b(?:tingkat\s+)?r[ie1l]s[ie1l]k[o0]\s*[:\-]?\s*(?P<free>{_LEVEL})\b",
    re.IGNORECASE,
)
_LEVELS = {level.lower(): level for level in ("Rendah", "Menengah Rendah", "Menengah Tinggi", "Tinggi")}
_PRODUCT = (
    r"(?:NIB(?:\s+dan\s+(?:Sertifikat\s+Standar|Izin))?|Sertifikat\s+Standar(?:\s+Terverifikasi)?|Izin|Rekomendasi"
    r"|Persetujuan|Surat\s+Keterangan|Tanda\s+Daftar)"
)
_KNOWN_PRODUCT = re.compile(rf"{_PRODUCT}\b", re.IGNORECASE)
_MARKS = re.compile(r"^(?:#{1,6}\s*|\*\*|>\s*|__)+|(?:\*\*|__|\s#+)+$|\*\*")
_LOOSE = " \t-–—:,;|/"


def without_marks(line: str) -> str:
    """A line without the signs of Markdown that make it a heading."""
    return _MARKS.sub("", line.strip()).strip()


def has_marks(line: str) -> bool:
    """Was the line set as a heading or in bold from its beginning?"""
    return (
        re.match(
            r"\s*(?:#{1,6}\s|\*\*|__|(?:<(?:p|div|center)\b[^<>]*>\s*)*<(?:h[1-6]|b|strong)\b)", line, re.IGNORECASE
        )
        is not None
    )


def numbered(line: str) -> tuple[str, str, bool] | None:
    """The number as printed, the words behind it, and whether a stop parts them; None without a number."""
    found = _NUMBER.match(line)
    return (found["number"], found["text"], bool(found["stop"])) if found else None


def is_telling(line: str) -> bool:
    """Does the line name a KBLI code or a risk in brackets, as only headings do?"""
    return _KBLI.search(line) is not None or _RISK.search(line) is not None


def is_open(line: str) -> bool:
    """Is the heading plainly unfinished, so that the next line belongs to it even after an empty one?"""
    code = _KBLI.search(line)
    return (
        re.search(r"(?:\b(?:kbli|dan|atau|risiko|menengah|untuk|di)|[(,/-])$", line, re.IGNORECASE) is not None
        or line.count("(") > line.count(")")
        or (code is not None and not _title(line[code.end() :]) and _is_product(line[: code.start()]))
    )


def goes_on(line: str) -> bool:
    """Does the line begin with the KBLI code or the risk, so that it belongs to the heading before it?"""
    return _KBLI.match(line) is not None or _RISK.match(line) is not None


@lru_cache(maxsize=4096)
def read_heading(text: str) -> Heading:
    """The facts of a heading without marks; doubts about it become findings."""
    found = numbered(text)
    printed, words = (found[0], found[1]) if found else ("", text)
    number = int(printed.translate(_DIGITS)) if printed else None
    findings: list[Finding] = []
    if printed and not printed.isdigit():
        findings.append(_doubt(f"Nomor standar tercetak “{printed}”, dibaca {number}. Mohon diperiksa.", printed))
    code, risk = _KBLI.search(words), _RISK.search(words)
    kbli = code["code"].translate(_DIGITS) if code else None
    if code and (code["code"] != kbli or not re.match(r"KBLI\b", code[0], re.IGNORECASE)):
        findings.append(_doubt(f"Kode KBLI tercetak “{code[0]}”, dibaca {kbli}. Mohon diperiksa.", code[0]))
    if not code and re.search(r"\bKBLI\b", words, re.IGNORECASE):
        findings.append(
            Finding("heading_doubt", "Judul menyebut KBLI, tetapi kode lima angkanya tidak terbaca.", None, words)
        )
    if code and (_KBLI.search(words, code.end()) or _MORE_CODES.match(words, code.end())):
        findings.append(
            Finding("heading_doubt", f"Judul memuat lebih dari satu kode KBLI; dipakai {kbli}.", None, words)
        )
    product, title = _product_and_title(words, [span.span() for span in (code, risk) if span])
    if words and not title:
        findings.append(Finding("heading_doubt", "Judul standar tidak terbaca.", None, text))
    return Heading(number, title or text, kbli, _level(risk), product, tuple(findings))


_DIGITS = {**LOOKALIKES, **str.maketrans("isz", "152")}


def _doubt(message: str, excerpt: str) -> Finding:
    return Finding("ocr_doubt", message, None, excerpt)


def _is_product(text: str) -> bool:
    """Is there nothing but a number, a product and a risk?"""
    found = numbered(text)
    words = _title(_RISK.sub("", found[1] if found else text), opened=True)
    return not words or _KNOWN_PRODUCT.fullmatch(words) is not None


def _level(found: re.Match[str] | None) -> str | None:
    """One of the four levels, as the law spells it, where it can be recognised; else what is printed."""
    if not found:
        return None
    printed = found["inside"] if found["inside"] is not None else found["bare"] or found["free"]
    printed = re.sub(r"\(?\s*,?\s*KBLI\b.*", "", printed, flags=re.IGNORECASE).strip(_LOOSE)
    words = re.sub(r"[\s-]+", " ", printed.lower())
    near = process.extractOne(words, list(_LEVELS), scorer=OSA.distance, score_cutoff=max(1, len(words) // 7))
    return _LEVELS[near[0]] if near else printed or None


def _product_and_title(words: str, spans: list[tuple[int, int]]) -> tuple[str | None, str]:
    """What stands before the first of risk and KBLI is the product, the rest the title; alone, it is the title."""
    if not spans:
        return None, _title(words)
    spans.sort()
    before = _title(words[: spans[0][0]], opened=True)
    ends = [end for _, end in spans]
    starts = [start for start, _ in spans[1:]] + [len(words)]
    rest = _title(
        " ".join(words[end:start].strip(_LOOSE) for end, start in zip(ends, starts, strict=True) if end <= start)
    )
    if rest and _KNOWN_PRODUCT.fullmatch(rest) and not _KNOWN_PRODUCT.match(before):
        return rest, before
    if rest:
        return before or None, rest
    leading = _KNOWN_PRODUCT.match(before)
    title = _title(before[leading.end() :]) if leading else ""
    return (leading[0], title) if leading and title else (None, before)


def _title(text: str, opened: bool = False) -> str:
    """Words without the punctuation and the brackets that risk and KBLI have left behind."""
    text = re.sub(r"\(\s*[,;:/-]?\s*\)", " ", text)
    if opened and text.count("(") > text.count(")"):
        text = re.sub(r"\(\s*$", "", text.rstrip(_LOOSE))
    if text.count(")") > text.count("("):
        text = re.sub(r"^[\s,;:/-]*\)|\)\s*$", "", text)
    return re.sub(r"\s+", " ", text).strip(_LOOSE)
