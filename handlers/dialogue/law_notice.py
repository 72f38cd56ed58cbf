"""What is added to a legal basis that is quoted while an instrument in it was revoked (SPEC 1.9). Pure.

It says that the basis was revoked and that the standard has not been replaced: never that a fee or a time is void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.dialogue.effects import Effect, Say
from handlers.dialogue.texts import revoked_basis
from handlers.messages import Line
from knowledge.laws import Laws, revoked

LEGAL_BASIS = 7


def noted(effects: tuple[Effect, ...], components: Sequence[int], laws: Laws) -> tuple[Effect, ...]:
    """The effects of an answer, with the notice in what quotes component 7."""
    if LEGAL_BASIS not in components:
        return effects
    return tuple(replace(e, lines=with_notice(e.lines, laws)) if isinstance(e, Say) else e for e in effects)


def with_notice(lines: Sequence[Line], laws: Laws) -> tuple[Line, ...]:
    """The lines, with the notice before their source; as they are when nothing in them is known to be revoked."""
    found = revoked([line.text for line in lines if line.style == "quote"], laws)
    if not found:
        return tuple(lines)
    place = next((n for n, line in enumerate(lines) if line.style == "source"), len(lines))
    return (*lines[:place], *revoked_basis(found), Line(""), *lines[place:])
