"""What the office says of itself (`content/profile.toml`): its topics, and which of them a message asks for.

The texts are kept by officers. No standard states them, so they are always told as the office's own statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from knowledge.cues import Cues, load
from knowledge.language import Word

_ASKED = 3.0  # one strong cue
_ELSEWHERE = "elsewhere"
_NARROWER: Mapping[str, frozenset[str]] = {  # asked for this by the same clause, the general is not meant
    "mpp": frozenset({"hours", "address"}),
    "queue": frozenset({"hours", "phone"}),
    "email": frozenset({"address"}),
    "website": frozenset({"address"}),
}


class Statement(NamedTuple):
    """What the office says on a topic, and since when."""

    text: str
    updated_at: datetime


Profile = Mapping[str, Statement]
"""By topic; what the office has not filled in is absent."""


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    label: str
    help: str
    example: str
    also: tuple[int, ...]  # components of a standard that may state the same
    items: str  # a word that their items on it have; empty: whichever are asked for


class AskedTopic(NamedTuple):
    key: str
    score: float
    positions: frozenset[int]  # the words of the message that ask for it most clearly


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Topic]:
    """All topics, in the order in which officers see them."""
    source: Mapping[str, Mapping[str, Any]] = load("profile")
    return {
        key: Topic(
            key, group["label"], group["help"], group["example"], tuple(group.get("also", ())), group.get("items", "")
        )
        for key, group in source.items()
        if key != _ELSEWHERE
    }


@lru_cache(maxsize=1)
def profile_cues() -> Cues:
    return Cues(load("profile"))


@lru_cache(maxsize=1)
def _silencers() -> Cues:
    groups = {key: {"certain": group["unless"]} for key, group in load("profile").items() if "unless" in group}
    return Cues(groups)


def asked_topics(words: Sequence[Word]) -> tuple[AskedTopic, ...]:
    """The topics a message asks for, in the order in which they are spoken of; none when another place is meant."""
    found = profile_cues().find(words)
    if not found or _ELSEWHERE in found:
        return ()
    silent = _silencers().find(words)
    heard = {key: e for key, e in found.items() if e.score >= _ASKED and key not in silent}
    clauses = {key: {words[i].clause for i in e.best} for key, e in heard.items()}
    general = {
        key for narrow in heard for key in _NARROWER.get(narrow, ()) if key in heard and clauses[key] & clauses[narrow]
    }
    chosen = [AskedTopic(key, e.score, e.best) for key, e in heard.items() if key not in general]
    return tuple(sorted(chosen, key=lambda asked: min(asked.positions)))


def profile_words() -> set[str]:
    """The plain words that ask for a topic."""
    return profile_cues().words | _silencers().words
