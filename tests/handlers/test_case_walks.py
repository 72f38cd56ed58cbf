"""A complaint is walked at random by every role and its reporter: nothing forbidden happens, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handlers import case_answers, case_routes, case_secrecy, case_work
from handlers.access import NotAllowedError, NotFoundError
from handlers.case_events import Done
from handlers.case_rules import Stage, moves
from storage import audit, case_desk
from storage.models import Case
from tests.case_office import CLASSIFIED, SHEET, Office
from tests.scenarios import Desk

Event = Callable[[Office, int], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]

EVENTS: dict[str, Event] = {
    "take": lambda office, pick: (case_work.take, (), {}),
    "assign": lambda office, pick: (case_work.assign, (office.everyone[pick].id,), {}),
    "classify": lambda office, pick: (case_work.classify, (CLASSIFIED,), {}),
    "study": lambda office, pick: (case_work.study, (SHEET,), {}),
    "ask": lambda office, pick: (case_work.ask_reporter, ("Kapan kejadiannya?",), {}),
    "resume": lambda office, pick: (case_work.resume, ("sudah jelas",), {}),
    "note": lambda office, pick: (case_work.note, ("catatan",), {}),
    "route": lambda office, pick: (
        case_routes.choose_route,
        (("internal", "agency", "apip")[pick % 3], office.everyone[pick].id, "hasil telaah"),
        {},
    ),
    "hand_up": lambda office, pick: (case_routes.hand_up, ("laporan",), {}),
    "send_back": lambda office, pick: (case_routes.send_back, ("kembali",), {}),
    "recall": lambda office, pick: (case_routes.recall, ("terlalu lama",), {}),
    "decide": lambda office, pick: (case_routes.decide, ("hasil", "laporan hasil"), {}),
    "report": lambda office, pick: (case_routes.report_result, ("laporan",), {}),
    "approve": lambda office, pick: (case_routes.approve_apip, ("tidak selesai",), {}),
    "cite": lambda office, pick: (case_routes.cite_provision, ("pasal 25", "wajib"), {}),
    "answer": lambda office, pick: (case_answers.answer, ("Sudah diperbaiki.",), {}),
    "attempt": lambda office, pick: (
        case_answers.record_attempt,
        (("phone", "letter", "in_person")[pick % 3],),
        {"reached": pick > 4, "words": "dicoba"},
    ),
    "close": lambda office, pick: (case_answers.close, (), {}),
    "says": lambda office, pick: (case_answers.reporter_says, (), {"solved": pick > 4, "words": "katanya"}),
    "accuse": lambda office, pick: (case_secrecy.name_accused, ([office.everyone[pick].id], "disebut"), {}),
    "nobody": lambda office, pick: (case_secrecy.name_accused, ([], "tidak ada"), {}),
    "widen": lambda office, pick: (case_secrecy.widen, ("perlu",), {}),
}


class Walk(RuleBasedStateMachine):
    @initialize(picks=st.lists(st.integers(0, 9), min_size=12, max_size=30))
    def begins(self, picks: list[int]) -> None:
        self.folder = TemporaryDirectory()
        self.office = Office.at(Desk(Path(self.folder.name)))
        self.number = self.office.reported()
        self.before = self.case()
        self.length = 1
        self.it_goes_on(picks)

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.desk.close()
            self.folder.cleanup()

    def case(self) -> Case:
        return self.office.desk.case(self.number)

    @rule(name=st.sampled_from(sorted(EVENTS)), who=st.integers(0, 9), pick=st.integers(0, 9))
    def an_officer(self, name: str, who: int, pick: int) -> None:
        self.act(name, who, pick)

    @rule(pick=st.integers(0, 9))
    def the_next(self, pick: int) -> None:
        self.it_goes_on([pick])

    def it_goes_on(self, picks: list[int]) -> None:
        """What comes next is done by somebody who can, so that walks come far."""
        for pick in picks:
            self.someone(self.next_event(pick), pick)

    def next_event(self, pick: int) -> str:
        case, office = self.case(), self.office
        if not case.sector or not case.core_problem:
            return "study" if case.sector else "classify"
        if office.holder(self.number) is not None:
            return ("decide", "hand_up", "send_back", "note", "decide")[pick % 5]
        if case.stage in ("under_review", "in_progress") and pick < 9:
            return ("route", "cite", "approve", "route", "route", "ask", "answer", "answer", "route")[pick]
        if case.stage == "answered":
            return ("attempt", "report", "says", "close", "close", "report", "says", "close", "says", "says")[pick]
        return "says" if case.stage == "closed" else "answer"

    def someone(self, name: str, pick: int) -> None:
        if name == "attempt":
            self.it_arrives()
        everyone = self.office.everyone
        holder = self.office.holder(self.number)
        likely = [n for n, actor in enumerate(everyone) if actor.id == holder] + [2, 1, 0, 8]
        for who in likely:
            if self.act(name, who, pick):
                return

    def act(self, name: str, who: int, pick: int) -> bool:
        office = self.office
        actor = office.everyone[who]
        event, words, more = EVENTS[name](office, pick)
        with office.desk.office.database.reader() as conn:
            accused = actor.id in case_desk.accused_in(conn, self.before.id)
        try:
            found = office.does(event, actor, self.number, *words, **more)
        except (NotFoundError, NotAllowedError):
            found = None
        assert not (accused and found is not None)
        done = isinstance(found, Done)
        self.follows(int(done), name)
        return done

    @rule(words=st.sampled_from(["tambah: ada saksinya", "sudah selesai", "belum selesai", "status laporan saya"]))
    def the_reporter(self, words: str) -> None:
        before = len(self.office.desk.events(self.number))
        self.office.citizen.says(words)
        self.follows(len(self.office.desk.events(self.number)) - before, words)

    @rule(days=st.sampled_from([0, 1, 3, 9, 20]))
    def time_goes_on(self, days: int) -> None:
        self.office.desk.clock.advance(days=days, hours=1)

    @rule()
    def the_answer_arrives(self) -> None:
        self.it_arrives()

    def it_arrives(self) -> None:
        before = len(self.office.desk.events(self.number))
        self.office.arrives()
        self.follows(len(self.office.desk.events(self.number)) - before, "delivered")

    def follows(self, written: int, name: str) -> None:
        """One event, one entry; a move that is allowed; the clock where it was."""
        after = self.case()
        history = self.office.desk.events(self.number)
        self.length += written
        assert len(history) == self.length, (name, history)
        if after.stage != self.before.stage:
            assert written, name
            allowed = moves("complaint", cast(Stage, self.before.stage))
            assert after.stage in allowed, (name, self.before.stage, after.stage)
        assert (after.due_on, after.clock_started_at) == (self.before.due_on, self.before.clock_started_at)
        assert (after.version > self.before.version) == bool(written)
        if after.stage == "closed" != self.before.stage:
            assert all((after.sector, after.problem, after.core_problem, after.delivered_on))
            assert {kind for kind, _ in self.office.reports(self.number)} & {"closing", "result"}
        self.before = after

    @invariant()
    def the_history_is_whole(self) -> None:
        if hasattr(self, "office"):
            with self.office.desk.office.database.reader() as conn:
                assert [each.broken_at for each in audit.checked(conn)] == [None]
                open_steps = [s for s in case_desk.steps_of(conn, self.before.id) if s.ended_at is None]
            assert len(open_steps) <= 1


TestWalks = Walk.TestCase
TestWalks.settings = settings(
    max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
