"""What a message wants of the desk: what must never be confused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.intents import INTENTS, IntentReading, read_intent
from tests.offices import desk_at


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with desk_at(tmp_path_factory.mktemp("intents")) as desk:
        yield desk.knowledge()


def read(knowledge: KnowledgeBase, text: str, asked: float = 0.0, has_code: bool = False) -> IntentReading:
    words = knowledge.language.read(text)
    return read_intent(text, words, knowledge.learnt_intents.read(words), asked, has_code)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("/start", "help"),
        ("/lapor", "complaint"),
        ("/status@pasti_bot", "status"),
        ("/batal", "cancel"),
        ("halo min", "greeting"),
        ("assalamualaikum wr wb", "greeting"),
        ("sampurasun", "greeting"),
        ("p", "greeting"),
        ("makasih banyak ya kak", "thanks"),
        ("hatur nuhun", "thanks"),
        ("👍", "thanks"),
        ("🙏🙏", "thanks"),
        ("ok sampai jumpa", "goodbye"),
        ("menu", "help"),
        ("kamu bisa apa aja", "help"),
        ("batal", "cancel"),
        ("ga jadi deh", "cancel"),
        ("petugas", "human"),
        ("tolong", "human"),
        ("kapan?", "inquiry"),
        ("caranya?", "inquiry"),
        ("tidak tahu", "help"),
        ("saya tidak puas", "complaint"),
        ("warung kopi", "inquiry"),
        ("toko bangunan", "inquiry"),
        ("rumah makan padang", "inquiry"),
        ("adu", "complaint"),
        ("mau bikin laporan", "complaint"),
        ("mau ngobrol sama orang asli", "human"),
        ("9120304567890", "status"),
        ("izin saya sudah terbit belum", "status"),
        ("saya mau lapor pungli di loket", "complaint"),
        ("kok udah sebulan izin saya belum keluar", "complaint"),
        ("petugasnya jutek banget", "complaint"),
        ("saran saya kursi tunggunya ditambah", "suggestion"),
        ("berapa biayanya", "inquiry"),
        ("cara mengadu gimana", "inquiry"),
        ("kalau mau komplain ke mana", "inquiry"),
        ("bot goblok", "abuse"),
        ("petugas pada bego semua", "abuse"),
        ("panggilin petugas dong goblok", "human"),
        ("4nj1ng", "abuse"),
        ("g*blok", "abuse"),
        ("jadwal persib hari ini", "out_of_scope"),
        ("buatkan saya puisi", "out_of_scope"),
    ],
)
def test_what_must_not_be_confused(knowledge: KnowledgeBase, text: str, intent: str) -> None:
    asked = 6.0 if intent == "inquiry" else 0.0
    assert read(knowledge, text, asked).intent == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("halo izin salon", "inquiry"),
        ("aslm ijin bengkel motor", "inquiry"),
        ("asalamualaikum izin warnet", "inquiry"),
        ("assalamualaikum, saya undur diri", "goodbye"),
        ("aslm", "greeting"),
    ],
)
def test_a_greeting_at_the_start_does_not_decide(knowledge: KnowledgeBase, text: str, intent: str) -> None:
    assert read(knowledge, text).intent == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Dengan ini saya mengadukan loket yang tutup sejak pagi. Atas perhatiannya terima kasih.", "complaint"),
        ("makasih ya, petugasnya jutek dan berkas saya ditolak tanpa alasan", "complaint"),
        ("terima kasih, keluhan saya sudah ditanggapi", "thanks"),
        ("sudah antri 4 jam belum dipanggil. edan.", "complaint"),
        ("OSS-I-20250311-44120", "status"),
        ("ADU/2026/0012", "status"),
        ("wilujeng enjing", "greeting"),
        ("hendaknya antrean lansia dipisah", "suggestion"),
        ("ga usah diterusin deh laporannya", "cancel"),
    ],
)
def test_what_is_said_beside_it_does_not_hide_it(knowledge: KnowledgeBase, text: str, intent: str) -> None:
    assert read(knowledge, text).intent == intent


@pytest.mark.parametrize("text", ["petugas loketnya minta 50rb", "petugas minta 1jt", "petugas minta 50 ribu"])
def test_a_sum_asked_for_is_a_complaint_however_it_is_written(knowledge: KnowledgeBase, text: str) -> None:
    assert read(knowledge, text).intent == "complaint"


@pytest.mark.parametrize("text", ["goblok, petugas loket minta uang ke saya", "anjing pungli terus di loket"])
def test_an_insult_with_something_to_act_on_is_a_complaint(knowledge: KnowledgeBase, text: str) -> None:
    assert read(knowledge, text).intent == "complaint"


@pytest.mark.parametrize(
    "text", ["x", "4", "asdfghjkl", "apotek", "yang itu", "poin b", "https://example.org/a", "jkt"]
)
def test_without_any_sign_of_a_misfortune_nothing_is_a_complaint(knowledge: KnowledgeBase, text: str) -> None:
    assert read(knowledge, text).intent != "complaint"


def test_a_code_speaks_for_an_inquiry(knowledge: KnowledgeBase) -> None:
    assert read(knowledge, "29102", has_code=True).intent == "inquiry"
    assert read(knowledge, "29102").intent == "status"


@settings(max_examples=60)
@given(st.text(max_size=60), st.floats(0, 20), st.booleans())
def test_any_text_has_one_intent_and_it_is_the_best(
    knowledge: KnowledgeBase, text: str, asked: float, has_code: bool
) -> None:
    found = read(knowledge, text, asked, has_code)
    assert found.intent in INTENTS
    assert found.score == found.scores[found.intent]


@pytest.mark.parametrize("text", ["Halo", "HALO", "  halo  ", "halo!!!", "halooooo", "halo\n"])
def test_how_it_is_dressed_does_not_matter(knowledge: KnowledgeBase, text: str) -> None:
    assert read(knowledge, text).intent == "greeting"
