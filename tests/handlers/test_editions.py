from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from handlers import editions
from handlers.editions import ImportReport
from handlers.office import Office
from knowledge.standards import Finding, ServiceStandard
from storage import standards as rows
from storage import versions
from storage.sealed import Sealer
from tests.offices import Clock
from tests.storage.fresh import fresh_database


@dataclass
class Desk:
    """An office with an empty database, and short words for what happens there."""

    office: Office
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.office.clock = self.clock

    def imports(
        self,
        *standards: ServiceStandard,
        title: str | None = "Perbup 1/2026",
        on: date | None = None,
        whole: bool = False,
        sha256: str = "",
        file: str = "perbup.txt",
    ) -> ImportReport:
        self.clock.now += timedelta(minutes=1)
        return editions.import_edition(
            self.office,
            standards,
            title=title,
            effective_on=on,
            source_name=file,
            source_sha256=sha256,
            whole=whole,
        )

    def in_force(self) -> dict[str, tuple[str, str]]:
        """Identity to what it says for a fee, and the edition that says it."""
        with self.office.database.reader() as conn:
            published = editions.current(conn)
        return {one.standard.identity: (one.standard.components[4], one.edition) for one in published}

    def history(self, identity: str) -> list[tuple[str, str, str]]:
        with self.office.database.reader() as conn:
            past = editions.history(conn, identity)
        return [(one.edition, one.standard.components[4], status) for one, status in past]

    def knowledge_version(self) -> int:
        with self.office.database.reader() as conn:
            return versions.get(conn, versions.KNOWLEDGE)

    def empty(self) -> None:
        with self.office.database.transaction() as tx:
            for table in ("standards", "editions", "versions"):
                tx.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = fresh_database(tmp_path)
    yield Desk(Office(database, Sealer("kunci untuk pengujian"), new_id=count(1).__next__))
    database.close()


def standard(name: str, fee: str = "Gratis", number: int = 1) -> ServiceStandard:
    return ServiceStandard(number, name, None, None, None, {3: "7 hari kerja", 4: fee, 10: "Diawasi atasan langsung"})


A, B, C = standard("a"), standard("b", number=2), standard("c", number=3)


def test_a_standard_comes_back_as_it_was_read(desk: Desk) -> None:
    doubt = Finding("missing_annex", "Lampiran IV tidak ada.", 2, "Lampiran IV")
    scanned = ServiceStandard(
        number=61,
        title="Industri Kendaraan Multiguna Pedesaan",
        kbli="29102",
        risk="Menengah Tinggi",
        product="Sertifikat Standar",
        components={1: "A. Persyaratan Umum:\n1. Memiliki “akun” – SIINas", 14: "Survei", 2: "Lampiran IV"},
        findings=(doubt,),
    )
    desk.imports(scanned, title="Perbup 12/2026", on=date(2026, 2, 1))
    with desk.office.database.reader() as conn:
        assert editions.current(conn) == [(scanned, "Perbup 12/2026", date(2026, 2, 1))]
        assert rows.any_edition(conn)


def test_an_empty_knowledge_base_has_no_edition(desk: Desk) -> None:
    with desk.office.database.reader() as conn:
        assert (editions.current(conn), rows.any_edition(conn)) == ([], False)
    assert desk.knowledge_version() == 0


def test_the_same_edition_again_changes_nothing(desk: Desk) -> None:
    assert desk.imports(A, B) == ImportReport("Perbup 1/2026", added=2)
    before = desk.knowledge_version(), desk.history("a")
    assert desk.imports(B, A, file="salinan.txt", sha256="other") == ImportReport(
        "Perbup 1/2026", already_imported=True
    )
    assert (desk.knowledge_version(), desk.history("a")) == before


@pytest.mark.parametrize("other", [{"title": "Perbup 2/2026"}, {"on": date(2027, 1, 1)}, {"whole": True}])
def test_the_same_words_in_another_edition_are_an_edition(desk: Desk, other: dict[str, object]) -> None:
    desk.imports(A, B)
    report = desk.imports(A, B, **other)  # type: ignore[arg-type]
    assert (report.already_imported, report.unchanged) == (False, 2)
    assert desk.knowledge_version() == 2


