"""What officers keep beside the standards, as one value: phrases, answers of the office, what became of laws."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.language import fold
from knowledge.laws import Laws, shipped_laws
from knowledge.phrases import OfficeAnswer, Phrase

_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Kept:
    phrases: tuple[Phrase, ...] = ()
    answers: Mapping[int, OfficeAnswer] = field(default_factory=dict)
    laws: Laws = field(default_factory=shipped_laws)

    @property
    def words(self) -> set[str]:
        """The words of the phrases: slips in messages are repaired to them too."""
        return {word for phrase in self.phrases for word in _WORD.findall(fold(phrase.text))}
