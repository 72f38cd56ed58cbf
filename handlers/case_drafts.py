"""What a written report says before its author has changed a word: all that the study sheet holds (SPEC 4.4).

PURE. It names no reporter: who reads a report further up need not know them, and a confidential one may not. Number,
service, days and classification stand in a table over it (bot.documents.report), so it does not say them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.case_events import LONGEST
from knowledge.calendar import jakarta_day
from knowledge.dates import say_date
from storage.models import Case, Step, StudySheet

_OUTCOMES = {"handed_up": "dinaikkan", "sent_back": "dikembalikan", "decided": "diputuskan"}


def draft(
    case: Case,
    study: StudySheet | None,
    steps: Sequence[Step],
    names: Mapping[int, str],
    *,
    result: str = "",
) -> str:
    """At most as long as a report may be.

    Args:
        names: of officers, by id.
        result: what was answered to the reporter.
    """
    parts = [f"Pokok laporan: {' '.join(case.subject.split())}"]
    if case.core_problem:
        parts.append(f"Inti masalah: {case.core_problem}")
    if study is not None:
        parts += _studied(study)
    parts += _walked(steps, names)
    if result:
        parts.append(f"Hasil yang disampaikan kepada pelapor: {result}")
    return _within("\n\n".join(parts))


def _studied(study: StudySheet) -> list[str]:
    parts = []
    for heading, items in (("Dasar", study.basis), ("Dokumen dan kasus sebelumnya", study.earlier)):
        if items:
            parts.append("\n".join((f"{heading}:", *(f"- {item['text']}" for item in items))))
    if study.plan:
        parts.append(f"Rencana: {', '.join(item['text'] for item in study.plan)}.")
    if study.findings:
        whom = f" (bersama {study.found_with})" if study.found_with else ""
        parts.append(f"Temuan{whom}: {study.findings}")
    return parts


def _walked(steps: Sequence[Step], names: Mapping[int, str]) -> list[str]:
    ended = [step for step in steps if step.outcome]
    if not ended:
        return []
    lines = [
        f"- {names.get(step.officer_id, 'Petugas')}: {_OUTCOMES[step.outcome or '']}"
        f" {say_date(jakarta_day(step.ended_at or step.given_at))}{f', {step.note}' if step.note else ''}"
        for step in ended
    ]
    return ["\n".join(("Langkah yang sudah ditempuh:", *lines))]


def _within(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2].rstrip()} …"
