"""The process is killed (SIGKILL) in the midst of citizens' reports, started again, and sent what it had not answered.

The register must be that of a run without kills: the same cases, no number twice, none left out. `PASTI_KILLS=500`
kills more often than the suite does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.jsonl import converse
from storage import audit, cases, parties
from storage.database import Database
from storage.inbox import inbox
from storage.models import CaseEvent
from storage.outbox import outbox
from storage.sealed import Sealer
from tests.scenarios import MONDAY, RUDE_IN_ONE, SECRET, Desk, check_register
from tests.warm_desk import answer_lines

KILLS = int(os.environ.get("PASTI_KILLS", "60"))
LONGEST = 0.03  # seconds from a line to the kill; a decision takes less
PATIENCE = 30  # seconds for an answer of a process that is not killed

Line = Mapping[str, Any]

TALKS: Mapping[str, Sequence[Line | str]] = {
    "whatsapp: adds": (
        RUDE_IN_ONE,
        "ya",
        "tambah: saksinya Bu Entin",
        {"attachments": [{"kind": "photo", "name": "loket.jpg"}]},
        "status",
    ),
    "telegram: cures": (
        *("mau lapor", "petugas membentak saya", "loket MPP", "kemarin", "lewati", "ya"),
        "nama saya Asep Sunandar",
    ),
    "web: gives a contact": (
        *("mau lapor", "antrian tiga jam baru dipanggil", "loket 3", "kemarin", "Neneng Hasanah", "0857-1111-2222"),
        *("berapa biaya KBLI 29102?", "ya"),
    ),
    "whatsapp: withdraws": (
        {"text": "saran: ruang tunggunya dikasih AC", "attachments": [{"kind": "photo", "name": "ruang.jpg"}]},
        *("ya", "cabut laporan saya", "1"),
    ),
    "whatsapp: in fragments": (
        {"text": "Saya Dedi Mulyana, mau lapor", "burst": True},
        {"text": "kemarin di loket MPP petugas merokok", "burst": True},
        "ya",
    ),
    "telegram: cancels": ("mau lapor", "toilet MPP kotor sekali", "batal", "makasih"),
    "whatsapp: speaks": ({"attachments": [{"kind": "voice", "name": "lapor.ogg"}], "name": "Ujang Koswara"}, "status"),
    "web: twice": (RUDE_IN_ONE, "ya", "ya", RUDE_IN_ONE, "ya"),
}


def conversation() -> list[Line]:
    """All talks in turn, a message each, a minute apart, so that a kill falls into several reports at once."""
    lines: list[Line] = []
    for turn in range(max(map(len, TALKS.values()))):
        for user, told in TALKS.items():
            if turn < len(told):
                said = told[turn]
                said = {"text": said} if isinstance(said, str) else said
                at = MONDAY + timedelta(minutes=len(lines))
                known = {"user": user, "channel": user.split(":")[0], "id": f"{user} {turn}", "at": at.isoformat()}
                lines.append({"text": "", **known, **said})
    return lines


class Killable:
    """The desk in a process that is killed and started anew."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["tests.warm_desk"])
        self.start()

    def start(self) -> None:
        self._lines, theirs = self._context.Pipe()
        self._process = self._context.Process(target=answer_lines, args=(self.url, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def answer(self, line: Line) -> dict[str, Any]:
        self._lines.send(json.dumps(line))
        assert self._lines.poll(PATIENCE), f"no answer to {line}"
        answer: dict[str, Any] = json.loads(self._lines.recv())
        return answer

    def kill_during(self, line: Line, after: float) -> None:
        """Killed so many seconds after the line was sent, or as soon as it is answered, which nobody hears."""
        self._lines.send(json.dumps(line))
        self._lines.poll(after)
        self.kill()
        self.start()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._lines.close()


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[Killable]:
    desk = Desk(tmp_path)
    desk.close()
    killable = Killable(desk.url)
    yield killable
    killable.kill()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is kept when nothing is killed."""
    desk = Desk(tmp_path_factory.mktemp("undisturbed"))
    answers = list(converse(desk.office, map(json.dumps, conversation())))
    assert not any("error" in json.loads(answer) for answer in answers)
    desk.close()
    return kept(desk.url)


def kept(url: str) -> dict[str, Any]:
    """The register and the messages, without what differs by chance: ids, access codes, hashes, times of writing."""
    database = Database.open(url)
    with database.reader() as conn:
        check_register(conn)
        register = [entry(conn, case) for case in cases.register(conn)]
        messages = {str(table): conn.scalar(select(func.count()).select_from(table)) for table in (inbox, outbox)}
        undecided = conn.scalar(select(func.count()).where(inbox.c.decided_at.is_(None)))
    database.close()
    return {"register": register, "undecided": undecided, **messages}


def entry(conn: Connection, case: Any) -> dict[str, Any]:
    chance = {"id", "conversation_id", "reporter_id", "access_code_hash", "history_hash", "updated_at"}
    reporter = parties.get(conn, Sealer(SECRET), case.reporter_id)
    assert reporter is not None

    def told(event: CaseEvent) -> dict[str, Any]:
        return {name: value for name, value in (event.after or {}).items() if name not in chance}

    return {
        **case.model_dump(exclude=chance),
        "reporter": (reporter.name, reporter.phone, reporter.email, reporter.address, reporter.nik),
        "numbers": cases.numbers(conn, case.id),
        "events": [(e.kind, e.actor, e.before, told(e), e.note) for e in audit.history(conn, case.id)],
        "evidence": [(e.kind, e.name, e.inbox_id is not None) for e in cases.evidence_of(conn, case.id)],
    }


def test_the_conversation_fills_the_register(undisturbed: Mapping[str, Any]) -> None:
    told = [(case["kind"], case["stage"], len(case["numbers"])) for case in undisturbed["register"]]
    assert sorted(told) == [
        *[("complaint", "received", 1)] * 5,
        ("complaint", "received", 2),
        ("suggestion", "withdrawn", 1),
    ]
    assert undisturbed["undecided"] == 0


def test_killed_at_any_point_the_register_is_the_same(killable: Killable, undisturbed: Mapping[str, Any]) -> None:
    chance = Random(2026)
    lines = conversation()
    kills = chance.choices(range(len(lines)), k=KILLS)
    for number, line in enumerate(lines):
        for _ in range(kills.count(number)):
            killable.kill_during(line, chance.uniform(0, LONGEST))
        answer = killable.answer(line)
        assert answer.get("replies") or answer.get("duplicate") or line.get("burst"), f"{line}: {answer}"
    killable.kill()
    assert kept(killable.url) == undisturbed


def test_killed_between_any_two_messages_the_register_is_the_same(
    killable: Killable, undisturbed: Mapping[str, Any]
) -> None:
    for line in conversation():
        killable.answer(line)
        killable.kill()
        killable.start()
    killable.kill()
    assert kept(killable.url) == undisturbed


def test_killed_while_it_starts_it_starts_the_next_time(tmp_path: Path) -> None:
    """On a new database: between its folder, its tables, its secret and its standards."""
    chance = Random(2026)
    lines = [{"user": "62812", "text": text, "id": str(n)} for n, text in enumerate((RUDE_IN_ONE, "ya"))]
    for _ in range(3):
        with suppress(subprocess.TimeoutExpired):
            command_line(tmp_path, lines[:1], chance.uniform(0.3, 1.5))
    *_, last = command_line(tmp_path, lines, PATIENCE)
    assert last["case"]["number"] == "ADU-2026-00001-6"


def command_line(folder: Path, lines: Sequence[Line], patience: float) -> list[dict[str, Any]]:
    """`pasti chat --jsonl`; raises TimeoutExpired, with the process killed, when it has not ended in time."""
    talked = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--jsonl", "--database", f"sqlite:///{folder / 'pasti.db'}"],
        input="\n".join(map(json.dumps, lines)),
        env={**os.environ, "DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=patience,
        check=True,
    )
    return [json.loads(line) for line in talked.stdout.splitlines()]
