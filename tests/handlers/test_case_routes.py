"""From receipt to closing, on each of the three routes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers import accounts, case_answers, case_routes, case_secrecy, case_work
from handlers.access import Actor, NotAllowedError, NotFoundError
from handlers.case_answers import Missing
from storage import officers
from tests.case_office import CLASSIFIED, SHEET, Office
from tests.scenarios import Desk


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def settle(office: Office, number: str) -> None:
    """The last part is the same on every route: answered, delivered, reported, said to be solved, closed."""
    office.answered(number)
    office.did(case_routes.report_result, office.rina, number, "Laporan hasil kepada atasan.")
    missing = office.does(case_answers.close, office.rina, number)
    assert isinstance(missing, Missing)
    assert "sampai kepada pelapor" in missing.sentence
    office.arrives()
    assert office.citizen.says("alhamdulillah sudah selesai").number == number
    office.did(case_answers.close, office.rina, number)
    case = office.desk.case(number)
    assert (case.stage, case.solved) == ("closed", True)
    assert office.whole(case)


def test_internal_level_by_level_up_to_the_head_and_back(office: Office) -> None:
    number = office.studied(office.reported())
    office.routed(number, "internal", office.rina)
    office.did(case_routes.hand_up, office.rina, number, "Perlu keputusan atasan.")
    assert office.holder(number) == office.manager.id
    assert office.refused(case_routes.hand_up, office.rina, number, "lagi") == "Laporan ini ada di meja Manajer."
    office.did(case_routes.hand_up, office.manager, number, "Perlu keputusan Kepala.")
    assert office.holder(number) == office.head.id
    office.did(case_routes.send_back, office.head, number, "Dengar dulu petugasnya.")
    assert office.holder(number) == office.manager.id
    office.did(case_routes.send_back, office.manager, number, "Rina, tolong.")
    assert office.holder(number) == office.rina.id
    office.did(case_routes.hand_up, office.rina, number, "Sudah didengar.")
    office.did(case_routes.hand_up, office.manager, number, "Lengkap.")
    assert "tingkat pimpinan" in office.refused(case_routes.hand_up, office.head, number, "ke atas lagi")
    office.did(case_routes.decide, office.head, number, "Petugas ditegur.", "Hasil: petugas ditegur.")
    assert office.holder(number) is None
    assert office.reports(number)[-1] == ("result", office.outside.id)
    assert [kind for kind, _ in office.reports(number)] == ["step"] * 4 + ["result"]
    settle(office, number)


def test_external_with_a_technical_team_up_to_its_head(office: Office) -> None:
    number = office.studied(office.reported())
    with pytest.raises(NotFoundError):
        office.does(case_work.note, office.team, number, "belum boleh lihat")
    office.routed(number, "technical_team", office.team)
    assert "bersama tim teknis" in office.told()[-1]
    office.did(case_work.note, office.team, number, "Diperiksa di lapangan.")
    with pytest.raises(NotAllowedError):
        office.does(case_answers.answer, office.team, number, "kami jawab sendiri")
    office.did(case_routes.hand_up, office.team, number, "Temuan lapangan.")
    assert office.holder(number) == office.team_head.id
    assert "tingkat pimpinan" in office.refused(case_routes.hand_up, office.team_head, number, "lagi")
    assert "masih di meja" in office.refused(case_answers.answer, office.rina, number, "terlalu cepat")
    office.did(case_routes.decide, office.team_head, number, "Terbukti.", "Hasil pemeriksaan.")
    assert office.reports(number) == [("step", office.team_head.id), ("result", office.outside.id)]
    with pytest.raises(NotFoundError):
        office.does(case_work.note, office.other_team, number, "instansi lain")
    settle(office, number)


def test_a_technical_team_that_is_not_competent_sends_it_back(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "agency", office.team)
    office.did(case_routes.send_back, office.team, number, "Bukan kewenangan kami.")
    case = office.desk.case(number)
    assert (case.stage, case.route, office.holder(number)) == ("under_review", None, None)
    with pytest.raises(NotAllowedError):
        office.does(case_work.note, office.team, number, "sudah bukan milik kami")
    office.routed(number, "internal", office.rina)


def test_apip_only_with_an_approval_and_why_the_others_failed(office: Office) -> None:
    number = office.studied(office.reported())
    to_apip = case_routes.choose_route, office.rina, number, "apip", office.inspector.id, "diduga pelanggaran"
    assert "persetujuan Kepala" in office.refused(*to_apip)
    with pytest.raises(NotAllowedError):
        office.does(case_routes.approve_apip, office.manager, number, "tidak selesai di internal")
    assert "wajib" in office.refused(case_routes.approve_apip, office.head, number, " ")
    office.did(case_routes.approve_apip, office.head, number, "Jalur internal tidak menyelesaikannya.")
    with pytest.raises(NotAllowedError):
        office.does(case_work.note, office.inspector, number, "belum di jalur APIP: hanya membaca")
    office.did(*to_apip)
    assert "APIP" in office.told()[-1]
    office.did(case_work.note, office.inspector, number, "Pemeriksaan dimulai.")
    office.did(case_routes.hand_up, office.inspector, number, "Laporan pemeriksaan.")
    office.did(case_routes.decide, office.inspector_head, number, "Terbukti ringan.", "LHP.")
    assert office.reports(number)[-1] == ("result", office.outside.id)
    assert "laporan tertulis" in " ".join(office.does(case_answers.close, office.rina, number).items)
    settle(office, number)


def test_apip_by_a_provision_when_the_head_is_accused(office: Office) -> None:
    number = office.studied(office.reported())
    office.did(case_secrecy.name_accused, office.manager, number, [office.head.id], "disebut pelapor")
    for event in (case_routes.approve_apip, case_routes.hand_up):
        with pytest.raises(NotFoundError):
            event(office.desk.office, office.head, number, 1, "saya setujui sendiri")
    office.did(case_routes.cite_provision, office.inspector, number, "PP 12/2017 Pasal 25", "Kepala diadukan.")
    office.did(case_routes.choose_route, office.inspector, number, "apip", office.inspector.id, "wajib")
    office.did(case_routes.decide, office.inspector, number, "Tidak terbukti.", "LHP.")


def test_the_head_of_the_other_agency_may_approve_too(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "agency", office.team)
    with pytest.raises(NotAllowedError):
        office.does(case_routes.approve_apip, office.team, number, "bukan pimpinan")
    office.did(case_routes.hand_up, office.team, number, "Temuan.")
    office.did(case_routes.approve_apip, office.team_head, number, "Tidak selesai di dinas.")
    office.did(case_routes.send_back, office.team_head, number, "Serahkan ke APIP.")
    office.did(case_routes.send_back, office.team, number, "Kembali ke DPMPTSP.")
    office.routed(number, "apip", office.inspector)


def test_whom_it_accuses_is_left_out_on_the_way_up(office: Office) -> None:
    number = office.studied(office.reported())
    office.did(case_secrecy.name_accused, office.head, number, [office.manager.id], "disebut pelapor")
    office.did(case_secrecy.widen, office.head, number, "perlu ditelaah petugas")
    office.routed(number, "internal", office.rina)
    office.did(case_routes.hand_up, office.rina, number, "Lewati manajer.")
    assert office.holder(number) == office.head.id


def test_a_deputy_acts_for_who_is_away(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "internal", office.rina)
    office.did(case_routes.hand_up, office.rina, number, "Perlu keputusan.")
    assert "di meja Manajer" in office.refused(case_routes.decide, office.dewi, number, "Saya saja.", "x")
    office.away(office.manager, office.dewi)
    office.did(case_routes.hand_up, office.dewi, number, "Selaku Plh.")
    office.away(office.head, office.manager)
    office.did(case_routes.approve_apip, office.manager, number, "Selaku Plh. Kepala.")
    office.desk.clock.advance(days=10)
    assert "di meja Kepala" in office.refused(case_routes.decide, office.manager, number, "Tidak lagi.", "x")


def test_what_a_route_asks_for(office: Office) -> None:
    number = office.reported()
    choose = case_routes.choose_route
    assert "sedang ditelaah" in office.refused(choose, office.rina, number, "internal", office.rina.id, "langsung")
    office.did(case_work.classify, office.rina, number, CLASSIFIED)
    assert "inti masalah" in office.refused(choose, office.rina, number, "internal", office.rina.id, "langsung")
    office.did(case_work.study, office.rina, number, SHEET)
    for route, wrong in (("internal", office.team), ("agency", office.rina), ("technical_team", office.admin)):
        assert "tidak dapat menerima" in office.refused(choose, office.rina, number, route, wrong.id, "salah orang")
    office.routed(number, "internal", office.dewi)
    assert "masih di meja" in office.refused(choose, office.rina, number, "internal", office.rina.id, "lagi")
    with pytest.raises(NotAllowedError):
        office.does(choose, office.admin, number, "internal", office.rina.id, "admin")


def test_a_page_that_is_out_of_date_changes_nothing(office: Office) -> None:
    number = office.reported()
    version = office.desk.case(number).version
    office.did(case_work.take, office.rina, number)
    stale = case_work.classify(office.desk.office, office.dewi, number, version, CLASSIFIED)
    assert "sudah berubah" in stale.sentence  # type: ignore[union-attr]
    assert office.desk.case(number).sector is None


def test_what_the_citizen_withdraws_leaves_the_desk_it_lay_on(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "technical_team", office.team)
    office.citizen.says(f"cabut {number}")
    office.citizen.says("ya")
    case = office.desk.case(number)
    assert (case.stage, case.route, office.holder(number)) == ("withdrawn", None, None)
    assert office.whole(case)


# ---------------------------------------------------------------- who is gone


def changed(office: Office, officer: Actor, **facts: Any) -> None:
    with office.desk.office.database.reader() as conn:
        known = officers.by_id(conn, officer.id)
        assert known is not None
        now = replace(accounts.facts_of(conn, known), **facts)
    accounts.update_officer(office.desk.office, officer.id, now, by=office.admin)


@pytest.mark.parametrize("facts", [{"active": False}, {"role": "admin", "agency": ""}])
def test_who_leaves_leaves_no_case_behind(office: Office, facts: dict[str, Any]) -> None:
    number = office.routed(office.studied(office.reported()), "technical_team", office.team)
    changed(office, office.team, **facts)
    case = office.desk.case(number)
    assert (office.holder(number), case.route, case.stage, case.officer_id) == (
        None, None, "under_review", office.rina.id,
    )  # fmt: skip
    assert office.desk.events(number)[-1] == "left_desk"
    assert office.whole(case)
    office.routed(number, "internal", office.rina)


def test_an_officer_in_charge_who_leaves_is_no_longer_in_charge(office: Office) -> None:
    number = office.studied(office.reported())
    changed(office, office.rina, active=False)
    assert office.desk.case(number).officer_id is None


def test_another_role_that_may_have_it_keeps_it(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "internal", office.rina)
    changed(office, office.rina, role="complaint_manager")
    assert (office.holder(number), office.desk.case(number).officer_id) == (office.rina.id, office.rina.id)


def test_the_manager_takes_a_case_back_from_a_desk(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "technical_team", office.team)
    with pytest.raises(NotAllowedError):
        office.does(case_routes.recall, office.rina, number, "terlalu lama")
    assert "masih kosong" in office.refused(case_routes.recall, office.manager, number, " ")
    office.did(case_routes.recall, office.manager, number, "tim sedang tidak ada")
    case = office.desk.case(number)
    assert (office.holder(number), case.route, case.stage) == (None, None, "under_review")
    assert "tidak sedang di meja" in office.refused(case_routes.recall, office.manager, number, "lagi")
    office.routed(number, "internal", office.rina)


def test_an_approval_from_before_it_was_reopened_is_none(office: Office) -> None:
    number = office.studied(office.reported())
    office.did(case_routes.cite_provision, office.rina, number, "Pasal 7", "buntu")
    office.routed(number, "apip", office.inspector)
    office.did(case_routes.decide, office.inspector, number, "terbukti", "Laporan.")
    office.answered(number)
    office.arrives()
    office.desk.clock.advance(hours=1)
    office.citizen.says("belum selesai")
    said = office.refused(case_routes.choose_route, office.rina, number, "apip", office.inspector.id, "lagi")
    assert "memerlukan persetujuan" in said