def test_a_later_edition_replaces_and_the_old_one_stays_readable(desk: Desk) -> None:
    desk.imports(A, B, title="lama")
    report = desk.imports(standard("a", "Rp 50.000,00"), C, title="baru")
    assert report == ImportReport("baru", added=1, replaced=1)
    assert desk.in_force() == {"a": ("Rp 50.000,00", "baru"), "b": ("Gratis", "lama"), "c": ("Gratis", "baru")}
    assert desk.history("a") == [("baru", "Rp 50.000,00", "current"), ("lama", "Gratis", "replaced")]


def test_what_stays_in_the_same_words_is_quoted_from_the_later_edition(desk: Desk) -> None:
    desk.imports(A, title="lama")
    assert desk.imports(replace(A, number=7), title="baru") == ImportReport("baru", unchanged=1)
    assert desk.in_force() == {"a": ("Gratis", "baru")}


def test_an_earlier_edition_goes_into_history(desk: Desk) -> None:
    desk.imports(A, title="2026", on=date(2026, 1, 1))
    report = desk.imports(standard("a", "Rp 1,00"), B, title="2024", on=date(2024, 1, 1))
    assert report == ImportReport("2024", added=1, older=1)
    assert desk.in_force() == {"a": ("Gratis", "2026"), "b": ("Gratis", "2024")}
    assert desk.history("a") == [("2026", "Gratis", "current"), ("2024", "Rp 1,00", "replaced")]


def test_a_whole_edition_withdraws_what_it_no_longer_has(desk: Desk) -> None:
    desk.imports(A, B, title="lama")
    assert desk.imports(A, title="baru", whole=True) == ImportReport("baru", unchanged=1, withdrawn=1)
    assert desk.in_force() == {"a": ("Gratis", "baru")}
    assert desk.history("b") == [("lama", "Gratis", "withdrawn")]


def test_a_whole_edition_withdraws_nothing_of_a_later_one(desk: Desk) -> None:
    desk.imports(A, B, title="2026", on=date(2026, 1, 1))
    desk.imports(C, title="2023", on=date(2023, 1, 1))
    report = desk.imports(A, title="2024", on=date(2024, 1, 1), whole=True)
    assert report == ImportReport("2024", withdrawn=1, older=1, later=2)
    assert set(desk.in_force()) == {"a", "b"}


def test_what_comes_before_a_whole_edition_is_withdrawn_by_it(desk: Desk) -> None:
    desk.imports(A, title="2026", on=date(2026, 1, 1), whole=True)
    assert desk.imports(B, title="2024", on=date(2024, 1, 1)) == ImportReport("2024", older=1)
    assert desk.history("b") == [("2024", "Gratis", "withdrawn")]


def test_a_withdrawn_standard_may_come_back(desk: Desk) -> None:
    desk.imports(A, B, title="1")
    desk.imports(A, title="2", whole=True)
    assert desk.imports(B, title="3") == ImportReport("3", added=1)
    assert [status for _, _, status in desk.history("b")] == ["current", "withdrawn"]


def test_without_a_date_an_edition_stands_at_its_day_of_import_in_purwakarta(desk: Desk) -> None:
    desk.clock.now = datetime(2026, 11, 9, 17, 30, tzinfo=UTC)  # the 10th, 00.30 in Jakarta
    desk.imports(A, title="tanpa tanggal")
    assert desk.imports(A, title="9 November", on=date(2026, 11, 9)).older == 1
    assert desk.imports(A, title="10 November", on=date(2026, 11, 10)).unchanged == 1
    assert desk.in_force() == {"a": ("Gratis", "10 November")}


def test_a_corrected_scan_of_the_same_edition_replaces_it(desk: Desk) -> None:
    desk.imports(standard("a", "Rp 5O.000"), on=date(2026, 1, 1))
    assert desk.imports(standard("a", "Rp 50.000"), on=date(2026, 1, 1)).replaced == 1
    assert desk.in_force() == {"a": ("Rp 50.000", "Perbup 1/2026")}


