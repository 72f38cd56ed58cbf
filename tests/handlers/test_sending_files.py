"""Around sending a file: it goes with its words, gets the time that it takes, and is held with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.parcels import OutgoingFile, Sent, WindowClosed
from handlers.sending import LEASE, LEASE_OF_FILE, exchange, sweep
from storage import outbox
from tests.handlers.test_sending import asked, from_officer, leased, record, states
from tests.offices import Desk, desk_at

FILE = OutgoingFile("ab" * 32, "surat.pdf", "application/pdf", 1234, picture=False)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        yield desk


def with_a_file(desk: Desk, conversation: int) -> None:
    """As a reply of an officer with a file stands in the outbox, when a later PASTI wrote it."""
    from_officer(desk, conversation)
    with desk.office.database.transaction() as tx:
        file = asdict(FILE) | {"field_of_tomorrow": 1}
        tx.execute(outbox.outbox.update().where(outbox.outbox.c.conversation_id == conversation).values(file=file))


def test_it_goes_with_its_parcel_and_gets_the_time_it_takes(desk: Desk) -> None:
    with_file, without = asked(desk), asked(desk, user="+6281200000002")
    with_a_file(desk, with_file)
    parcels = exchange(desk.office, recipients=[with_file, without]).parcels
    assert [parcel.file for parcel in parcels] == [FILE, None]
    desk.clock.now += LEASE + timedelta(seconds=1)
    sweep(desk.office, alone=False)
    assert states(desk) == ["sending", "unknown"]
    desk.clock.now += LEASE_OF_FILE
    sweep(desk.office, alone=False)
    assert states(desk) == ["unknown", "unknown"]


def test_it_is_held_with_its_words_and_goes_out_with_them(desk: Desk) -> None:
    conversation = asked(desk)
    with_a_file(desk, conversation)
    record(desk, leased(desk, conversation), WindowClosed())
    ping = leased(desk, conversation)
    assert (ping.template, ping.file) == ("officer_reply", None)
    record(desk, ping, Sent("SM1"))
    desk.say("ya", user="+6281200000001")
    assert leased(desk, conversation).file == FILE
