"""Where a conversation stands: a small value, kept as versioned JSON in the conversation's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Mode = Literal["idle", "choosing", "filling", "confirming", "waiting", "officer"]
VERSION = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered line of the last menu and what it stands for."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class State:
    mode: Mode = "idle"
    standard: str | None = None  # identity of the standard in hand
    components: tuple[int, ...] = ()  # last answered, or wanted while a standard is being chosen
    choices: tuple[Choice, ...] = ()  # what a digit means now
    question: str = ""  # the message that waits for a choice
    misses: int = 0  # failed understandings in a row
    asks: str | None = None  # the slot that was asked for
    form: Mapping[str, Any] = field(default_factory=dict)  # filled slots of an open form
    filed: int = 0  # cases from this account: none, and the register need not be asked
    cure: Mapping[str, Any] = field(default_factory=dict)  # the suggestion that would be a complaint: case_id, form
    lookup: str | None = None  # the case number that an access code is awaited for
    noticed: bool = False  # the line about personal data was shown

    def settled(self, **changes: Any) -> State:
        """The state after an answer: idle, nothing pending, but for what is named."""
        return State(**{**{name: getattr(self, name) for name in _LASTING}, **changes})


_LASTING = ("standard", "components", "filed", "cure", "noticed")  # all else begins anew


def dump(state: State) -> dict[str, Any]:
    """JSON of a state, with its version."""
    kept = {name: getattr(state, name) for name in state.__slots__}
    choices = [{"title": choice.title, "payload": choice.payload} for choice in state.choices]
    return {"version": VERSION, **kept, "components": list(state.components), "choices": choices}


def load(data: Mapping[str, Any] | None) -> State:
    """A state from its JSON. What cannot be read starts over politely: an empty state."""
    if not data:
        return State()
    try:
        current = upgrade(data)
        mode = current["mode"]
        if mode not in get_args(Mode):
            return State()
        return State(
            mode=mode,
            standard=current["standard"],
            components=tuple(int(number) for number in current["components"]),
            choices=tuple(Choice(str(c["title"]), str(c["payload"])) for c in current["choices"]),
            question=str(current["question"]),
            misses=int(current["misses"]),
            asks=current["asks"],
            form=dict(current["form"]),
            filed=int(current["filed"]),
            cure=dict(current["cure"]),
            lookup=current["lookup"],
            noticed=bool(current["noticed"]),
        )
    except (KeyError, TypeError, ValueError):
        return State()


def upgrade(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Any old version's JSON as today's. A version from the future raises ValueError."""
    if data["version"] != VERSION:
        raise ValueError(data["version"])
    return data
