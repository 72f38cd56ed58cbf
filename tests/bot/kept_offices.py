"""An office with all that lies in a data folder, the commands that keep and restore it, and backups made by hand."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

import typer
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.backup_cli import backup, restore
from bot.media_store import Incoming
from handlers.inbound import Decision, receive
from handlers.messages import Address, Inbound
from handlers.office import Office
from handlers.parcels import OutgoingFile
from handlers.shipped import publish_shipped
from storage import media, outbox
from storage.database import HEAD, Database
from storage.media import MediaRow
from storage.outbox import OutboxRow
from storage.sealed import Sealer, load_or_make_secret
from tests.storage.fresh import NOW, address, fresh_database

COMPLAINT = "Saya Rukmana, 0812 1000 2000, mau lapor: kemarin di loket 3 saya diminta bayar 200rb untuk KBLI 29102"

commands = typer.Typer()
commands.command()(backup)
commands.command()(restore)


@dataclass
class Working:
    """An office as `pasti run` has it: everything under one folder."""

    folder: Path
    office: Office
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return address(self.office.database)

    def message(self, words: str, user: str = "6281210002000") -> Inbound:
        return Inbound(Address("whatsapp", user), f"SM{next(self.numbers)}", NOW, words)

    def say(self, words: str, user: str = "6281210002000") -> Decision:
        return receive(self.office, [self.message(words, user)])[0]

    def received(self) -> set[str]:
        with self.office.database.reader() as conn:
            return set(conn.exec_driver_sql("SELECT external_id FROM inbox").scalars())

    def keep_file(self, content: bytes) -> str:
        """As it is kept when the last message brought it: first the file, then the row."""
        incoming = Incoming(self.folder, 1 << 20)
        incoming.write(content)
        incoming.flush()
        sha256 = incoming.keep()
        with self.office.database.transaction() as tx:
            newest = text("SELECT id, conversation_id FROM inbox ORDER BY id DESC LIMIT 1")
            inbox_id, conversation = tx.execute(newest).one()
            id_ = next(self.numbers)
            row = MediaRow(id_, inbox_id, id_, conversation, "whatsapp", "photo", "x", NOW, NOW, sha256=sha256)
            media.add(tx, [row])
            kept = text("UPDATE media SET state = 'kept', sha256 = :sha256 WHERE id = :id")
            tx.execute(kept, {"sha256": sha256, "id": id_})
        return sha256

    def send_file(self, content: bytes) -> str:
        """As an officer's reply with a file leaves it: first the file, then the row."""
        incoming = Incoming(self.folder, 1 << 20)
        incoming.write(content)
        incoming.flush()
        sha256 = incoming.keep()
        with self.office.database.transaction() as tx:
            file = asdict(OutgoingFile(sha256, "surat.pdf", "application/pdf", len(content), picture=False))
            conversation = tx.exec_driver_sql("SELECT max(conversation_id) FROM inbox").scalar_one()
            position = 1000 + next(self.numbers)
            outbox.add(tx, [OutboxRow(self.office.new_id(), conversation, position, NOW, NOW, [], file=file)])
        return sha256


@contextmanager
def working(folder: Path) -> Iterator[Working]:
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "pasti.db"
    database = Database.open(str(path)) if path.exists() else fresh_database(folder)
    office = Office(database, Sealer(load_or_make_secret(folder, None)), lambda: NOW)
    publish_shipped(office)
    try:
        yield Working(folder, office)
    finally:
        database.close()


def pasti(*words: str, exit_code: int = 0, **settings: str) -> Result:
    result = CliRunner().invoke(commands, words, env=settings)
    assert result.exit_code == exit_code, result.output + str(result.exception)
    return result


def members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {member.name: content.read() for member in tar if (content := tar.extractfile(member))}


def written(file: Path, contents: dict[str, bytes], **manifest: object) -> Path:
    """A backup with these members, whose manifest fits them unless it says otherwise."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    facts = {"format": 1, "created": NOW.isoformat(), "migration": HEAD, "members": hashes, **manifest}
    with tarfile.open(file, "w:gz") as tar:
        for name, content in {**contents, "manifest.json": json.dumps(facts).encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
