"""A desk in a process of its own that starts at once: the standards are read when this module is imported.

It is for a fork server, which imports it once and makes every process from there. What runs in the process is what
`pasti chat --jsonl` runs, with a connection in place of standard input and output.
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.jsonl import converse
from handlers.office import Office
from storage.database import Database
from storage.sealed import Sealer
from tests.scenarios import SECRET, Desk


def answer_lines(url: str, lines: Connection) -> None:
    """Answers until the other end closes, or until it is killed."""
    office = Office(Database.open(url), Sealer(SECRET), library=_LIBRARY)
    try:
        for answer in converse(office, iter(lines.recv, None)):
            lines.send(answer)
    except EOFError:
        office.database.close()


with TemporaryDirectory() as _folder:
    _desk = Desk(Path(_folder))
    with _desk.office.database.reader() as _conn:
        _desk.office.library.current(_conn)
    _LIBRARY = _desk.office.library
    _desk.close()
