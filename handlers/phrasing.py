"""Phrases: other words for a standard, for one of its components, or for an answer of the office.

They are at work with the next message. What they would change for other questions is known before they are kept
(`preview`), and what is taken out can be put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from handlers import golden, office_answers
from handlers.access import Actor, NotFoundError, require
from handlers.dialogue.replies import is_no, is_yes
from handlers.dialogue.state import State
from handlers.dialogue.understand import understand
from handlers.office import Office
from handlers.trial import Bot, Change, Trial, changes
from knowledge.base import KnowledgeBase
from knowledge.businesses import other_names
from knowledge.kept import Kept
from knowledge.lessons import load_examples
from knowledge.phrases import OfficeAnswer, Phrase, stems_of
from knowledge.standards import COMPONENTS
from storage import golden as golden_rows
from storage import office_events, phrases, versions
from storage.models import Phrase as PhraseRow
from storage.office_events import OfficeEventRow

LONGEST = 100  # characters
_COMMANDS = frozenset({"greeting", "thanks", "goodbye", "help", "cancel", "human", "status", "complaint", "suggestion"})
_CUE = 3.0  # one strong cue
_NEWEST = 2**63 - 1  # of two alike the later is heard
_NOT_YET = 0  # the id of an answer that is not kept


class PhraseProblemError(ValueError):
    """The phrase cannot be kept; the message says why, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A phrase that an officer wants, and what it is to mean."""

    text: str
    identity: str | None = None
    component: int | None = None
    whole_code: bool = False
    answer: int | None = None
    new_answer: OfficeAnswer | None = None  # one that is not kept yet


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be, were the phrase kept."""

    golden: tuple[Change, ...]  # golden questions that would be answered otherwise
    others: tuple[Change, ...]  # titles, other names and phrases of other standards
    usual: tuple[Change, ...]  # what people usually ask, of whichever standard
    trial: Trial | None  # of the question that it is for

    @property
    def takes_over(self) -> bool:
        return bool(self.golden or self.others or self.usual)

    @property
    def in_vain(self) -> bool:
        """The question that it is for would still get no answer."""
        return self.trial is not None and self.trial.outcome.kind == "none"


def preview(office: Office, wanted: Wanted, question: str = "") -> Preview:
    """Asks all that the phrase could touch, without it and with it.

    Raises NotFoundError, PhraseProblemError, AnswerProblemError.
    """
    if wanted.new_answer is not None:
        office_answers.cleaned(wanted.new_answer.title, wanted.new_answer.text)
    with office.database.reader() as conn:
        now = golden.bot(office, conn)
        kept_questions = [row.question for row in golden_rows.everything(conn)]
    _check(wanted, now.knowledge)
    then = with_phrase(now, wanted)
    return Preview(
        tuple(changes(now, then, kept_questions)),
        tuple(changes(now, then, _touched(wanted, now.knowledge, then.knowledge))),
        tuple(change for change in changes(now, then, _usual(then.knowledge)) if change.before.kind != "none"),
        then.tried(question) if question else None,
    )


def with_phrase(bot: Bot, wanted: Wanted) -> Bot:
    """The bot as it would answer with this phrase."""
    kept = bot.knowledge.kept
    answer = _NOT_YET if wanted.new_answer else wanted.answer
    answers = {**kept.answers, _NOT_YET: wanted.new_answer} if wanted.new_answer else kept.answers
    phrase = Phrase(_NEWEST, wanted.text, wanted.identity, wanted.component, wanted.whole_code, answer)
    other = Kept((*kept.phrases, phrase), answers, kept.laws)
    return replace(bot, knowledge=bot.knowledge.with_kept(other))


def add(office: Office, actor: Actor, wanted: Wanted) -> int:
    """Raises NotAllowedError, NotFoundError, PhraseProblemError."""
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        return enter(tx, office, actor, wanted)


def add_with_answer(office: Office, actor: Actor, wanted: Wanted) -> int:
    """A new answer of the office, with the first words that lead to it. Returns the answer's id.

    Raises NotAllowedError, PhraseProblemError, AnswerProblemError.
    """
    assert wanted.new_answer is not None
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        answer = office_answers.add(tx, office, actor, wanted.new_answer.title, wanted.new_answer.text)
        enter(tx, office, actor, Wanted(wanted.text, answer=answer.id))
        return answer.id


def enter(tx: Connection, office: Office, actor: Actor, wanted: Wanted) -> int:
    """The same within a transaction."""
    require(actor, "knowledge.keep")
    _check(wanted, office.library.current(tx))
    row = PhraseRow(
        id=office.new_id(),
        text=_line(wanted.text),
        identity=wanted.identity,
        component=wanted.component,
        whole_code=wanted.whole_code,
        answer_id=wanted.answer,
        officer_id=actor.id,
        added_at=office.clock(),
    )
    phrases.add(tx, row)
    _note(tx, office, actor, "phrase_added", row)
    return row.id


