"""What a person should look at in the knowledge: the doubts of the scan, and what shows only when all are seen.

PURE. A concern is an error when citizens cannot be told what the regulation says because of it, else a warning.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.standards import COMPONENTS, Finding, ServiceStandard, normalised

# Findings that keep a text from citizens.
UNANSWERABLE = frozenset({"no_components", "unknown_component", "golden_question"})


@dataclass(frozen=True, slots=True)
class Concern:
    """A finding about a standard in force."""

    standard: ServiceStandard
    finding: Finding

    @property
    def level(self) -> Literal["error", "warning"]:
        return "error" if self.finding.kind in UNANSWERABLE else "warning"


def review(standards: Sequence[ServiceStandard]) -> list[Concern]:
    """Every concern, by number of the standard and component, errors first."""
    alike = defaultdict(list)
    for standard in standards:
        alike[normalised(standard.title), normalised(standard.risk or "")].append(standard)
    concerns = [
        Concern(standard, finding)
        for standard in standards
        for finding in (*standard.findings, *_missing(standard), *_odd_code(standard))
    ]
    concerns += [concern for group in alike.values() if len(group) > 1 for concern in _duplicates(group)]
    return sorted(concerns, key=_by_weight)


def _missing(standard: ServiceStandard) -> Iterator[Finding]:
    if not standard.components:
        yield Finding("no_components", "Standar ini tidak berisi satu komponen pun, jadi tidak dapat dijawab.")
        return
    told = {finding.component for finding in standard.findings if finding.kind == "missing_component"}
    for component, name in COMPONENTS.items():
        if component not in standard.components and component not in told:
            yield Finding("missing_component", f"Komponen {component} ({name}) tidak ada.", component)


def _odd_code(standard: ServiceStandard) -> Iterator[Finding]:
    if standard.kbli is not None and not re.fullmatch("[0-9]{5}", standard.kbli):
        yield Finding("kbli_digits", "Kode KBLI seharusnya lima angka.", excerpt=standard.kbli)


def _duplicates(group: Iterable[ServiceStandard]) -> Iterator[Concern]:
    first, *others = group
    for other in others:
        message = (
            f"Judul dan risikonya sama dengan standar nomor {first.number} ({first.name}); kode atau produknya lain."
        )
        yield Concern(other, Finding("duplicate_title", message, excerpt=other.name))


def _by_weight(concern: Concern) -> tuple[bool, int, str, int]:
    finding = concern.finding
    return concern.level != "error", concern.standard.number, concern.standard.identity, finding.component or 0
