"""`pasti chat --jsonl`, as programs that talk to it rely on it: every key, every kind of line, in order, at once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.jsonl import converse
from knowledge.intents import INTENTS
from tests.bot.serving import command, environment
from tests.offices import Desk, desk_at

ANSWER = ["user", "replies", "reading", "mode", "asks", "case", "ms"]
READING = ["intent", "components", "candidates", "slots"]

Talk = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        yield desk


@pytest.fixture
def talk(desk: Desk) -> Talk:
    """Lines in, objects out. A line is an object, or a string that is sent as it is."""

    def talk(*lines: dict[str, Any] | str) -> list[dict[str, Any]]:
        raw = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        return [json.loads(line) for line in converse(desk.office, raw)]

    return talk


def text_of(answer: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in answer["replies"])


def test_an_answer_has_every_key(talk: Talk) -> None:
    [answer] = talk({"user": "628111", "text": "berapa biaya kbli 29102"})
    assert list(answer) == ANSWER
    assert list(answer["reading"]) == READING
    assert answer["user"] == "628111"
    [reply] = answer["replies"]
    assert list(reply) == ["text", "buttons"]
    assert reply["text"].split("\n")[1] == "Gratis"
    assert [list(button) for button in reply["buttons"]] == [["title", "payload"]] * len(reply["buttons"]) != []
    assert answer["reading"]["intent"] == "inquiry"
    assert answer["reading"]["components"] == [4]
    assert answer["reading"]["slots"] == {}
    [candidate] = answer["reading"]["candidates"]
    assert candidate == {
        "number": 61,
        "kbli": "29102",
        "title": "Industri Kendaraan Multiguna Pedesaan",
        "score": candidate["score"],
    }
    assert 0 < candidate["score"] <= 1
    assert (answer["mode"], answer["asks"], answer["case"]) == ("idle", None, None)
    assert answer["ms"] > 0


def test_a_report_shows_its_slots_and_the_case_it_became(talk: Talk) -> None:
    told = "nama saya Siti Aminah, kemarin saya dibentak petugas loket MPP waktu mengambil izin apotek"
    *asked, recorded = talk(
        {"user": "a", "at": "2026-11-09T10:30:00+07:00", "text": told}, {"user": "a", "text": "ya, kirim"}
    )
    assert asked[0]["reading"]["slots"]["name"] == "Siti Aminah"
    assert (asked[0]["mode"], asked[0]["case"]) == ("confirming", None)
    assert list(recorded["case"]) == ["number", "kind", "due"]
    assert (recorded["case"]["kind"], recorded["case"]["due"]) == ("complaint", "2026-11-27")
    assert recorded["case"]["number"] in text_of(recorded)


def test_candidates_are_ranked_and_at_most_ten(tmp_path: Path) -> None:
    with desk_at(tmp_path, "several") as desk:
        lines = [json.dumps({"user": "a", "text": text}) for text in ("biaya roti kering", "biaya 10799")]
        ranked, by_code = (json.loads(line)["reading"]["candidates"] for line in converse(desk.office, lines))
    assert ranked[0]["kbli"] == "10712"
    scores = [candidate["score"] for candidate in ranked]
    assert scores == sorted(scores, reverse=True)
    assert 1 < len(ranked) <= 10
    assert [candidate["kbli"] for candidate in by_code][:3] == ["10799"] * 3


def test_the_intent_is_one_of_twelve(talk: Talk) -> None:
    texts = ("halo", "makasih", "dadah", "menu", "batal", "petugas", "jadwal persib", "goblok", "x", "👍", "1", "")
    answers = talk(*({"user": "a", "text": text} for text in texts))
    assert {answer["reading"]["intent"] for answer in answers} <= set(INTENTS)


def test_a_choice_has_the_intent_of_what_it_answers(talk: Talk) -> None:
    _, chosen = talk({"user": "a", "text": "29102"}, {"user": "a", "text": "2"})
    assert chosen["reading"]["components"] == [3]
    assert chosen["reading"]["intent"] == "inquiry"


def test_a_user_is_one_per_channel_and_whatsapp_is_the_usual_one(talk: Talk) -> None:
    def turn(text: str, **more: str) -> dict[str, Any]:
        return {"user": "a", "text": text, **more}

    answers = talk(
        turn("biaya 29102"),
        turn("kalau lamanya?", channel="whatsapp"),
        turn("kalau lamanya?", channel="telegram"),
        turn("kalau lamanya?", channel="web"),
    )
    assert ["7 hari kerja" in text_of(answer) for answer in answers] == [False, True, False, False]


def test_many_users_in_one_stream_in_order(talk: Talk) -> None:
    users = [f"u{n}" for n in range(20)]
    answers = talk(*({"user": u, "text": t} for t in ("biaya 29102", "kalau lamanya?") for u in users))
    assert [answer["user"] for answer in answers] == users * 2
    assert all("Gratis" in text_of(answer) for answer in answers[:20])
    assert all("7 hari kerja" in text_of(answer) for answer in answers[20:])


def test_the_same_id_twice_is_a_duplicate(talk: Talk, desk: Desk) -> None:
    line = {"user": "a", "text": "petugas", "id": "wamid.1"}
    first, again = talk(line, line)
    assert "duplicate" not in first
    assert first["replies"]
    assert list(again) == [*ANSWER, "duplicate"]
    assert (again["duplicate"], again["replies"], again["case"]) == (True, [], None)
    assert len(desk.rows("officer_requests")) == 1


def test_a_line_without_an_id_is_never_a_duplicate(talk: Talk) -> None:
    answers = talk(*[{"user": "a", "text": "halo"}] * 3)
    assert all(answer["replies"] for answer in answers)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "{",
        "[" * 50_000,
        '{"user": "a", "text": "halo"} x',
        "[]",
        "null",
        '"halo"',
        "5",
        {},
        {"text": "halo"},
        {"user": "", "text": "halo"},
        {"user": None, "text": "halo"},
        {"user": ["a"], "text": "halo"},
        {"user": "a", "text": ["halo"]},
        {"user": "a", "text": {"body": "halo"}},
        {"user": "a", "text": "halo", "channel": "sms"},
        {"user": "a", "text": "halo", "channel": ["web"]},
        {"user": "a", "text": "halo", "at": "kemarin"},
        {"user": "a", "text": "halo", "at": 5},
        {"user": "a", "text": "halo", "at": "0001-01-01T00:00:00"},
        {"user": "a", "text": "halo", "at": "9999-12-31T23:59:59-12:00"},
        {"user": "a", "text": "halo", "attachments": "photo"},
        {"user": "a", "text": "halo", "attachments": [5]},
        {"user": "a", "text": "halo", "attachments": [{"name": "a.jpg"}]},
        {"user": "a", "text": "halo", "id": {"x": 1}},
        {"user": "a", "text": "halo", "burst": "false"},
        {"user": "a", "text": "halo", "burst": 1},
    ],
    ids=str,
)
def test_a_bad_line_answers_an_error_and_the_stream_goes_on(talk: Talk, line: dict[str, Any] | str) -> None:
    error, fine = talk(line, {"user": "a", "text": "biaya 29102"})
    assert list(error) == ["error"]
    assert error["error"]
    assert "Traceback" not in error["error"]
    assert "Gratis" in text_of(fine)


@pytest.mark.parametrize("odd", ["\x00halo", "\ud800 halo", "halo \u202e", "x" * 200_000, "\n\n", "   "])
def test_an_odd_text_is_answered(talk: Talk, odd: str) -> None:
    answers = talk({"user": "a", "text": odd}, {"user": "a", "text": "biaya 29102"})
    assert answers[0]["replies"]
    assert "Gratis" in text_of(answers[1])


def test_what_no_database_takes_is_left_out(talk: Talk, desk: Desk) -> None:
    attachment = {"kind": "pho\0to", "name": "a\0\ud800.jpg"}
    talk({"user": "a\0", "text": "ha\0lo", "name": "Si\0ti", "attachments": [attachment]})
    [row] = desk.rows("inbox", "text, kind, attachments")
    assert (row["text"], row["kind"]) == ("halo", "photo")
    assert "a?.jpg" in str(row["attachments"])
    assert [row["address"] for row in desk.rows("conversations")] == ["a"]


def test_keys_that_nobody_knows_and_nulls_are_left_alone(talk: Talk) -> None:
    line = {
        "user": "a",
        "text": "biaya 29102",
        "id": None,
        "at": None,
        "name": None,
        "phone": None,
        "attachments": None,
    }
    [answer] = talk({**line, "burst": None, "mood": "fine"})
    assert "Gratis" in text_of(answer)


def test_the_product_sees_the_clock_of_the_line(talk: Talk, desk: Desk) -> None:
    talk(
        {"user": "a", "text": "halo", "at": "2027-03-01T10:00:00+07:00"},
        {"user": "b", "text": "halo", "at": "2027-03-01T10:00:00"},
        {"user": "c", "text": "halo", "at": "2027-03-01T03:00:00Z"},
        {"user": "d", "text": "halo"},
    )
    received = {row["received_at"] for row in desk.rows("inbox")}
    assert len(received) == 1, (
        "the same moment four times: with an offset, in Jakarta, in UTC, and still the same clock"
    )
    assert str(received.pop()).startswith("2027-03-01 03:00:00")
    assert desk.office.clock() > datetime(2027, 1, 1, tzinfo=UTC)


def test_attachments_alone_are_answered_kindly(talk: Talk) -> None:
    answers = talk(
        {"user": "a", "text": "", "attachments": [{"kind": "photo", "name": "a.jpg"}]},
        {"user": "b", "attachments": [{"kind": "sticker"}]},
    )
    assert "foto" in text_of(answers[0])
    assert answers[1]["replies"]


def test_a_burst_waits_for_the_rest_and_is_answered_as_one(talk: Talk) -> None:
    first, second, whole = talk(
        {"user": "a", "text": "min mau tanya", "burst": True},
        {"user": "a", "text": "biaya", "burst": True},
        {"user": "a", "text": "kbli 29102"},
    )
    assert (first["replies"], second["replies"]) == ([], [])
    assert len(whole["replies"]) == 1
    assert "Gratis" in text_of(whole)


def test_a_burst_that_ends_by_itself_is_answered_before_the_next_thought(talk: Talk) -> None:
    _, later = talk(
        {"user": "a", "text": "biaya 29102", "burst": True, "at": "2026-11-09T10:00:00+07:00"},
        {"user": "a", "text": "kalau lamanya?", "at": "2026-11-09T10:00:05+07:00"},
    )
    assert ["Gratis" in reply["text"] for reply in later["replies"]] == [True, False]
    assert "7 hari kerja" in later["replies"][1]["text"]


def test_a_burst_that_the_stream_leaves_behind_is_answered_at_its_end(talk: Talk) -> None:
    answers = talk({"user": "a", "text": "biaya 29102", "burst": True}, {"user": "b", "text": "halo"})
    assert [answer["user"] for answer in answers] == ["a", "b", "a"]
    assert "Gratis" in text_of(answers[2])


def test_a_burst_that_came_due_while_others_wrote_is_answered_too(talk: Talk) -> None:
    answers = talk(
        {"user": "a", "text": "biaya 29102", "burst": True, "at": "2026-11-09T10:00:00+07:00"},
        {"user": "b", "text": "halo", "at": "2026-11-09T10:00:05+07:00"},
    )
    assert any("Gratis" in text_of(answer) for answer in answers if answer["user"] == "a")
    assert not any("Gratis" in text_of(answer) for answer in answers if answer["user"] == "b")


def test_a_button_is_pressed_by_sending_its_payload_as_the_text(talk: Talk) -> None:
    answers = talk({"user": "a", "text": "biaya 29102"}, {"user": "a", "text": "ask:3"})
    assert {"title": "Lama proses", "payload": "ask:3"} in answers[0]["replies"][-1]["buttons"]
    assert "7 hari kerja" in text_of(answers[1])


def test_a_button_is_pressed_by_sending_its_title_as_the_text(talk: Talk) -> None:
    _, answer = talk({"user": "a", "text": "biaya 29102"}, {"user": "a", "text": "Lama proses"})
    assert "7 hari kerja" in text_of(answer)


def test_each_answer_is_out_before_the_next_line_is_in(tmp_path: Path) -> None:
    """A real process on a temporary database: what is read is what was just written, byte for byte UTF-8 JSON."""
    with subprocess.Popen(
        command("chat", "--jsonl"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path, PYTHONIOENCODING="ascii"),
        cwd=tmp_path,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        for text, wanted in (("biaya kbli 29102", "Gratis"), ("kalau lamanya 👍", "7 hari kerja")):
            process.stdin.write(json.dumps({"user": "a", "text": text}, ensure_ascii=False).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert wanted in text_of(answer)
        process.stdin.write(b"\xff\xfe\n")
        process.stdin.flush()
        assert list(json.loads(process.stdout.readline())) == ["error"]
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.stderr.read() == b""
        assert process.wait(10) == 0
    assert not (tmp_path / "data" / "pasti.db").exists(), "a database of its own was asked for"


def test_a_database_that_is_given_is_talked_to(desk: Desk, tmp_path: Path) -> None:
    desk.say("biaya 29102", user="a")
    ran = CliRunner().invoke(
        app,
        ["chat", "--jsonl", "--database", desk.url],
        input='{"user": "a", "text": "kalau lamanya?"}\n',
        env={"DATA_DIR": str(tmp_path / "data")},
    )
    assert ran.exit_code == 0
    assert "7 hari kerja" in text_of(json.loads(ran.stdout))
    assert len(desk.rows("inbox")) == 2
