"""The standards that come with the product are what its own ingest makes of the scan beside them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from handlers import editions
from handlers.office import Office
from handlers.shipped import EDITION, publish_shipped, shipped_standards
from knowledge.ingest import parse
from knowledge.standards import COMPONENTS
from storage.sealed import Sealer
from tests.storage.fresh import fresh_database


def test_the_shipped_standards_are_what_the_ingest_makes_of_the_scan() -> None:
    scan = (files("knowledge") / "content" / "standar-61-kbli-29102.txt").read_text(encoding="utf-8")
    assert shipped_standards() == parse(scan)
    assert set(shipped_standards()[0].components) == set(COMPONENTS)


def test_they_go_only_into_a_database_that_never_held_an_edition(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    office = Office(database, Sealer("a secret of the tests, long enough to be one"))
    publish_shipped(office)
    publish_shipped(office)
    with database.reader() as conn:
        (published,) = editions.current(conn)
        assert published.edition == EDITION
        assert len(editions.everything(conn)) == 1
    database.close()
