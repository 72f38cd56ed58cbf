"""A desk for the stories of `tests/scenarios.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Whatever was said: afterwards the register must be sound."""
    desk = Desk(tmp_path)
    yield desk
    desk.audit()
    desk.close()
