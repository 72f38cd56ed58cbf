"""The measure itself: rows that are right, wrong and declined are counted as such."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.evaluate import EvaluationError, Result, evaluate, print_result
from knowledge.base import KnowledgeBase
from tests.offices import desk_at
from tests.storage.fresh import NOW


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    with desk_at(tmp_path_factory.mktemp("evaluate")) as desk:
        return desk.knowledge()


def file_of(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    return path


def inquiry(text: str, components: list[int], *must_contain: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "components": components, "must_contain": must_contain, "style": "formal", **more}


INQUIRIES = [
    inquiry("biaya kbli 29102", [4], "gratis"),
    inquiry("biaya dan lama kbli 29102", [3, 4], "Gratis", "7  hari kerja"),
    inquiry("kalau lamanya?", [3], "7 hari kerja", context=["biaya kbli 29102"]),
    inquiry("biaya kbli 29102", [4], "Rp5.000", style="slang"),
    inquiry("biaya kbli 29102", [3, 4], "Gratis", style="slang"),
    inquiry("biaya kbli 56303", [4], "Gratis", style="slang"),
]


def test_inquiries_are_right_when_all_that_was_asked_and_nothing_else_is_answered(
    knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    facts = evaluate(file_of(tmp_path, *INQUIRIES), knowledge, NOW).as_dict()
    assert (facts["kind"], facts["rows"], facts["right"], facts["declined"]) == ("inquiries", 6, 3, 1)
    assert facts["accuracy"] == 0.5
    assert facts["by_style"] == {"formal": {"right": 3, "rows": 3}, "slang": {"right": 0, "rows": 3}}
    assert {(c["wanted"], c["got"], c["rows"]) for c in facts["confusions"]} == {
        ("[4]", "wording", 1),
        ("[3, 4]", "[4]", 1),
        ("[4]", "declined", 1),
    }
    assert facts["components_right"] == 4
    assert facts["did"] == {"answered": {"right": 3, "rows": 5}, "declined": {"right": 0, "rows": 1}}
    assert 0 < facts["ms_median"] <= facts["ms_p99"]


def test_routing_takes_an_alternative_and_counts_slots(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    told = "nama saya Siti Aminah 081234567890, saya dibentak petugas loket kemarin"
    path = file_of(
        tmp_path,
        {"text": "halo", "intent": "greeting"},
        {"text": "makasih", "intent": "goodbye", "alt": ["thanks"]},
        {"text": "makasih", "intent": "goodbye"},
        {"text": told, "intent": "complaint", "identity": {"name": "Siti Aminah", "phone": "0000"}},
    )
    facts = evaluate(path, knowledge, NOW).as_dict()
    assert (facts["kind"], facts["rows"], facts["right"]) == ("routing", 4, 3)
    assert facts["confusions"] == [{"wanted": "goodbye", "got": "thanks", "rows": 1}]
    assert facts["slots"] == {"name": {"right": 1, "rows": 1}, "phone": {"right": 0, "rows": 1}}


def test_codes_are_right_when_one_of_them_ranks_first(tmp_path: Path) -> None:
    with desk_at(tmp_path, "several") as desk:
        several = desk.knowledge()
    path = file_of(
        tmp_path,
        {"text": "biaya roti kering", "codes": ["10712"], "style": "title"},
        {"text": "keripik singkong", "codes": ["99999", "10799"], "style": "title"},
        {"text": "biaya roti kering", "codes": ["10711"], "style": "title"},
        {"text": "tambang emas", "codes": ["10711"], "style": "synonym"},
    )
    facts = evaluate(path, several, NOW).as_dict()
    assert (facts["kind"], facts["rows"], facts["right"], facts["declined"]) == ("kbli", 4, 2, 1)
    assert {(c["wanted"], c["got"]) for c in facts["confusions"]} == {("10711", "10712"), ("10711", "none")}
    assert facts["among_five"] == 3
    assert facts["did"]["declined"] == {"right": 0, "rows": 1}
    assert sum(part["rows"] for part in facts["did"].values()) == 4
    assert sum(part["rows"] for part in facts["calibration"].values()) == 3


def test_what_is_answered_from_another_standard_is_counted_by_itself(tmp_path: Path) -> None:
    with desk_at(tmp_path, "several") as desk:
        several = desk.knowledge()
    path = file_of(
        tmp_path,
        inquiry("biaya kbli 10712", [4], codes=["10712"]),
        inquiry("biaya kbli 10712", [4], codes=["10799"]),
        inquiry("harga emas hari ini berapa", []),
    )
    facts = evaluate(path, several, NOW).as_dict()
    assert (facts["right"], facts["wrong_standard"]) == (2, 1)
    assert {(c["wanted"], c["got"]) for c in facts["confusions"]} == {("[4]", "wrong standard")}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "every row"),
        ("not json", "cannot be read"),
        ("[1]", "every row"),
        ('{"intent": "greeting"}', "every row"),
        ('{"text": "halo"}', "must_contain, intent or codes"),
        ('{"text": "halo", "intent": "greeting"}\n\n{"text": "halo"}', "rows.jsonl, row 2: intent is missing"),
        ('{"text": 5, "intent": "greeting"}', "row 1: text must be a string"),
        ('{"text": "halo", "context": "halo", "intent": "greeting"}', "row 1: context must be a list of strings"),
        ('{"text": "halo", "context": [5], "intent": "greeting"}', "row 1: context must be a list of strings"),
        ('{"text": "halo", "intent": "greeting", "alt": "thanks"}', "row 1: alt must be a list of strings"),
        ('{"text": "halo", "intent": "greeting", "identity": "Siti"}', "row 1: identity must be an object"),
        ('{"text": "halo", "must_contain": ["Gratis"]}', "row 1: components is missing"),
        ('{"text": "halo", "must_contain": [], "components": ["4"]}', "row 1: components must be a list of numbers"),
        ('{"text": "halo", "codes": []}', "row 1: codes must be a list of strings, not empty"),
    ],
)
def test_a_file_that_cannot_be_measured_is_an_error_that_says_why(
    knowledge: KnowledgeBase, tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=problem):
        evaluate(path, knowledge, NOW)


def test_a_file_that_is_not_there_is_an_error(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        evaluate(tmp_path / "nowhere.jsonl", knowledge, NOW)


def test_the_table_shows_styles_confusions_and_times() -> None:
    result = Result("rows.jsonl", "inquiries", rows=4, right=3, milliseconds=[1.0, 2.0, 9.0])
    result.by_style["slang"] = [3, 4]
    result.confusions["[4]", "[3]"] = 1
    out = StringIO()
    print_result(result, Console(file=out, width=100))
    shown = " ".join(out.getvalue().split())
    assert out.getvalue().startswith("rows.jsonl: 3 of 4 right (75.0%)\n")
    assert "slang" in shown
    assert "wanted [4], got [3]: 1" in shown
    assert "2.0 ms median, 9.0 ms p99" in shown


def test_the_command_measures_several_files_as_json(tmp_path: Path) -> None:
    path = file_of(tmp_path, *INQUIRIES)
    ran = CliRunner().invoke(
        app, ["evaluate", "--json", str(path), str(path)], env={"DATA_DIR": str(tmp_path / "data")}
    )
    assert ran.exit_code == 0
    assert [(facts["file"], facts["rows"], facts["right"]) for facts in json.loads(ran.stdout)] == [
        ("rows.jsonl", 6, 3)
    ] * 2
