"""An office with everybody whom a case may meet, and short words for what they do to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers import case_answers, case_routes, case_work
from handlers.access import Actor
from handlers.case_events import Done, Refused
from handlers.case_routes import Route
from handlers.case_work import Classified, Study
from knowledge.standards import COMPONENTS
from storage import audit, case_desk, officers, outbox
from storage.models import Agency, Case
from tests.scenarios import RUDE, Citizen, Desk, Story
from tests.staff import hired
from tests.storage.fresh import document

SHEET = Study("Petugas loket bersikap kasar kepada pemohon", ("Standar 61 komponen 9",), plan=("klarifikasi",))
CLASSIFIED = Classified("Perindustrian", COMPONENTS[9])


@dataclass
class Office:
    """Levels from the bottom: rina, manager, head, and outside the head the regent's assistant."""

    desk: Desk
    citizen: Citizen
    outside: Actor
    head: Actor
    manager: Actor
    rina: Actor
    dewi: Actor
    team_head: Actor
    team: Actor
    other_team: Actor
    inspector_head: Actor
    inspector: Actor
    admin: Actor

    @classmethod
    def at(cls, desk: Desk) -> Office:
        ids = {name: desk.office.new_id() for name in ("own", "industry", "health", "inspectorate")}
        with desk.office.database.transaction() as tx:
            for name, kind in (("own", "own"), ("industry", "other"), ("health", "other"), ("inspectorate",) * 2):
                officers.add_agency(tx, Agency(id=ids[name], name=name, kind=kind))

        def hire(role: str, agency: str, superior: Actor | None = None, **facts: Any) -> Actor:
            above = superior.id if superior else None
            return hired(desk.office, role, agency_id=ids[agency], superior_id=above, **facts)

        outside = hire("outside_superior", "own", name="Asisten Daerah")
        head = hire("head", "own", outside, name="Kepala")
        manager = hire("complaint_manager", "own", head, name="Manajer")
        rina = hire("officer", "own", manager, name="Rina")
        dewi = hire("officer", "own", manager, name="Dewi")
        team_head = hire("technical_team", "industry", outside, name="Kepala Dinas")
        team = hire("technical_team", "industry", team_head, name="Tim")
        other_team = hire("technical_team", "health", name="Tim lain")
        inspector_head = hire("inspector", "inspectorate", outside, name="Inspektur")
        inspector = hire("inspector", "inspectorate", inspector_head, name="Auditor")
        admin = hire("admin", "own", name="Admin")
        citizen = desk.citizen("6281234500011")
        return cls(
            desk, citizen, outside, head, manager, rina, dewi, team_head, team, other_team, inspector_head, inspector,
            admin,
        )  # fmt: skip

    @property
    def everyone(self) -> tuple[Actor, ...]:
        return (
            self.head, self.manager, self.rina, self.dewi, self.team_head, self.team, self.other_team,
            self.inspector_head, self.inspector, self.admin,
        )  # fmt: skip

    # ------------------------------------------------------------ doing

    def reported(self, story: Story = RUDE) -> str:
        return self.citizen.reports(story).number

    def does(self, event: Callable[..., Any], actor: Actor, number: str, *words: Any, **more: Any) -> Any:
        """On the page as it is now."""
        return event(self.desk.office, actor, number, self.desk.case(number).version, *words, **more)

    def did(self, event: Callable[..., Any], actor: Actor, number: str, *words: Any, **more: Any) -> Done:
        done = self.does(event, actor, number, *words, **more)
        assert isinstance(done, Done), done
        assert done.version == self.desk.case(number).version
        return done

    def refused(self, event: Callable[..., Any], actor: Actor, number: str, *words: Any, **more: Any) -> str:
        before = self.desk.case(number)
        refused = self.does(event, actor, number, *words, **more)
        assert isinstance(refused, Refused), refused
        assert self.desk.case(number) == before
        return refused.sentence

    def studied(self, number: str, by: Actor | None = None) -> str:
        who = by or self.rina
        self.did(case_work.take, who, number)
        self.did(case_work.classify, who, number, CLASSIFIED)
        self.did(case_work.study, who, number, SHEET)
        return number

    def routed(self, number: str, route: Route, to: Actor, by: Actor | None = None) -> str:
        self.did(case_routes.choose_route, by or self.rina, number, route, to.id, "hasil telaah")
        return number

    def answered(self, number: str, words: str = "Petugas sudah ditegur dan meminta maaf.") -> str:
        self.did(case_answers.answer, self.rina, number, words)
        return number

    def arrives(self) -> None:
        """All that waits to be sent is delivered."""
        with self.desk.office.database.transaction() as tx:
            tx.execute(outbox.outbox.update().values(state="delivered", sent_at=self.desk.clock()))
        case_answers.note_deliveries(self.desk.office)

    def away(self, officer: Actor, deputy: Actor, days: int = 3) -> None:
        today = self.desk.clock().date()
        facts = {"deputy_id": deputy.id, "deputy_from": today, "deputy_until": today + timedelta(days=days)}
        with self.desk.office.database.transaction() as tx:
            officers.change(tx, officer.id, facts)

    # ------------------------------------------------------------ looking

    def told(self) -> list[str]:
        """What the office said to citizens unasked, oldest first."""
        with self.desk.office.database.reader() as conn:
            rows = conn.exec_driver_sql("SELECT lines FROM outbox WHERE sender = 'system' ORDER BY id").scalars()
            return ["\n".join(words for _, words in document(lines)) for lines in rows]

    def reports(self, number: str) -> list[tuple[str, int | None]]:
        """Kind and addressee of the written reports."""
        with self.desk.office.database.reader() as conn:
            return [(r.kind, r.addressee_id) for r in case_desk.reports_of(conn, self.desk.case(number).id)]

    def holder(self, number: str) -> int | None:
        with self.desk.office.database.reader() as conn:
            return case_desk.holder_of(conn, self.desk.case(number).id)

    def whole(self, case: Case) -> bool:
        with self.desk.office.database.reader() as conn:
            return all(each.broken_at is None for each in audit.checked(conn) if each.number == case.number)
