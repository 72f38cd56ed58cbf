"""`pasti evaluate`: how well messages are understood, measured on files of labelled messages.

Files are told apart by their fields: `must_contain` (inquiries: is the wanted text in an answer that holds the wanted
components and no other), `intent` (routing), `codes` (which business, by KBLI code, among all published standards).
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from handlers.dialogue.effects import Say
from handlers.dialogue.engine import Context, Turn, step
from handlers.dialogue.state import State
from handlers.messages import Address, Inbound
from knowledge.base import KnowledgeBase

_NOBODY = Address("whatsapp", "evaluation")


class EvaluationError(ValueError):
    """A file that cannot be evaluated, and why."""


@dataclass(slots=True)
class Result:
    """What one file gave."""

    file: str
    kind: str
    rows: int = 0
    right: int = 0
    declined: int = 0
    by_style: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # right, rows
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    slots: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    milliseconds: list[float] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "kind": self.kind,
            "rows": self.rows,
            "right": self.right,
            "accuracy": round(self.right / self.rows, 4) if self.rows else None,
            "declined": self.declined,
            "by_style": {style: {"right": r, "rows": n} for style, (r, n) in sorted(self.by_style.items())},
            "slots": {name: {"right": r, "rows": n} for name, (r, n) in sorted(self.slots.items())},
            "confusions": [{"wanted": w, "got": g, "rows": n} for (w, g), n in self.confusions.most_common(12)],
            "ms_median": round(statistics.median(self.milliseconds), 3),
            "ms_p99": round(_percentile(self.milliseconds, 0.99), 3),
        }


def evaluate(path: Path, knowledge: KnowledgeBase, now: datetime) -> Result:
    """Measures one file. Raises EvaluationError when it cannot be read or has no known fields."""
    rows = _read(path)
    first = rows[0]
    if "must_contain" in first:
        judge, kind = _judge_inquiry, "inquiries"
    elif "intent" in first:
        judge, kind = _judge_routing, "routing"
    elif "codes" in first:
        judge, kind = _judge_code, "kbli"
    else:
        raise EvaluationError(f"{path}: rows need must_contain, intent or codes; this file has {', '.join(first)}")
    for number, row in enumerate(rows, 1):
        if problem := _problem(row, kind):
            raise EvaluationError(f"{path}, row {number}: {problem}")
    result = Result(path.name, kind)
    for row in rows:
        turn = _play([*row.get("context", []), row["text"]], knowledge, now, result)
        judge(row, turn, result)
        result.rows += 1
    return result


def _read(path: Path) -> list[Mapping[str, Any]]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path}: cannot be read as JSON lines ({error})") from error
    if not rows or not all(isinstance(row, dict) and "text" in row for row in rows):
        raise EvaluationError(f"{path}: every row must be a JSON object with a text")
    return rows


def _problem(row: Mapping[str, Any], kind: str) -> str | None:
    """What is wrong with a row of a kind of file."""
    for name in _REQUIRED[kind]:
        if name not in row:
            return f"{name} is missing"
    for name, (what, fits) in _FIELDS.items():
        if name in row and not fits(row[name]):
            return f"{name} must be {what}"
    return None


def _list_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(type(item) is kind for item in value)


_TEXT = ("a string", lambda value: isinstance(value, str))
_TEXTS = ("a list of strings", _list_of(str))
_FIELDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "text": _TEXT,
    "context": _TEXTS,
    "style": _TEXT,
    "must_contain": _TEXTS,
    "components": ("a list of numbers", _list_of(int)),
    "intent": _TEXT,
    "alt": _TEXTS,
    "identity": ("an object", lambda value: isinstance(value, dict)),
    "codes": ("a list of strings, not empty", lambda value: bool(value) and _list_of(str)(value)),
}
_REQUIRED = {"inquiries": ("must_contain", "components"), "routing": ("intent",), "kbli": ("codes",)}


def _play(texts: Sequence[str], knowledge: KnowledgeBase, now: datetime, result: Result) -> Turn:
    state = State()
    for number, text in enumerate(texts):
        started = time.perf_counter()
        turn = step(Inbound(_NOBODY, str(number), now, text), state, Context(knowledge, now))
        result.milliseconds.append((time.perf_counter() - started) * 1000)
        state = turn.state
    return turn


def _judge_inquiry(row: Mapping[str, Any], turn: Turn, result: Result) -> None:
    said = _collapsed(line.text for effect in turn.effects if isinstance(effect, Say) for line in effect.lines)
    wanted, got = sorted(row["components"]), sorted(turn.report.components)
    right = wanted == got and all(_collapsed([text]) in said for text in row["must_contain"])
    result.declined += not got
    _count(row, right, str(wanted), str(got) if wanted != got else "wording", result)


def _judge_routing(row: Mapping[str, Any], turn: Turn, result: Result) -> None:
    right = turn.report.intent in (row["intent"], *row.get("alt", ()))
    _count(row, right, row["intent"], turn.report.intent, result)
    slots = turn.report.slots or {}
    for name in ("name", "phone", "nik", "email"):
        wanted, got = row.get("identity", {}).get(name), slots.get(name)
        if wanted or got:
            result.slots[name][0] += wanted == got
            result.slots[name][1] += 1


def _judge_code(row: Mapping[str, Any], turn: Turn, result: Result) -> None:
    best = turn.report.candidates[0][1] if turn.report.candidates else None
    result.declined += best is None
    _count(row, best in row["codes"], row["codes"][0], best or "none", result)


def _count(row: Mapping[str, Any], right: bool, wanted: str, got: str, result: Result) -> None:
    style = result.by_style[row.get("style", row.get("intent", "all"))]
    style[0] += right
    style[1] += 1
    result.right += right
    if not right:
        result.confusions[wanted, got] += 1


def _collapsed(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).lower().split())


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def print_result(result: Result, console: Console) -> None:
    """One file as a table under a line."""
    facts = result.as_dict()
    title = f"{result.file}: {result.right} of {result.rows} right ({result.right / result.rows:.1%})"
    console.print(title, style="bold", markup=False, soft_wrap=True)
    table = Table(show_edge=False)
    table.add_column("style")
    table.add_column("right", justify="right")
    table.add_column("rows", justify="right")
    for style, (right, rows) in sorted(result.by_style.items()):
        table.add_row(Text(style), f"{right / rows:.0%}", str(rows))
    console.print(table)
    for name, (right, rows) in sorted(result.slots.items()):
        console.print(f"  slot {name}: {right} of {rows}")
    for confusion in facts["confusions"]:
        console.print(f"  wanted {confusion['wanted']}, got {confusion['got']}: {confusion['rows']}", markup=False)
    console.print(f"  declined {result.declined}; {facts['ms_median']} ms median, {facts['ms_p99']} ms p99\n")
