"""The PostgreSQL of the tests itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALONE = "from tests import postgresql; print(postgresql.folder()); postgresql.server()"


def test_nothing_of_it_is_left_after_the_run() -> None:
    run = [sys.executable, "-c", f"import os; os.environ.pop('PYTEST_XDIST_TESTRUNUID', None); {ALONE}"]
    folder = subprocess.run(run, check=True, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout.strip()
    assert folder
    assert not Path(folder).exists()
