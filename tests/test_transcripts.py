"""Golden conversations (`transcripts/*.toml`), played in order on a real office.

A turn has what the citizen does (`user` writes, `button` presses what the last reply offered) and what must come of
it: `intent`, `components`, `mode`, `asks`, `says` and `never` (strings of the replies), `miss` and `request` (why the
row was recorded). Some things hold of every reply and are checked everywhere: see `check_reply`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from handlers.dialogue.state import Mode
from handlers.inbound import Decision
from handlers.library import Library
from handlers.messages import Button, Line
from handlers.office_profile import keep
from handlers.parts import LIMITS
from knowledge.intents import INTENTS
from knowledge.standards import COMPONENTS, ServiceStandard
from tests.offices import EDITION, Desk, desk_at, publish, said, several_standards
from tests.staff import employed

OFFICE_SAYS = {
    "hours": "Senin–Kamis 08.00–15.30\nJumat 08.00–14.00",
    "address": "Jalan Percontohan Nomor 1, seberang alun-alun",
    "mpp": "Jalan Percobaan Nomor 2\nSenin–Jumat 08.30–14.30",
    "phone": "(0264) 000111, pada jam pelayanan",
    "oss_help": "1. Buka situs OSS.\n2. Pilih Daftar.",
}

FOLDER = Path(__file__).parent / "transcripts"
TURN = {"user", "button", "intent", "components", "mode", "asks", "says", "never"}
TURN |= {"miss", "miss_text", "request", "request_details"}


def conversations() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.toml")):
        source = tomllib.loads(path.read_text(encoding="utf-8"))
        for talk in source.get("conversation", ()):
            assert {key for turn in talk["turns"] for key in turn} <= TURN, f"{path.name}: {talk['about']}"
            yield pytest.param(source.get("office", "shipped"), talk, id=f"{path.stem}: {talk['about']}")


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Desk]]:
    """One office of each kind for all conversations: every conversation has a citizen of its own."""
    with (
        desk_at(tmp_path_factory.mktemp("shipped")) as shipped,
        desk_at(tmp_path_factory.mktemp("several"), "several") as several,
        desk_at(tmp_path_factory.mktemp("profiled")) as profiled,
    ):
        profiled.office.library = Library()
        keep(profiled.office, employed(profiled), OFFICE_SAYS, 0)
        yield {"shipped": shipped, "several": several, "profiled": profiled}


@pytest.mark.parametrize(("office", "talk"), list(conversations()))
def test_conversation(office: str, talk: Mapping[str, Any], desks: Mapping[str, Desk]) -> None:
    desk, offered = desks[office], list[Button]()
    wrong: list[str] = []
    for number, turn in enumerate(talk["turns"], 1):
        before = {table: len(desk.rows(table, "id")) for table in ("misses", "officer_requests")}
        decision = take_turn(desk, talk["about"], turn, offered)
        offered = [button for reply in decision.replies for button in reply.buttons]
        check_reply(decision, standards_of(desk))
        new = {table: desk.rows(table)[count:] for table, count in before.items()}
        wrong += [f"turn {number}, {_done(turn)}: {what}" for what in disagreements(turn, decision, new)]
    assert not wrong, "\n".join(wrong)


def take_turn(desk: Desk, user: str, turn: Mapping[str, Any], offered: list[Button]) -> Decision:
    if "user" in turn:
        return desk.say(turn["user"], user=user)
    payload = next((button.payload for button in offered if button.title == turn["button"]), None)
    assert payload is not None, f"no button {turn['button']!r} among {[button.title for button in offered]}"
    return desk.say(user=user, payload=payload)


def disagreements(
    turn: Mapping[str, Any], decision: Decision, new: Mapping[str, list[Mapping[str, Any]]]
) -> Iterator[str]:
    report, text = decision.report, said(decision)
    assert report is not None
    got = {
        "intent": report.intent,
        "components": sorted(report.components),
        "mode": decision.mode,
        "asks": decision.asks,
    }
    for key, value in got.items():
        if key in turn and turn[key] != value:
            yield f"{key} is {value!r} instead of {turn[key]!r}"
    yield from (f"not said: {words!r}" for words in turn.get("says", ()) if words not in text)
    yield from (f"said: {words!r}" for words in turn.get("never", ()) if words in text)
    for key, table in (("miss", "misses"), ("request", "officer_requests")):
        reasons = [row["reason"] for row in new[table]]
        if key in turn and reasons != [turn[key]]:
            yield f"recorded in {table}: {reasons} instead of {turn[key]!r}"
    if "miss" in turn and new["misses"]:
        kept = new["misses"][0]["text"]
        if kept != turn.get("miss_text", kept) or not kept:
            yield f"the miss was kept as {kept!r}"
    if "request_details" in turn and new["officer_requests"]:
        details = new["officer_requests"][0]["details"]
        if details != turn["request_details"]:
            yield f"the officer is told {details!r}"


def _done(turn: Mapping[str, Any]) -> str:
    return repr(turn["user"]) if "user" in turn else f"[{turn['button']}]"


def standards_of(desk: Desk) -> list[tuple[ServiceStandard, str]]:
    return [(published.standard, published.edition) for published in desk.knowledge().catalogue.published]


SOURCE = re.compile(r"Sumber: Standar Pelayanan No\. (\d+), (.+?); komponen (.+); (Peraturan .+)\.")
OFFICE_SOURCE = re.compile(r"Sumber: DPMPTSP Kabupaten Purwakarta, diperbarui \d+ [A-Z]\w+ \d{4}\.")
MONEY = re.compile(r"Rp ?[\d.]+|\d+ ?(?:ribu|juta)", re.IGNORECASE)


def check_reply(decision: Decision, published: list[tuple[ServiceStandard, str]]) -> None:
    """What holds of every reply: words of a standard are its own and named, and the channel can carry them."""
    assert decision.report is not None
    assert decision.report.intent in INTENTS
    assert decision.mode in get_args(Mode)
    assert decision.replies, "a citizen was left without an answer"
    lines = [line for reply in decision.replies for line in reply.lines]
    _check_quotes(lines, decision.report.components, published)
    for reply in decision.replies:
        assert 0 < len(reply.text) <= LIMITS[decision.inbound.address.channel]
        for button in reply.buttons:
            assert 0 < len(button.title) <= 20
            assert 0 < len(button.payload.encode()) <= 64, f"Telegram cannot carry {button.payload!r}"


def _check_quotes(lines: list[Line], components: tuple[int, ...], published: list[tuple[ServiceStandard, str]]) -> None:
    quotes = [line.text for line in lines if line.style == "quote"]
    sources = [line.text for line in lines if line.style == "source" and "Sumber" in line.text]
    sources = [text for text in sources if not OFFICE_SOURCE.fullmatch(text)]
    assert sources or not quotes, "official words without their source"
    assert sources or not components, "a component counts as answered, but no standard is named"
    quoted: dict[tuple[int, str], set[str]] = {}
    for text in sources:
        found = SOURCE.fullmatch(text)
        assert found, f"not a source: {text}"
        standard = next(s for s, edition in published if s.number == int(found[1]) and edition == found[4])
        assert found[2] == standard.name
        for number, name in COMPONENTS.items():
            if f"{number}. {name}" in found[3].split(" dan ") or f"{number}. {name}" in found[3]:
                quoted[standard.number, found[4]] = quoted.get((standard.number, found[4]), set()) | set(
                    standard.components[number].split("\n")
                )
    for quote in quotes:
        assert any(any(quote in line for line in own) for own in quoted.values()), f"no standard says {quote!r}"
    spoken = "\n".join(line.text for line in lines if line.style == "plain" and not line.text.startswith("•"))
    if not any(line.text.startswith("•") for line in lines):
        assert not MONEY.search(spoken), f"an amount that is not quoted: {spoken}"
    assert len({edition for _, edition in quoted}) <= 1, "one answer, one edition"


COMPONENT_WORDINGS = [
    pytest.param(entry["number"], entry["item"], wording, id=f"{entry['number']}: {wording}")
    for entry in tomllib.loads((FOLDER / "components.toml").read_text(encoding="utf-8"))["component"]
    for wording in entry["wordings"]
]


@pytest.mark.parametrize(("number", "item", "wording"), COMPONENT_WORDINGS)
def test_every_component_can_be_asked_for(number: int, item: str, wording: str, desks: Mapping[str, Desk]) -> None:
    desk = desks["shipped"]
    decision = desk.say(wording, user=wording)
    check_reply(decision, standards_of(desk))
    assert decision.report is not None
    assert (decision.report.intent, decision.report.components) == ("inquiry", (number,))
    assert item in said(decision)
    assert f"komponen {number}. {COMPONENTS[number]};" in said(decision)


def test_all_components_are_asked_for_in_three_wordings() -> None:
    asked = [param.values[0] for param in COMPONENT_WORDINGS]
    assert asked == [number for number in COMPONENTS for _ in range(3)]


def test_a_long_component_is_cut_between_items_and_numbered(desks: Mapping[str, Desk]) -> None:
    desk = desks["shipped"]
    decision = desk.say("fasilitas kantornya apa saja", user="long")
    check_reply(decision, standards_of(desk))
    total = len(decision.replies)
    assert total > 1
    assert [reply.lines[0].text for reply in decision.replies] == [f"({n}/{total})" for n in range(1, total + 1)]
    printed = [line for standard, _ in standards_of(desk) for line in standard.components[8].split("\n")]
    assert [line.text for reply in decision.replies for line in reply.lines if line.style == "quote"] == printed
    assert [bool(reply.buttons) for reply in decision.replies] == [False] * (total - 1) + [True]


def test_the_same_question_on_every_channel(desks: Mapping[str, Desk]) -> None:
    answers = {
        said(desks["shipped"].say("biaya 29102", user="any", channel=c)) for c in ("whatsapp", "telegram", "web")
    }
    assert len(answers) == 1


def test_nothing_published_nothing_stated(tmp_path: Path) -> None:
    with desk_at(tmp_path, "empty") as desk:
        for text in ("halo", "biaya 29102", "berapa lama", "petugas", "menu", "wa pengaduan berapa", "isi lampiran IV"):
            decision = desk.say(text)
            check_reply(decision, [])
            assert decision.report is not None
            assert decision.report.components == ()


def test_a_later_edition_answers_alone_and_a_withdrawn_standard_not_at_all(tmp_path: Path) -> None:
    later = "Peraturan Bupati Contoh Nomor 8 Tahun 2027"
    with desk_at(tmp_path, "several") as desk:
        desk.office.library = Library()
        assert "Rp22.000" in said(desk.say("biaya roti basah"))
        chosen = desk.say("biaya roti", user="choosing")

        basah, *_ = (s for s in several_standards() if s.kbli == "10711")
        publish(desk.office, [replace(basah, number=40, components={**basah.components, 4: "Rp25.000"})], later)
        for question in ("biaya roti basah", "kalau lamanya?", "biayanya dan syaratnya"):
            decision = desk.say(question)
            check_reply(decision, standards_of(desk))
            assert later in said(decision)
            assert EDITION not in said(decision)
            assert "Rp22.000" not in said(decision)
        old = said(desk.say("biaya roti kering"))
        assert "Rp44.000" in old
        assert EDITION in old
        assert later not in old

        publish(desk.office, several_standards()[:1], "Peraturan Bupati Contoh Nomor 9 Tahun 2028", whole=True)
        for decision in (
            desk.say("kalau lamanya?"),
            desk.say(user="choosing", payload=chosen.replies[0].buttons[0].payload),
            desk.say("2", user="choosing"),
            desk.say("roti basah biayanya berapa", user="other"),
        ):
            check_reply(decision, standards_of(desk))
            assert decision.report is not None
            assert decision.report.components == ()
            assert "Rp2" not in said(decision)
