"""Scans to try things on, and short ways to read them."""

from __future__ import annotations

from pathlib import Path

from knowledge.ingest import parse
from knowledge.standards import Finding, ServiceStandard

SCANS = Path(__file__).parent.parent / "fixtures" / "scans"
SHIPPED = Path(__file__).parent.parent.parent / "knowledge" / "content" / "standar-61-kbli-29102.txt"
HEAD = "NO\tKOMPONEN\tURAIAN\n"


def one(text: str) -> ServiceStandard:
    """The only standard of a scan."""
    (standard,) = parse(text)
    return standard


def table(*rows: str, heading: str = "7. Izin Praktik Bidan") -> str:
    """A scan of one standard with these rows, their cells parted by tabs."""
    return f"{heading}\n\n{HEAD}" + "\n".join(rows) + "\n"


def kinds(standard: ServiceStandard) -> set[str]:
    return {finding.kind for finding in standard.findings}


def of_kind(standard: ServiceStandard, kind: str) -> list[Finding]:
    return [finding for finding in standard.findings if finding.kind == kind]
