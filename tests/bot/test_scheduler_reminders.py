"""What happens because time has passed, at a real office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.scheduler import Scheduler
from bot.writer import Writer
from knowledge.calendar import JAKARTA
from storage import outbox
from tests.case_office import Office
from tests.scenarios import Desk


async def test_a_round_reminds_once_and_notes_what_has_arrived(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    office = Office.at(desk)
    number = office.studied(office.reported())
    writer = Writer()
    changed: list[Sequence[int]] = []
    scheduler = Scheduler(desk.office, writer, changed.append)
    desk.clock.now = datetime(2026, 11, 18, 9, tzinfo=JAKARTA)
    for _ in range(2):
        await scheduler.once()
    with desk.office.database.reader() as conn:
        assert conn.exec_driver_sql("SELECT kind FROM reminders").scalars().all() == ["seven_days"]
    office.answered(number)
    with desk.office.database.transaction() as tx:
        tx.execute(outbox.outbox.update().values(state="delivered", sent_at=desk.clock()))
    await scheduler.once()
    assert desk.case(number).delivered_on == desk.clock.now.date()
    writer.close()
    desk.close()
