"""The register of laws: every instrument that is cited, the office's word before what is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from handlers import law_register
from handlers.access import NotAllowedError, NotFoundError
from handlers.law_register import Entry, LawProblemError, Registered
from tests.handlers.keeping import keeping_desk
from tests.offices import Desk, said
from tests.staff import employed

PP5, PP6 = "peraturan pemerintah 5 2021", "peraturan pemerintah 6 2021"
CHECKED = Entry("in_force", "", "2026-11-02", "jdih contoh")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with keeping_desk(tmp_path) as desk:
        yield desk


def registered(desk: Desk) -> dict[str, Registered]:
    with desk.office.database.reader() as conn:
        return {each.law.key: each for each in law_register.everything(conn, desk.office)}


def test_it_begins_with_what_is_cited_and_what_is_shipped(desk: Desk) -> None:
    found = registered(desk)
    assert len(found) == 6
    assert (found[PP5].law.status, found[PP5].shipped, found[PP5].cited_by) == ("revoked", True, 1)
    assert found[PP6].law.status == "unchecked"


def test_what_the_office_says_is_told_with_the_next_message(desk: Desk) -> None:
    officer = employed(desk, "officer")
    assert "Nomor 6 Tahun 2021 sudah dicabut" not in said(desk.say("dasar hukum 29102"))
    law_register.keep(desk.office, officer, PP6, replace(CHECKED, status="revoked", by="PP Contoh 1 Tahun 2026"))
    told = said(desk.say("dasar hukum 29102", user="b"))
    assert "- Peraturan Pemerintah Nomor 6 Tahun 2021 sudah dicabut dengan PP Contoh 1 Tahun 2026." in told
    law_register.keep(desk.office, officer, PP5, CHECKED)
    assert "Nomor 5 Tahun 2021 sudah dicabut" not in said(desk.say("dasar hukum 29102", user="c"))
    assert not registered(desk)[PP5].shipped
    event = desk.rows("office_events")[-1]
    assert (event["kind"], event["about"]) == ("law_changed", f"law:{PP5}")


def test_what_is_shipped_is_confirmed_by_saying_it_again(desk: Desk) -> None:
    law = registered(desk)[PP5].law
    entry = replace(law_register.entry_of(law), checked_on="2026-11-02")
    law_register.keep(desk.office, employed(desk), PP5, entry)
    law_register.keep(desk.office, employed(desk, "admin", "admin"), PP5, entry)  # nothing new: no event
    assert registered(desk)[PP5].law.checked_on
    assert len(desk.rows("office_events")) == 1


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (Entry("gone"), "status"),
        (Entry("revoked", "", "2026-11-02"), "by"),
        (Entry("amended", " ", "2026-11-02"), "by"),
        (Entry("in_force"), "checked_on"),
        (Entry("in_force", "", "kemarin"), "checked_on"),
        (Entry("in_force", "", "2026-12-24"), "checked_on"),
        (Entry("in_force", "", "2026-11-02", "x" * 301), "source"),
    ],
)
def test_what_is_not_known_cannot_be_kept(desk: Desk, entry: Entry, field: str) -> None:
    with pytest.raises(LawProblemError) as refused:
        law_register.keep(desk.office, employed(desk), PP5, entry)
    assert set(refused.value.problems) == {field}


def test_only_who_may_and_only_what_is_cited(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        law_register.keep(desk.office, employed(desk, "inspector"), PP5, CHECKED)
    with pytest.raises(NotFoundError):
        law_register.keep(desk.office, employed(desk, username="b"), "uu 1 1945", CHECKED)
