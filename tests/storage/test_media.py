from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from storage import cases, conversations, inbox, media
from storage.database import Database
from storage.inbox import InboxRow
from storage.media import MediaRow
from storage.models import Case, Evidence
from tests.storage.fresh import NOW

SHA = "ab" + 62 * "0"


@pytest.fixture
def tx(database: Database, new_id: Callable[[], int]) -> Iterator[Connection]:
    with database.transaction() as tx:
        conversations.load_or_create(tx, [("telegram", "warga")], NOW, new_id)  # 1
        inbox.claim(tx, [InboxRow(n, "telegram", f"m{n}", 1, n, NOW, "photo") for n in (1, 2, 3)])
        for n in (71, 72):
            cases.add(
                tx, Case(id=n, number=f"S-{n}", kind="suggestion", channel="telegram", received_at=NOW, updated_at=NOW)
            )
        yield tx


def file(id_: int, inbox_id: int = 1, **changes: object) -> MediaRow:
    row = MediaRow(id_, inbox_id, id_, 1, "telegram", "photo", f"file-{id_}", NOW, NOW, "loket.jpg", "image/jpeg")
    return replace(row, **changes)  # type: ignore[arg-type]


def evidence(id_: int, case_id: int = 71, inbox_id: int = 1, kind: str = "photo") -> Evidence:
    return Evidence(id=id_, case_id=case_id, inbox_id=inbox_id, kind=kind, name="", added_at=NOW)


def links(tx: Connection, case_id: int = 71) -> list[int | None]:
    return [item.media_id for item in cases.evidence_of(tx, case_id)]


def test_what_was_added_is_read_as_it_was(tx: Connection) -> None:
    rows = [file(12, inbox_id=2), file(11), file(10)]
    media.add(tx, rows)
    media.add(tx, [])
    assert media.of_messages(tx, {1, 2}) == [file(10), file(11), file(12, inbox_id=2)]
    assert media.of_messages(tx, []) == []


def test_a_message_has_one_file_in_a_place(tx: Connection) -> None:
    with pytest.raises(IntegrityError):
        media.add(tx, [file(10), file(11, place=10)])


def test_what_waits_longest_is_due_first(tx: Connection) -> None:
    media.add(
        tx, [file(10, due_at=NOW + timedelta(seconds=1)), file(11, due_at=NOW - timedelta(hours=1)), file(12), file(13)]
    )
    assert [row.id for row in media.due(tx, NOW, 10)] == [11, 12, 13]
    assert [row.id for row in media.due(tx, NOW, 2)] == [11, 12]
    assert [row.id for row in media.due(tx, NOW + timedelta(seconds=1), 10)] == [11, 12, 13, 10]


def test_a_lease_counts_an_attempt_and_ends(tx: Connection) -> None:
    media.add(tx, [file(10), file(11)])
    until = NOW + timedelta(minutes=10)
    media.lease(tx, [10], until)
    assert [row.id for row in media.due(tx, NOW, 10)] == [11]
    assert media.due(tx, until, 10)[1] == file(10, due_at=until, attempts=1)


def test_what_was_begun_can_be_hurried_but_for_what_was_begun_often(tx: Connection) -> None:
    later = NOW + timedelta(minutes=10)
    media.add(tx, [file(10, due_at=later, attempts=1), file(11, due_at=later, attempts=5), file(12, due_at=later)])
    media.keep(tx, 12, SHA, 9, "image/png", True)
    media.hurry(tx, NOW, fewer_than=5)
    assert [row.due_at for row in media.of_messages(tx, [1])] == [NOW, later, later]


@pytest.mark.parametrize("then", ["keep", "retry", "refuse"])
def test_a_file_that_is_settled_stays_so(tx: Connection, then: str) -> None:
    media.add(tx, [file(10), file(11)])
    media.keep(tx, 10, SHA, 9, "image/png", True)
    media.refuse(tx, 11, "refused", "too_large: more than 20 MB")
    settled = media.of_messages(tx, [1])
    assert settled == [
        file(10, sha256=SHA, size=9, content_type="image/png", picture=True, state="kept"),
        file(11, state="refused", error="too_large: more than 20 MB"),
    ]
    for id_ in (10, 11):
        match then:
            case "keep":
                media.keep(tx, id_, "cd" + 62 * "0", 1, "image/gif", False)
            case "retry":
                media.retry(tx, id_, NOW, "503")
            case "refuse":
                media.refuse(tx, id_, "failed", "not_fetched: gone")
        assert media.wanted_by_id(tx, id_) is None
    assert media.of_messages(tx, [1]) == settled
    assert media.due(tx, NOW, 10) == []


def test_a_retry_waits_and_says_why(tx: Connection) -> None:
    media.add(tx, [file(10)])
    media.retry(tx, 10, NOW + timedelta(seconds=5), "503")
    waiting = file(10, due_at=NOW + timedelta(seconds=5), error="503")
    assert media.wanted_by_id(tx, 10) == waiting
    assert media.due(tx, NOW, 10) == []


@pytest.mark.parametrize("files_first", [True, False])
def test_evidence_leads_to_its_file_whichever_was_written_first(tx: Connection, files_first: bool) -> None:
    files = [file(10, kind="voice"), file(11), file(12), file(13, inbox_id=2)]
    handed_in = [
        evidence(20),
        evidence(21),
        evidence(22, kind="voice"),
        evidence(23, inbox_id=2),
        evidence(24, inbox_id=3),
    ]
    if files_first:
        media.add(tx, files)
        cases.add_evidence(tx, handed_in)
        media.link(tx, [1, 2, 3])
    else:
        cases.add_evidence(tx, handed_in)
        media.add(tx, files)
    assert links(tx) == [11, 12, 10, 13, None]
    assert [row.id for row in media.of_case(tx, 71)] == [11, 12, 10, 13]
    assert media.of_case(tx, 72) == []


def test_two_cases_may_have_the_same_file_and_one_file_is_not_two(tx: Connection) -> None:
    media.add(tx, [file(10)])
    cases.add_evidence(tx, [evidence(20), evidence(21, case_id=72), evidence(22)])
    media.link(tx, [1])
    media.link(tx, [1])
    assert (links(tx), links(tx, 72)) == ([10, None], [10])


def test_what_was_given_up_of_one_sending(tx: Connection) -> None:
    media.add(tx, [file(10), file(11, created_at=NOW + timedelta(minutes=1)), file(12)])
    media.refuse(tx, 10, "refused", "x")
    media.refuse(tx, 11, "failed", "x")
    assert [row.id for row in media.given_up(tx, 1, NOW, NOW)] == [10]
    assert [row.id for row in media.given_up(tx, 1, NOW, NOW + timedelta(hours=1))] == [10, 11]
    assert media.given_up(tx, 2, NOW, NOW) == []
