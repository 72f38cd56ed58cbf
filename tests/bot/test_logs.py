"""What is logged of an exception: what kind it was and where, never what it says."""

from __future__ import annotations

import subprocess
import sys

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
logging.getLogger("library").debug("too quiet to be heard")
structlog.get_logger().debug("too quiet to be heard")
structlog.get_logger().info("batch decided", messages=3)
"""


def test_an_exception_leaves_its_place_and_none_of_its_words() -> None:
    program = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(program, check=True, capture_output=True, text=True, timeout=30)
    ours, theirs, place, other = ran.stderr.splitlines()
    assert 'level=error event="deciding failed" error="ValueError at ' in ours
    assert theirs.endswith("ERROR library deciding failed")
    assert place.startswith("ValueError at <string>:8 < <string>:")  # where it was raised, and who called
    assert 'level=info event="batch decided" messages=3' in other
    assert "Rukmana" not in ran.stderr
    assert "Traceback" not in ran.stderr
