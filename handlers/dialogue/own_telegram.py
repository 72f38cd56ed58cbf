"""An officer's own chat: `/start` with the code of their account page links it, `/putus` ends that. Pure.

It is asked before the dialogue, which is left as it was: an officer may be a citizen in the same chat, with a report
half filled in, and it works while a colleague answers there, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from handlers.dialogue import officer_texts
from handlers.dialogue.effects import Effect, LinkTelegram, Report, Say, UnlinkTelegram
from handlers.dialogue.engine import Turn
from handlers.dialogue.state import State
from handlers.messages import Inbound, Line

MARK = "petugas_"  # codes begin with it, so that one that is no longer good is still known for one
_CODE = re.compile(rf"^/?start[ \t]+({MARK}\w{{1,56}})[ \t]*$", re.IGNORECASE | re.MULTILINE)
_PARTING = re.compile(r"^\s*/putus(?:@\w+)?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OwnTelegram:
    """What was loaded for a message that speaks of it."""

    code: bool = False  # it brings a code
    offered_to: int | None = None  # the officer whose code it is; None: it is no longer good
    linked_to: int | None = None  # the officer who wants to part with the chat that is theirs


NOTHING = OwnTelegram()


def code_in(inbound: Inbound) -> str | None:
    """The code that a message brings. Only on Telegram: elsewhere the words mean what they mean."""
    found = _CODE.search(inbound.text) if inbound.address.channel == "telegram" else None
    return found[1].lower() if found else None


def parts(inbound: Inbound) -> bool:
    return inbound.address.channel == "telegram" and bool(_PARTING.match(inbound.text))


def decided(state: State, known: OwnTelegram) -> Turn | None:
    """The turn that a good code or a parting takes; None: the message is for the dialogue."""
    if known.offered_to is not None:
        return _turn(state, LinkTelegram(known.offered_to), Say(officer_texts.linked()))
    if known.linked_to is not None:
        return _turn(state, UnlinkTelegram(known.linked_to), Say(officer_texts.unlinked()))
    return None


def as_greeting(inbound: Inbound) -> Inbound:
    """A message with a code that is no longer good is an ordinary `/start`."""
    return inbound._replace(text="start", payload="start")


def with_word_on_code(turn: Turn) -> Turn:
    """The first thing that is said begins with what is wrong with the code; a bot that is silent stays so."""
    at = next((place for place, effect in enumerate(turn.effects) if isinstance(effect, Say)), None)
    if at is None:
        return turn
    said = turn.effects[at]
    assert isinstance(said, Say)
    effects = list(turn.effects)
    effects[at] = replace(said, lines=(*officer_texts.code_is_old(), Line(""), *said.lines))
    return replace(turn, effects=tuple(effects))


def _turn(state: State, *effects: Effect) -> Turn:
    return Turn(state, effects, Report("help"))
