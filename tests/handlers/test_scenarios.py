"""Reports of simulated citizens, from the first word to the receipt: the right kind, number, due date and entry.

Each story is told twice: by a citizen who only answers what is asked, and by one who volunteers everything.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import text

from handlers.case_numbers import make_number
from handlers.messages import Attachment, Channel
from tests.scenarios import (
    DUE,
    FIRST_COMPLAINT,
    FIRST_SUGGESTION,
    JAKARTA,
    MONDAY,
    RUDE,
    RUDE_IN_ONE,
    STORIES,
    Citizen,
    Desk,
    Story,
    Told,
    check_receipt,
)


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_a_citizen_who_only_answers(desk: Desk, told: Told) -> None:
    check_receipt(desk, desk.citizen("6281234500011").reports(told.story), told)


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_a_citizen_who_volunteers_everything(desk: Desk, told: Told) -> None:
    citizen = desk.citizen("6281234500011")
    summary = citizen.says(told.in_one)
    assert summary.mode == "confirming" or not told.name or told.received_on, f"more was asked: {summary.text}"
    check_receipt(desk, citizen.answers(told.story, summary), told)


@pytest.mark.parametrize(
    "opening",
    ["lapor", "mau lapor", "adu", "ngadu", "saya kecewa", "komplain", "mau komplen min", "bade lapor"],
)
def test_the_words_that_lead_to_a_report(desk: Desk, opening: str) -> None:
    told = replace(STORIES["plain"], confidential=opening == "pungli")
    check_receipt(desk, desk.citizen("6281234500011").reports(RUDE, opening), told)


@pytest.mark.parametrize(
    "opening",
    [
        "sudah dua bulan izin saya belum keluar",
        "kok udah sebulan izin saya belum keluar?",
        "izin apotek saya blm kaluar wae tos dua bulan",
        "zonk bgt pelayanannya, ilfeel",
    ],
)
def test_an_angry_question_leads_to_a_report_that_is_never_late(desk: Desk, opening: str) -> None:
    story = Story("izin apotek saya belum keluar", "izin apotek", "dua bulan lalu", "belum")
    receipt = desk.citizen("6281234500011").reports(story, opening)
    assert receipt.case == {"number": FIRST_COMPLAINT, "kind": "complaint", "due": "2026-11-27"}
    assert not desk.case(receipt.number).late


@pytest.mark.parametrize("vague", ["ga tau", "lapor aja", "pokoknya saya kecewa"])
def test_without_a_subject_it_is_a_suggestion(desk: Desk, vague: str) -> None:
    heard = desk.citizen("6281234500011").reports(Story(vague, service="lupa", happened_on="lupa"))
    assert heard.case == {"number": FIRST_SUGGESTION, "kind": "suggestion", "due": None}
    assert "layanan atau tempat yang dimaksud" in desk.case(heard.number).kind_reason
    assert "menjadi pengaduan" in heard.text


@pytest.mark.parametrize(
    "said", ["saran: ruang tunggunya dikasih AC", "usul dong, parkirnya diperluas", "sebaiknya loket buka sabtu juga"]
)
def test_a_suggestion_that_was_meant_as_one_stays_one(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    heard = citizen.answers(RUDE, citizen.says(said))
    assert heard.case == {"number": FIRST_SUGGESTION, "kind": "suggestion", "due": None}
    case = desk.case(heard.number)
    assert case.meant_as_suggestion
    assert said.split(maxsplit=2)[-1] in case.subject
    citizen.says("nama saya Yayat Hidayat, 081234500011")
    assert desk.case(heard.number).kind == "suggestion"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-03-09 09:00", date(2026, 4, 6)),  # Nyepi, Idul Fitri, Good Friday and all their collective leave
        ("2026-04-30 15:59", date(2026, 5, 25)),  # the eve of May Day
        ("2026-12-23 20:00", date(2027, 1, 18)),  # the eve of Christmas leave, into the next year
        ("2026-11-14 22:00", date(2026, 12, 3)),  # a Saturday night counts from that Saturday
        ("2026-11-09 00:30", DUE),  # half past midnight in Purwakarta is still Sunday in London
        ("2026-11-09 23:59", DUE),
    ],
)
def test_the_due_date_over_weekends_and_leave(desk: Desk, at: str, due: date) -> None:
    desk.clock.now = datetime.fromisoformat(at).replace(tzinfo=JAKARTA)
    receipt = desk.citizen("6281234500011").reports(RUDE)
    assert desk.case(receipt.number).due_on == due
    assert receipt.case == {"number": FIRST_COMPLAINT, "kind": "complaint", "due": due.isoformat()}


def test_the_year_of_a_number_is_the_year_in_purwakarta(desk: Desk) -> None:
    for minute, year in ((59, 2026), (61, 2027)):
        desk.clock.now = datetime(2026, 12, 31, 23, 0, tzinfo=JAKARTA)
        desk.clock.advance(minutes=minute)
        receipt = desk.citizen(f"62812345{minute}").reports(RUDE)
        assert receipt.number == make_number("complaint", year, 1)


def test_a_year_without_calendar_data_raises_a_finding(desk: Desk) -> None:
    desk.clock.now = datetime(2027, 12, 20, 9, 0, tzinfo=JAKARTA)
    receipt = desk.citizen("6281234500011").reports(RUDE)
    assert desk.events(receipt.number) == ["opened", "calendar_doubt"]
    assert "dapat berubah" in receipt.text
    assert "Lengkapi kalender" not in receipt.text  # that is the officers' work, not the citizen's


@pytest.mark.parametrize(
    "said",
    [
        "mau lapor, pabrik sebelah rumah saya tanpa izin, asapnya ke rumah saya tiap hari",
        "lapor pak, karaoke di Cibatu ga punya izin masih buka",
        "mau lapor tetangga saya bangun gudang belum ada izin, sudah dari dua bulan lalu",
    ],
)
def test_what_is_about_third_parties_is_a_complaint_without_the_thirty_days(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    receipt = citizen.answers(Story(said, "Cibatu", "dua bulan lalu", "belum"), citizen.says(said))
    assert receipt.case == {"number": FIRST_COMPLAINT, "kind": "complaint", "due": "2026-11-27"}
    case = desk.case(receipt.number)
    assert (case.third_party, case.late) == (True, False)
    assert case.service not in ("izin", "tanpa izin")  # that is what the neighbour lacks
    assert "berwenang" in receipt.text  # who is competent, as far as is known


@pytest.mark.parametrize(
    ("accused", "audience"),
    [("kepala dinas", "inspectorate"), ("pejabat pengelola pengaduan", "head"), ("petugas loket", "manager")],
)
def test_whom_it_accuses_decides_who_may_see_it(desk: Desk, accused: str, audience: str) -> None:
    said = f"Saya Yayat Hidayat, 081234500011, mau lapor: kemarin di loket MPP {accused} meminta uang 500 ribu"
    citizen = desk.citizen("6281234500011")
    case = desk.case(citizen.answers(RUDE, citizen.says(said)).number)
    assert (case.confidential, case.visible_to) == (True, audience)


def test_a_confidential_conversation_is_so_at_once(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.says("mau lapor pungli di loket MPP, petugas bernama Dadang")
    citizen.says("batal")
    assert visible_to(desk, citizen) == "manager"


def visible_to(desk: Desk, citizen: Citizen) -> str | None:
    with desk.office.database.reader() as conn:
        query = "SELECT visible_to FROM conversations WHERE address = :user"
        seen: str | None = conn.execute(text(query), {"user": citizen.address.user}).scalar_one()
        return seen


@pytest.mark.parametrize(
    ("slot", "correction", "expected"),
    [
        ("contact", "salah, namanya Asep", {"name": "Asep"}),
        ("confirming", "salah, namanya Asep", {"name": "Asep"}),
        ("confirming", "namanya Asep", {"name": "Asep"}),
        ("confirming", "nomornya salah, yang bener 085711112222", {"contact": "085711112222"}),
        ("confirming", "bukan kemarin tapi hari Senin", {"happened_on": "2026-11-02"}),
        ("confirming", "ralat, kejadiannya hari Jumat", {"happened_on": "2026-11-06"}),
        ("name", "bukan kemarin tapi hari Senin", {"happened_on": "2026-11-02"}),
        ("name", "eh salah, bukan kemarin, 5 November", {"happened_on": "2026-11-05"}),
        ("confirming", "tempatnya salah, harusnya loket 3", {"service": "loket 3"}),
    ],
)
def test_a_correction_is_taken(desk: Desk, slot: str, correction: str, expected: dict[str, str]) -> None:
    citizen = desk.citizen("visitor-1", "web")
    citizen.asked(slot, RUDE)
    heard = citizen.says(correction)
    assert {name: heard.slots.get(name) for name in expected} == expected
    receipt = citizen.answers(RUDE, heard)
    case = desk.case(receipt.number)
    assert case.subject == RUDE.what  # the correction is no part of the story
    assert case.happened_on == date.fromisoformat(expected.get("happened_on", "2026-11-08"))
    assert desk.reporter(case.number).name == expected.get("name", RUDE.name)


SLOTS = ("what", "service", "happened_on", "name", "contact", "confirming")


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("word", ["batal", "gak jadi deh", "/batal"])
def test_it_can_be_cancelled_at_every_step(desk: Desk, slot: str, word: str) -> None:
    citizen = desk.citizen("visitor-1", "web")
    citizen.asked(slot, RUDE)
    heard = citizen.says(word)
    assert (heard.mode, heard.asks, heard.case) == ("idle", None, None)
    assert "Tidak ada yang dicatat" in heard.text
    assert desk.register() == []
    assert citizen.reports(RUDE).number == FIRST_COMPLAINT  # and nothing is left over


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize(
    ("question", "answer"), [("berapa biaya KBLI 29102?", "Gratis"), ("nomor WA pengaduan berapa?", "081809898222")]
)
def test_an_inquiry_in_between_is_answered_and_the_report_goes_on(
    desk: Desk, slot: str, question: str, answer: str
) -> None:
    citizen = desk.citizen("visitor-1", "web")
    before = citizen.asked(slot, RUDE)
    heard = citizen.says(question)
    assert answer in heard.text
    assert (heard.mode, heard.asks) == (before.mode, before.asks)
    assert before.text.split("\n")[-1] in heard.text  # the pending question again
    check_receipt(desk, citizen.answers(RUDE, heard), STORIES["plain"])


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("detour", ["menu", "petugas"])
def test_a_detour_does_not_lose_what_was_told(desk: Desk, slot: str, detour: str) -> None:
    citizen = desk.citizen("visitor-1", "web")
    before = citizen.asked(slot, RUDE)
    heard = citizen.says(detour)
    assert (heard.mode, heard.asks) == (before.mode, before.asks)


@pytest.mark.parametrize("slot", ["what", "name", "confirming"])
def test_several_photos_are_evidence_of_one_case(desk: Desk, slot: str) -> None:
    citizen = desk.citizen("6281234500011")
    before = citizen.asked(slot, RUDE)
    for name in ("satu.jpg", "dua.jpg", "tiga.jpg"):
        heard = citizen.says(photo=name)
        assert (heard.mode, heard.asks, heard.case) == (before.mode, before.asks, None)
    receipt = citizen.answers(RUDE, heard)
    assert desk.evidence(receipt.number) == [("photo", "satu.jpg"), ("photo", "dua.jpg"), ("photo", "tiga.jpg")]
    assert "3 lampiran" in receipt.text
    assert len(desk.register()) == 1


def test_a_photo_with_the_story_under_it(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    receipt = citizen.answers(RUDE, citizen.says(RUDE_IN_ONE, photo="loket.jpg"))
    check_receipt(desk, receipt, STORIES["plain"])
    assert desk.evidence(receipt.number) == [("photo", "loket.jpg")]


def test_a_story_in_fragments_is_one_report(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    words = RUDE_IN_ONE.partition(": ")
    for part in (words[0], words[2]):
        assert citizen.says(part, burst=True).text == ""
    desk.clock.advance(seconds=3)
    (summary,) = desk.take_what_is_due()
    check_receipt(desk, citizen.answers(RUDE, summary), STORIES["plain"])


@pytest.mark.parametrize("known", ["Yayat Hidayat", None])
def test_a_voice_note_is_a_case_on_receipt(desk: Desk, known: str | None) -> None:
    citizen = desk.citizen("6281234500011", name=known)
    heard = citizen.says(attachments=(Attachment("voice", "lapor.ogg"),))
    kind = "complaint" if known else "suggestion"
    assert heard.case == {
        "number": FIRST_COMPLAINT if known else FIRST_SUGGESTION,
        "kind": kind,
        "due": "2026-11-27" if known else None,
    }
    assert "Pesan suara" in heard.text
    assert desk.evidence(heard.number) == [("voice", "lapor.ogg")]


@pytest.mark.parametrize(("channel", "asked"), [("whatsapp", False), ("telegram", False), ("web", True)])
def test_only_the_web_chat_asks_for_a_contact(desk: Desk, channel: Channel, asked: bool) -> None:
    citizen = desk.citizen("6281234500011" if channel == "whatsapp" else "u-42", channel)
    after_name = citizen.asked("name", RUDE)
    assert after_name.asks == "name"
    heard = citizen.says(RUDE.name)
    assert heard.asks == ("contact" if asked else None)
    receipt = citizen.answers(RUDE, heard)
    check_receipt(desk, receipt, STORIES["plain"])
    phone = desk.reporter(receipt.number).phone
    assert phone == {"whatsapp": "6281234500011", "telegram": None, "web": RUDE.contact}[channel]


@pytest.mark.parametrize("refusal", ["lewati", "ga usah", "tidak ada", "gak mau"])
def test_who_leaves_no_contact_on_the_web_makes_a_suggestion(desk: Desk, refusal: str) -> None:
    receipt = desk.citizen("visitor-1", "web").reports(replace(RUDE, contact=refusal))
    assert receipt.case == {"number": FIRST_SUGGESTION, "kind": "suggestion", "due": None}
    assert "kontak" in desk.case(receipt.number).kind_reason


def test_the_same_person_on_two_channels(desk: Desk) -> None:
    """Two cases in one register: officers merge duplicates, the desk does not guess."""
    first = desk.citizen("6281234500011")
    second = first.elsewhere("telegram", "42")
    receipts = [citizen.reports(RUDE) for citizen in (first, second)]
    assert [receipt.number for receipt in receipts] == [FIRST_COMPLAINT, make_number("complaint", 2026, 2)]
    assert [case.channel for case in desk.register()] == ["whatsapp", "telegram"]
    for citizen, own, other in ((first, 0, 1), (second, 1, 0)):
        listed = citizen.says("status").text
        assert receipts[own].number in listed
        assert receipts[other].number not in listed


def test_the_notice_about_personal_data_is_given_once_at_the_first_datum(desk: Desk) -> None:
    citizen = desk.citizen("visitor-1", "web")
    assert "Data pribadi" not in citizen.asked("name", RUDE).text
    assert "Data pribadi" in citizen.says(RUDE.name).text
    assert "Data pribadi" not in citizen.says(RUDE.contact).text


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("mau lapor petugas mengancam saya pakai pisau di loket MPP", "110"),
        ("saya dipalak petugas bernama Dadang di loket MPP, saya takut", "110"),
        ("ada yang bawa golok di kantor dpmptsp!!", "110"),
        ("tolong ada kebakaran di MPP", "112"),
        ("saya disekap di kantor", "112"),
        ("gas bocor warga sesak napas", "112"),
        ("saya mau bakar kantor perizinan besok", "112"),
        ("aku pengen mati aja", "112"),
    ],
)
def test_danger_gets_the_number_to_call(desk: Desk, said: str, number: str) -> None:
    assert number in desk.citizen("6281234500011").says(said).text


@pytest.mark.parametrize("said", ["syarat usaha sate bakar rumahan", "kalau ada gas bocor lapor ke mana"])
def test_no_danger_is_heard_where_there_is_none(desk: Desk, said: str) -> None:
    assert "112" not in desk.citizen("6281234500011").says(said).text


@pytest.mark.parametrize("slot", ["service", "happened_on", "name"])
def test_danger_in_the_middle_of_a_form_gets_it_too(desk: Desk, slot: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked(slot, RUDE)
    assert "112" in citizen.says("tolong ada kebakaran sekarang di loket").text


def test_danger_in_the_last_word_gets_it_beside_the_receipt(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("confirming", RUDE)
    assert "112" in citizen.says("ya, saya diancam").text
    assert "112" in citizen.says("ya benar, tolong, petugasnya bawa pisau").text


def test_a_name_is_no_danger(desk: Desk) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("name", RUDE)
    answer = citizen.says("Bom Bom").text
    assert "112" not in answer
    assert "Bom Bom" in answer


@pytest.mark.parametrize("said", ["makasih", "dadah"])
def test_thanks_and_goodbye_are_no_place(desk: Desk, said: str) -> None:
    citizen = desk.citizen("6281234500011")
    citizen.asked("service", RUDE)
    assert "belum dikirim" in citizen.says(said).text
    assert "Kapan" in citizen.says("loket").text


def test_the_time_of_receipt_is_the_provider_s(desk: Desk) -> None:
    """The message was sent on Monday, and read when the server was up again."""
    citizen = desk.citizen("6281234500011")
    citizen.asked("confirming", RUDE)
    message = citizen.message("ya")
    desk.clock.advance(days=3)
    receipt = desk.take(message)
    assert desk.case(receipt.number).received_at == MONDAY
    assert desk.case(receipt.number).due_on == DUE
