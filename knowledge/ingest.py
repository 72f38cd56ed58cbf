"""A scanned regulation in, its service standards out, with findings for a person to review.

    text = read_scan(path)      # bytes to text
    standards = parse(text)     # pieces -> sections -> canonical component texts -> findings

Nothing in the official text is corrected: what looks wrong is reported, and an officer decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.cells import component_text
from knowledge.doubts import annexes_in, damaged, missing_component, odd_words, text_doubts
from knowledge.headings import read_heading
from knowledge.scan import cleaned, ends_in_markup, pieces
from knowledge.sections import Draft, Reading, Section, read_sections
from knowledge.standards import COMPONENTS, Finding, ServiceStandard


class IngestError(ValueError):
    """A file that cannot be taken in. The message says in English what is wrong and what to do; nothing was changed."""


Progress = Callable[[int, int], None]  # standards done, standards in the file

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x1f\x8b")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_STOPS = (".", ";")
_CUT_ENDING = re.compile(
    r"(?:[:,]|\b(?:dan|atau|dan/atau|yang|dengan|untuk|di|ke|dari|oleh|pada|sebagai|sejak|dalam))$"
)


def read_scan(path: Path) -> str:
    """The text of a scan: UTF-8 (with or without BOM), UTF-16 with BOM, else Windows-1252. Raises IngestError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(f"{path}: cannot be read ({error.strerror}). Give the path of a text file.") from error
    if not data.strip():
        raise IngestError(f"{path}: the file is empty. Give the text of a scanned regulation annex.")
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise IngestError(
                f"{path}: the file is truncated or no text ({error.reason}). Scan or copy it again."
            ) from error
    controls = sum(data.count(byte) for byte in range(32) if byte not in b"\t\n\r\x0b\x0c")
    if data.startswith(_BINARY) or b"\0" in data or controls * 100 > len(data):
        raise IngestError(
            f"{path}: this is a binary file, not text. Export the scan as plain text (UTF-8) and give that."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start >= len(data) - 3:
            raise IngestError(
                f"{path}: the file is truncated inside its last character. Copy it again whole."
            ) from error
        return data.decode("cp1252", errors="replace")


def parse(text: str, progress: Progress | None = None) -> list[ServiceStandard]:
    """The standards of a scan in the order of the file, each with its findings.

    Raises IngestError when the text is empty, holds no standard, or plainly breaks off before its end.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise IngestError("The text is empty. Give the text of a scanned regulation annex.")
    source = cleaned(text)
    reading = read_sections(list(pieces(source)))
    drafts = [draft for draft in reading.drafts if _is_standard(draft)]
    if not drafts:
        raise IngestError(
            "No service standard was found. A standard is a numbered heading and below it a table NO, KOMPONEN, URAIAN"
            " with rows such as Persyaratan or Jangka Waktu Penyelesaian. Check that this is the right file."
        )
    if ends_in_markup(source):
        raise IngestError(
            "The text is truncated: it ends inside a tag, list or table. Copy or scan the file again whole."
        )
    standards: list[ServiceStandard] = []
    for draft in drafts:
        standards.append(_standard(draft, standards[-1].number + 1 if standards else 1))
        if progress:
            progress(len(standards), len(drafts))
    _refuse_cut(reading, drafts, standards, ends_line=source.endswith("\n"))
    return _reviewed(standards, annexes_in(source))


def _is_standard(draft: Draft) -> bool:
    """A heading with a number or a KBLI code, or a few components: not just a sentence that begins like a label."""
    heading = read_heading(draft.heading)
    named = heading.number is not None or heading.kbli is not None
    return len(set(draft.components)) >= (1 if named else 3)


def _standard(draft: Draft, next_number: int) -> ServiceStandard:
    """One standard with the doubts about its heading and its labels; the doubts about its texts come later."""
    heading, findings = read_heading(draft.heading), list[Finding]()
    if heading.number is None:
        message = f"Nomor atau judul standar tidak terbaca; untuk sementara diberi nomor {next_number}."
        findings.append(Finding("heading_doubt", message, None, draft.heading))
    findings += heading.findings
    components: dict[int, str] = {}
    for section in draft.sections:
        text, label = component_text(section.fragments), section.component
        findings += _label_doubts(section, text)
        if label and text:
            repeated = label.component in components
            components[label.component] = f"{components[label.component]}\n{text}" if repeated else text
            if repeated:
                message = f"Komponen “{section.label}” muncul lebih dari sekali; isinya digabung."
                findings.append(Finding("repeated_component", message, label.component, text))
    findings += [missing_component(component) for component in COMPONENTS if component not in components]
    if draft.stray:
        message = "Ada teks di luar tabel yang tidak dimasukkan ke komponen mana pun."
        findings.append(Finding("stray_text", message, None, "\n".join(draft.stray)))
    for printed, meant in dict(damage for words in draft.heads for damage in damaged(words)).items():
        message = f"“{printed}” pada kepala tabel atau nama komponen mungkin salah baca; dibaca “{meant}”."
        findings.append(Finding("ocr_doubt", message, None, printed))
    return ServiceStandard(
        heading.number if heading.number is not None else next_number,
        heading.title or f"Standar pelayanan tanpa judul ({next_number})",
        heading.kbli,
        heading.risk,
        heading.product,
        dict(sorted(components.items())),
        tuple(findings),
    )


def _label_doubts(section: Section, text: str) -> list[Finding]:
    """A label that is no component's name keeps its text in the finding: no other component may quote it as its own."""
    label = section.component
    if label is None:
        message = f"“{section.label}” bukan nama salah satu dari 14 komponen; isinya hanya disimpan pada catatan ini."
        return [Finding("unknown_component", message, None, f"{section.label}: {text}")]
    if label.exact:
        return []
    message = f"Nama komponen tercetak “{section.label}”, dibaca “{COMPONENTS[label.component]}”."
    return [Finding("odd_spelling", message, label.component, section.label)]


def _refuse_cut(reading: Reading, drafts: list[Draft], standards: list[ServiceStandard], ends_line: bool) -> None:
    """Raise IngestError when the last standard plainly lacks its end. One missing component is only a finding."""
    last = drafts[-1].sections[-1]
    ending = component_text(last.fragments)
    others = [other.components for other in standards[:-1]]
    if reading.loose_end:
        reason = f"nothing follows its last line “{reading.loose_end}”"
    elif not ending or _CUT_ENDING.search(ending):
        reason = f"“{last.label}” stops in the middle"
    elif _lacks_end(standards[-1].components, others, least=2 if ends_line else 0, in_parts=bool(drafts[-1].parts)):
        reason = f"standard {standards[-1].number} stops at “{last.label}”"
    else:
        return
    raise IngestError(f"The text is truncated: {reason}. Copy or scan the file again whole.")


def _lacks_end(components: Mapping[int, str], others: Sequence[Mapping[int, str]], least: int, in_parts: bool) -> bool:
    """Has a standard only its first components, though all others are whole, or its table is parted into A and B?

    `least` is how many components a table with parts may have and still be taken for a small one that is whole.
    """
    count, whole = len(components), bool(others) and all(len(other) == len(COMPONENTS) for other in others)
    if whole and count <= len(COMPONENTS) // 2:
        return True
    if list(components) != list(range(1, count + 1)) or any(other.keys() == components.keys() for other in others):
        return False
    if whole and count == len(COMPONENTS) - 1:  # one component is missing, or the last one was cut, and one is missing
        return not components[count].endswith(_STOPS) and all(other[count].endswith(_STOPS) for other in others)
    return whole or (in_parts and least < count < len(COMPONENTS) - 1)


def _reviewed(standards: list[ServiceStandard], annexes: Collection[str]) -> list[ServiceStandard]:
    """The standards with the doubts that only the whole file can raise. Equal texts are looked at once."""
    times = Counter((component, text) for standard in standards for component, text in standard.components.items())
    odd = odd_words((text, count) for (_, text), count in times.items())
    found = {text: tuple(text_doubts(*text, odd, annexes)) for text in times}
    return [
        replace(
            standard,
            findings=standard.findings
            + tuple(finding for text in standard.components.items() for finding in found[text])
            + tuple(_clashes(standard, others)),
        )
        for standard, others in zip(standards, _namesakes(standards), strict=True)
    ]


def _namesakes(standards: list[ServiceStandard]) -> list[tuple[list[int], int]]:
    """For each standard the numbers of all with its identity, and how many have its number."""
    identities: dict[str, list[int]] = {}
    for standard in standards:
        identities.setdefault(standard.identity, []).append(standard.number)
    numbers = Counter(standard.number for standard in standards)
    return [(identities[standard.identity], numbers[standard.number]) for standard in standards]


def _clashes(standard: ServiceStandard, namesakes: tuple[list[int], int]) -> list[Finding]:
    same, times = namesakes
    findings = []
    if len(same) > 1:
        numbers = ", ".join(map(str, same))
        message = (
            f"Standar yang sama muncul {len(same)} kali dalam berkas ini (nomor {numbers}). Mohon dipilih salah satu."
        )
        findings.append(Finding("duplicate_standard", message, None, standard.name))
    if times > 1:
        message = f"Nomor {standard.number} dipakai {times} standar dalam berkas ini."
        findings.append(Finding("heading_doubt", message, None, standard.name))
    return findings