def remove(office: Office, actor: Actor, id_: int, *, undo: bool = False) -> None:
    """Takes a phrase out; undo: it is at work again. Raises NotAllowedError, NotFoundError."""
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        take_out(tx, office, actor, id_, undo=undo)


def take_out(tx: Connection, office: Office, actor: Actor, id_: int, *, undo: bool = False) -> None:
    """The same within a transaction."""
    row = phrases.by_id(tx, id_)
    if row is None:
        raise NotFoundError(id_)
    if (row.removed_at is None) != undo:
        phrases.set_removed(tx, id_, None if undo else office.clock())
        _note(tx, office, actor, "phrase_restored" if undo else "phrase_removed", row)


def _touched(wanted: Wanted, knowledge: KnowledgeBase, after: KnowledgeBase) -> Iterator[str]:
    """The names of other standards, and the phrases of others, that the new phrase would be heard in."""
    entry = knowledge.catalogue.by_identity.get(wanted.identity or "")
    code = entry.standard.kbli if entry and wanted.whole_code else None
    for other in knowledge.catalogue.published:
        standard = other.standard
        if standard.identity == wanted.identity or (code and standard.kbli == code):
            continue
        for name in (standard.title, *other_names(standard.kbli)):
            if _is_heard_in(name, after):
                yield name
    for phrase in knowledge.kept.phrases:
        at_work = phrase.identity in knowledge.catalogue.by_identity or phrase.answer in knowledge.kept.answers
        if at_work and not _means_the_same(phrase, wanted) and _is_heard_in(phrase.text, after):
            yield phrase.text


def _usual(after: KnowledgeBase) -> Iterator[str]:
    """Sentences as people write them, in which the phrase would be heard: one of everyday words in many."""
    for name in ("components", "intents"):
        yield from (text for _, text in load_examples(name) if _is_heard_in(text, after))


def _means_the_same(phrase: Phrase, wanted: Wanted) -> bool:
    return (phrase.identity, phrase.component, phrase.answer) == (wanted.identity, wanted.component, wanted.answer)


def _is_heard_in(text: str, after: KnowledgeBase) -> bool:
    heard = after.phrases.find(after.language.read(text))
    return heard is not None and heard.phrase.id == _NEWEST


def _check(wanted: Wanted, knowledge: KnowledgeBase) -> None:
    text = _line(wanted.text)
    if not text or len(text) > LONGEST:
        raise PhraseProblemError(f"Isi kata-katanya, paling banyak {LONGEST} huruf.")
    stems = stems_of(text, knowledge.language)
    if not stems or all(len(stem) < 2 for stem in stems):
        raise PhraseProblemError("Kata-kata ini terlalu umum: bisa ada di pertanyaan apa saja.")
    if _is_command(text, knowledge):
        raise PhraseProblemError("Kata-kata ini sudah berarti lain bagi bot, misalnya memanggil petugas atau melapor.")
    if wanted.identity is not None and wanted.identity not in knowledge.catalogue.by_identity:
        raise NotFoundError(wanted.identity)
    if wanted.answer is not None and wanted.answer not in knowledge.kept.answers:
        raise NotFoundError(wanted.answer)
    if (wanted.identity is None) == (wanted.answer is None and wanted.new_answer is None):
        raise PhraseProblemError("Pilih standar yang dimaksud, atau tulis jawaban kantor.")
    if wanted.component is not None and wanted.component not in _stated(wanted, knowledge):
        raise PhraseProblemError("Standar ini tidak memuat komponen itu.")
    for phrase in knowledge.kept.phrases:
        if _means_the_same(phrase, wanted) and stems_of(phrase.text, knowledge.language) == stems:
            raise PhraseProblemError("Kata-kata ini sudah ada di daftar.")


def _is_command(text: str, knowledge: KnowledgeBase) -> bool:
    """Whether they call a person, open a report, ask for a status or the menu: no phrase stands in the way of that."""
    reading = understand(text, None, knowledge, State())
    return is_yes(text) or is_no(text) or (reading.intent in _COMMANDS and reading.cues[reading.intent] >= _CUE)


def _stated(wanted: Wanted, knowledge: KnowledgeBase) -> frozenset[int]:
    entry = knowledge.catalogue.by_identity.get(wanted.identity or "")
    return frozenset(entry.standard.components) & frozenset(COMPONENTS) if entry else frozenset()


def _line(text: str) -> str:
    return " ".join(text.split())


def _note(tx: Connection, office: Office, actor: Actor, kind: str, row: PhraseRow) -> None:
    versions.bump(tx, versions.KEPT)
    about = f"standard:{row.identity}" if row.identity else f"answer:{row.answer_id}"
    event = OfficeEventRow(office.new_id(), office.clock(), actor.id, kind, row.text, None, None, about)
    office_events.add(tx, event)
