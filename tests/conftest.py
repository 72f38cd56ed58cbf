"""For all tests: passwords are hashed cheaply, for a tenth of a second each would be most of what the pages take.

What opens Chromium has the mark `browser`. What kills programs takes longest and comes first: at the end the other
workers would wait for it.
"""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, profiles

from handlers import passwords

LONGEST = ("test_kills", "test_crash")

passwords.hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: opens Chromium")


@pytest.hookimpl(tryfirst=True)  # before `-m` asks for it
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and "browser" in item.fixturenames:
            item.add_marker("browser")
    items.sort(key=lambda item: not item.path.name.startswith(LONGEST))
