from __future__ import annotations

from dataclasses import replace

from handlers.review import review
from knowledge.standards import COMPONENTS, Finding, ServiceStandard

WHOLE = ServiceStandard(
    61, "Industri Roti", "10710", "Rendah", "NIB", {number: f"{name}: ada." for number, name in COMPONENTS.items()}
)


def seen(*standards: ServiceStandard) -> list[tuple[str, int, str, int | None]]:
    return [
        (concern.level, concern.standard.number, concern.finding.kind, concern.finding.component)
        for concern in review(standards)
    ]


def test_a_whole_standard_is_no_concern() -> None:
    assert review([WHOLE]) == []
    assert review([]) == []


def test_the_doubts_of_the_scan_are_concerns() -> None:
    doubts = (Finding("ocr_doubt", "8l?", 4, "8l"), Finding("missing_annex", "Lampiran IV", 2))
    assert seen(replace(WHOLE, findings=doubts)) == [
        ("warning", 61, "missing_annex", 2),
        ("warning", 61, "ocr_doubt", 4),
    ]


def test_a_component_that_is_missing_is_told_once() -> None:
    lacking = {number: text for number, text in WHOLE.components.items() if number not in (5, 8)}
    told = Finding("missing_component", "Komponen 5 tidak ada.", 5)
    assert seen(replace(WHOLE, components=lacking, findings=(told,))) == [
        ("warning", 61, "missing_component", 5),
        ("warning", 61, "missing_component", 8),
    ]


def test_a_standard_without_any_component_is_an_error() -> None:
    assert seen(replace(WHOLE, components={})) == [("error", 61, "no_components", None)]


def test_a_text_under_an_unknown_label_is_an_error_and_comes_first() -> None:
    unread = replace(WHOLE, number=99, kbli="99000", title="Lain", findings=(Finding("unknown_component", "Zzyzx"),))
    doubtful = replace(WHOLE, findings=(Finding("ocr_doubt", "8l?", 4),))
    assert [(level, number) for level, number, *_ in seen(doubtful, unread)] == [("error", 99), ("warning", 61)]


def test_a_code_has_five_digits() -> None:
    assert seen(replace(WHOLE, kbli="1071O")) == [("warning", 61, "kbli_digits", None)]
    assert seen(replace(WHOLE, kbli="107100")) == [("warning", 61, "kbli_digits", None)]
    assert seen(replace(WHOLE, kbli=None)) == []


def test_one_title_under_two_codes_is_doubted_at_the_second() -> None:
    twin = replace(WHOLE, number=62, kbli="10711", title="INDUSTRI  ROTI")
    other_risk = replace(WHOLE, number=63, kbli="10712", risk="Tinggi")
    assert seen(WHOLE, twin, other_risk) == [("warning", 62, "duplicate_title", None)]
