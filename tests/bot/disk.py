"""How much room there is: what a test finds must not depend on the machine that it runs on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.doctor import machine


def leave_free(patched: pytest.MonkeyPatch, free: int) -> None:
    """free: bytes, on every disk that `pasti doctor` looks at."""
    patched.setattr(machine, "disk_usage", lambda _: SimpleNamespace(free=free))


@pytest.fixture(autouse=True)
def roomy_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_free(monkeypatch, machine.LITTLE)
