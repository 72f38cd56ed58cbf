"""Whatever citizens write or press, in whatever state: one decision, something said, a state that can be saved."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.dialogue.effects import Say
from handlers.dialogue.engine import Context, step
from handlers.dialogue.state import State, dump, load
from handlers.messages import Address, Attachment, Channel, Inbound
from knowledge.base import KnowledgeBase
from knowledge.lessons import load_examples
from tests.offices import desk_at
from tests.storage.fresh import NOW

SENTENCES = [sentence for name in ("components", "intents") for _, sentence in load_examples(name)]
PIECES = ["?", "👎", "1", "3", "9", "29102", "10799", "menu", "batal", "ya", "petugas", "semua", "poin 3", "nomor 2"]
PIECES += ["kalau", "yang tinggi", "\n", "٣", "²", "１２３４５", "Ⅳ", "no ½", "%s{}[]", "a" * 300]
PAYLOADS = ["menu", "officer", "complain", "status", "confirm", "change", "cancel", "how-to-ask", "thumbs-down"]
PAYLOADS += ["ask:1", "ask:15", "ask:", "edit:what", "edit:name", "standard:", "case:x", "withdraw:", "add:", "drop:x"]

texts = st.sampled_from(SENTENCES) | st.lists(st.sampled_from(PIECES), max_size=3).map(" ".join) | st.text(max_size=40)
attachments = st.lists(st.builds(Attachment, st.sampled_from(["photo", "voice", "sticker"])), max_size=2).map(tuple)
moves = st.tuples(texts, st.none() | st.sampled_from(PAYLOADS) | st.text(max_size=12) | st.integers(0, 4), attachments)


@cache
def knowledge() -> KnowledgeBase:
    with TemporaryDirectory() as folder, desk_at(Path(folder), "several") as desk:
        return desk.knowledge()


def press(payload: str | int | None, state: State) -> str | None:
    """A number presses that choice of the last reply, anything else is pressed as it is."""
    if not isinstance(payload, int):
        return payload
    return state.choices[payload].payload if payload < len(state.choices) else None


@settings(max_examples=150, deadline=None)
@given(st.lists(moves, min_size=1, max_size=6), st.sampled_from(["whatsapp", "web"]))
@example([("", "ask:²", ())], "web")
@example([("petugas loket minta uang ke saya kemarin", None, ()), ("", "edit:zzz", ())], "web")
def test_a_conversation_always_goes_on(
    conversation: list[tuple[str, str | int | None, tuple[Attachment, ...]]], channel: Channel
) -> None:
    state = State()
    for number, (text, payload, sent) in enumerate(conversation):
        inbound = Inbound(Address(channel, "u"), str(number), NOW, text, press(payload, state), sent)
        turn = step(inbound, state, Context(knowledge(), NOW))
        assert turn.effects
        for effect in turn.effects:
            if isinstance(effect, Say):
                assert any(line.text.strip() for line in effect.lines)
                assert all(0 < len(button.title) <= 20 for button in effect.buttons)
        saved = json.dumps(dump(turn.state))
        assert json.dumps(dump(load(json.loads(saved)))) == saved
        state = load(json.loads(saved))