def test_an_edition_without_a_title_is_called_after_its_file_and_keeps_that_name(desk: Desk) -> None:
    assert desk.imports(A, title=None, file="perbup_12_2026.html", sha256="1").edition == "perbup 12 2026"
    again = desk.imports(A, title=None, file="salinan.html", sha256="1")
    assert again == ImportReport("perbup 12 2026", already_imported=True)


def test_a_standard_that_stands_twice_counts_once_and_a_different_one_is_a_finding(desk: Desk) -> None:
    report = desk.imports(A, replace(A, number=40), standard("a", "Rp 1,00", number=41))
    assert report.added == 1
    with desk.office.database.reader() as conn:
        (published,) = editions.current(conn)
    (finding,) = published.standard.findings
    assert (published.standard.number, finding.kind) == (1, "repeated_standard")
    assert "nomor 41" in finding.message


def test_an_edition_holds_at_least_one_standard(desk: Desk) -> None:
    with pytest.raises(ValueError, match="without a standard"):
        desk.imports(whole=True)


def test_everything_is_all_editions_the_latest_first(desk: Desk) -> None:
    desk.imports(A, B, title="lama", on=date(2024, 1, 1))
    desk.imports(A, title="baru", on=date(2026, 1, 1))
    with desk.office.database.reader() as conn:
        listed = [(one.edition, one.standard.identity, status) for one, status in editions.everything(conn)]
    assert listed[0] == ("baru", "a", "current")
    assert sorted(listed[1:]) == [("lama", "a", "replaced"), ("lama", "b", "current")]


@dataclass(frozen=True)
class Plan:
    """An edition to import: its year, whether it is whole, and the standards it holds."""

    year: int
    whole: bool
    names: frozenset[str]

    def standards(self) -> Sequence[ServiceStandard]:
        return [standard(name, f"biaya {self.year}") for name in sorted(self.names)]


names = st.frozensets(st.sampled_from("abcd"), min_size=1)
plans = st.lists(
    st.builds(Plan, st.integers(2001, 2020), st.booleans(), names), min_size=1, max_size=5, unique_by=lambda p: p.year
)


@given(data=st.data(), planned=plans)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_import_does_not_matter_where_editions_are_dated(
    desk: Desk, data: st.DataObject, planned: list[Plan]
) -> None:
    """Compared with what a person would do by hand, going through the editions year by year."""
    in_force: dict[str, tuple[str, str]] = {}
    for plan in sorted(planned, key=lambda plan: plan.year):
        if plan.whole:
            in_force = {}
        in_force |= {name: (f"biaya {plan.year}", str(plan.year)) for name in plan.names}

    desk.empty()
    before: dict[str, tuple[str, str]] = {}
    for plan in data.draw(st.permutations(planned)):
        report = desk.imports(*plan.standards(), title=str(plan.year), on=date(plan.year, 1, 1), whole=plan.whole)
        after = desk.in_force()
        assert report.added - report.withdrawn == len(after) - len(before)
        assert report.added + report.replaced + report.unchanged + report.older == len(plan.names)
        assert sum(edition == str(plan.year) for _, edition in after.values()) == len(plan.names) - report.older
        before = after
    assert before == in_force
    kept = [entry for name in "abcd" for entry in desk.history(name)]
    assert len(kept) == sum(len(plan.names) for plan in planned)


def test_a_whole_annex_is_published_in_time(desk: Desk) -> None:
    """1,790 standards of 14 kB, twice, and read back: at most 3 s of work."""
    annex = [
        ServiceStandard(
            n, f"Industri {n}", f"{n:05}", "Rendah", "NIB", dict.fromkeys(range(1, 15), f"{n} " + "isi " * 250)
        )
        for n in range(1, 1791)
    ]
    began = time.process_time()
    assert desk.imports(*annex).added == 1790
    assert desk.imports(*annex).already_imported
    with desk.office.database.reader() as conn:
        assert len(editions.current(conn)) == 1790
    assert time.process_time() - began < 3
