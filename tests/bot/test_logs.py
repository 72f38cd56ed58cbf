"""What is logged of an exception: what kind it was and where, never what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.serving import environment

PROGRAM = """
import logging, structlog
from bot.logs import set_up_logs

set_up_logs("INFO")

def stumble():
    raise ValueError("Rukmana Saepudin, 0812 1000 2000")

for log in (structlog.get_logger(), logging.getLogger("library")):
    try:
        stumble()
    except ValueError:
        log.exception("deciding failed")
try:
    stumble()
except ValueError as error:
    kept = error
structlog.get_logger().error("told later", exc_info=kept)
logging.getLogger("asyncio").error("never retrieved\\nfuture: %r", kept, exc_info=kept)
logging.getLogger("library").debug("too quiet to be heard")
structlog.get_logger().debug("too quiet to be heard")
structlog.get_logger().info("batch decided", messages=3)
"""


def test_an_exception_leaves_its_place_and_none_of_its_words() -> None:
    program = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(program, check=True, capture_output=True, text=True, timeout=30)
    ours, theirs, place, later, task, _, other = ran.stderr.splitlines()
    assert 'level=error event="deciding failed" error="ValueError at ' in ours
    assert theirs.endswith("ERROR library deciding failed")
    assert place.startswith("ValueError at <string>:8 < <string>:")  # where it was raised, and who called
    assert 'event="told later" error="ValueError at ' in later
    assert task.endswith("ERROR asyncio never retrieved")
    assert 'level=info event="batch decided" messages=3' in other
    assert "Rukmana" not in ran.stderr
    assert "Traceback" not in ran.stderr


FAULTY = """
import sys
from bot.__main__ import main
from handlers import turns

def step(thought, *_):
    raise ValueError(thought.text)

turns.step = step
sys.argv[1:] = {words}
main()
"""


@pytest.mark.parametrize("words", [["chat"], ["chat", "--jsonl"]], ids=" ".join)
def test_a_step_that_fails_leaves_nothing_of_what_was_said_in_the_log(tmp_path: Path, words: list[str]) -> None:
    line = json.dumps({"user": "a", "text": "saya Rukmana"}) if "--jsonl" in words else "saya Rukmana"
    ran = subprocess.run(
        [sys.executable, "-c", FAULTY.format(words=words)],
        input=line + "\n",
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(tmp_path, PYTHONIOENCODING="utf-8"),
    )
    [logged] = ran.stderr.splitlines()
    assert 'event="deciding failed"' in logged
    assert "ValueError at " in logged
    assert "Rukmana" not in logged
    assert "deciding failed" not in ran.stdout
    if "--jsonl" in words:
        [answer] = ran.stdout.splitlines()
        assert json.loads(answer)["replies"]
