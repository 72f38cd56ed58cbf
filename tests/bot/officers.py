"""Replies of an officer with a file, as they stand in the outbox of a running program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import cast

from handlers.messages import Channel, Line
from handlers.parcels import OutgoingFile
from handlers.parts import with_file
from storage import conversations, outbox
from storage.outbox import OutboxRow
from tests.bot.connected import Connected
from tests.bot.uploads import uploaded


def write(program: Connected, lines: Sequence[Line], file: OutgoingFile | None) -> int:
    """One row in the only conversation. Returns its id."""
    office = program.pasti.office
    [of] = program.rows("conversations")
    with office.database.transaction() as tx:
        row = conversations.by_id(tx, cast(int, of["id"]))
        assert row is not None
        now = office.clock()
        row = replace(row, position=row.position + 1, version=row.version + 1, updated_at=now)
        conversations.save(tx, [row])
        written = OutboxRow(
            id=office.new_id(),
            conversation_id=row.id,
            position=row.position,
            created_at=now,
            due_at=now,
            lines=[[line.style, line.text] for line in lines],
            sender="officer",
            state="sent" if row.channel == "web" else "queued",
            file=asdict(file) if file else None,
        )
        outbox.add(tx, [written])
    program.pasti.sender.look()
    return written.id


async def replies(program: Connected, text: str, data: bytes, name: str = "surat.pdf") -> OutgoingFile:
    """Words and a file, in as many rows as the channel needs."""
    file = await uploaded(program.pasti.settings.data_dir, data, name)
    channel = cast(Channel, program.rows("conversations")[0]["channel"])
    before, beside = with_file([Line(text)], channel, picture=file.picture)
    for lines in before:
        write(program, lines, None)
    write(program, beside, file)
    return file
