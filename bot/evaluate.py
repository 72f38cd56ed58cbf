"""`pasti evaluate`: how well messages are understood, measured on files of labelled messages.

Files are told apart by their fields: `must_contain` (inquiries: is the wanted text in an answer that holds the wanted
components and no other; no components: it is to be declined or asked back), `intent` (routing), `codes` (which
business, by KBLI code, among all published standards; beside `must_contain`, from which standard is to be answered).
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
    among_five: int = 0  # the right standard is among the first five
    did: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # right, rows
    components_right: int = 0
    wrong_standard: int = 0  # answered from another standard than was asked about: the worst that can happen
    calibration: dict[float, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # by score
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
            "among_five": self.among_five,
            "components_right": self.components_right,
            "wrong_standard": self.wrong_standard,
            "declined": self.did["declined"][1],
            "did": _shares(self.did),
            "calibration": _shares(self.calibration),
            "by_style": _shares(self.by_style),
            "slots": _shares(self.slots),
            "confusions": [{"wanted": w, "got": g, "rows": n} for (w, g), n in self.confusions.most_common(12)],
            "ms_median": round(statistics.median(self.milliseconds), 3),
            "ms_p99": round(_percentile(self.milliseconds, 0.99), 3),
        }


def _shares(counted: Mapping[Any, Sequence[int]]) -> dict[str, dict[str, int]]:
    return {str(name): {"right": right, "rows": rows} for name, (right, rows) in sorted(counted.items()) if rows}


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
        judge(row, turn, knowledge, result)
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


def _judge_inquiry(row: Mapping[str, Any], turn: Turn, knowledge: KnowledgeBase, result: Result) -> None:
    said = _collapsed(line.text for effect in turn.effects if isinstance(effect, Say) for line in effect.lines)
    wanted, got = sorted(row["components"]), sorted(turn.report.components)
    from_it = "codes" not in row or not got or _code(turn.state.standard, knowledge) in row["codes"]
    result.components_right += wanted == got
    result.wrong_standard += not from_it
    right = wanted == got and from_it and all(_collapsed([text]) in said for text in row["must_contain"])
    did = "answered" if got else "asked" if turn.state.mode == "choosing" else "declined"
    _tally(result.did[did], right)
    fault = "wrong standard" if not from_it else did if not got else str(got) if wanted != got else "wording"
    _count(row, right, str(wanted), fault, result)


def _judge_routing(row: Mapping[str, Any], turn: Turn, knowledge: KnowledgeBase, result: Result) -> None:
    del knowledge
    right = turn.report.intent in (row["intent"], *row.get("alt", ()))
    _count(row, right, row["intent"], turn.report.intent, result)
    slots = turn.report.slots or {}
    for name in ("name", "phone", "nik", "email"):
        wanted, got = row.get("identity", {}).get(name), slots.get(name)
        if wanted or got:
            result.slots[name][0] += wanted == got
            result.slots[name][1] += 1


def _judge_code(row: Mapping[str, Any], turn: Turn, knowledge: KnowledgeBase, result: Result) -> None:
    """Right is the first of the ranking; whether that was dared, asked or declined is counted beside it."""
    codes = list(dict.fromkeys([code or "" for _, code, _, _ in turn.report.candidates]))
    best = codes[0] if codes else "none"
    right = best in row["codes"]
    result.among_five += any(code in row["codes"] for code in codes[:5])
    if codes:
        _tally(result.calibration[int(turn.report.candidates[0][3] * 10) / 10], right)
    if turn.state.asks == "standard" and turn.state.choices:
        offered = {choice.payload.removeprefix("standard:").partition("-")[0] for choice in turn.state.choices}
        _tally(result.did["asked"], bool(offered & {*row["codes"]}))
    elif turn.state.standard:
        _tally(result.did["answered"], _code(turn.state.standard, knowledge) in row["codes"])
    else:
        _tally(result.did["declined"], right=False)
    _count(row, right, row["codes"][0], best, result)


def _code(identity: str | None, knowledge: KnowledgeBase) -> str | None:
    entry = knowledge.catalogue.by_identity.get(identity or "")
    return entry.standard.kbli if entry else None


def _tally(counted: list[int], right: bool) -> None:
    counted[0] += right
    counted[1] += 1


def _count(row: Mapping[str, Any], right: bool, wanted: str, got: str, result: Result) -> None:
    _tally(result.by_style[row.get("style", row.get("intent", "all"))], right)
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
    if result.kind == "kbli":
        console.print(f"  among the first five {result.among_five / result.rows:.1%}")
        _print_shares("score from", result.calibration, console)
    if result.kind == "inquiries":
        console.print(
            f"  components {result.components_right / result.rows:.1%}; wrong standard {result.wrong_standard}"
        )
    if result.did:
        _print_shares("what it did", result.did, console)
    _print_shares("style", result.by_style, console)
    for name, (right, rows) in sorted(result.slots.items()):
        console.print(f"  slot {name}: {right} of {rows}")
    for confusion in facts["confusions"]:
        console.print(f"  wanted {confusion['wanted']}, got {confusion['got']}: {confusion['rows']}", markup=False)
    console.print(f"  {facts['ms_median']} ms median, {facts['ms_p99']} ms p99\n")


def _print_shares(head: str, counted: Mapping[Any, Sequence[int]], console: Console) -> None:
    table = Table(show_edge=False)
    table.add_column(head)
    table.add_column("right", justify="right")
    table.add_column("rows", justify="right")
    for name, (right, rows) in sorted(counted.items()):
        table.add_row(Text(str(name)), f"{right / rows:.0%}" if rows else "", str(rows))
    console.print(table)
