from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from storage.database import Database
from tests.storage.fresh import fresh_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = fresh_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def new_id() -> Callable[[], int]:
    return count(1).__next__
