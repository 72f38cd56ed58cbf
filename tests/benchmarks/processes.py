"""The processes of the bench: the load, the bare server, and the real `pasti run`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.bare import TOKEN

ROOT = Path(__file__).parents[2]
PUBLIC_URL = "https://pasti.example.go.id"
PATIENCE = 60  # seconds until a process must have started


class Load:
    """The process that plays the provider."""

    def __init__(self) -> None:
        self._process = _start(["-m", "tests.benchmarks.load"], stdin=subprocess.PIPE)
        self.door: int = self._heard()["door"]

    def order(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def prepare(self, texts: Sequence[str], seed: int) -> None:
        self.order(do="prepare", texts=list(texts), public_url=PUBLIC_URL, token=TOKEN, seed=seed)

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout
        heard: dict[str, Any] = json.loads(self._process.stdout.readline())
        return heard

    def close(self) -> None:
        _end(self._process)


class Serving:
    """A running PASTI, or the bare server."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port

    def megabytes(self, which: str = "VmRSS") -> float:
        """Resident memory, now (VmRSS) or at its highest (VmHWM)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.findall(rf"{which}:\s+(\d+)", status)[0]) / 1024

    def cpu_seconds(self) -> float:
        """Since its start, of all its threads."""
        after_name = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def bare() -> Iterator[Serving]:
    """The bare server."""
    process = _start(["-m", "tests.benchmarks.bare", PUBLIC_URL])
    assert process.stdout
    try:
        yield Serving(process, int(process.stdout.readline()))
    finally:
        _end(process)


@contextmanager
def pasti(data: Path, door: int, database: str | None = None) -> Iterator[Serving]:
    """`pasti run` on this data, with WhatsApp on; what it sends goes to the door.

    database: an address on PostgreSQL; else it is SQLite in the data folder.
    """
    settings = {
        "DATA_DIR": str(data),
        "PORT": "0",
        "PUBLIC_URL": PUBLIC_URL,
        "LOG_LEVEL": "ERROR",
        "SECRET_KEY": "a secret of the bench, long enough for a key",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": "+6281809898222",
        "TWILIO_API_URL": f"http://127.0.0.1:{door}",
    }
    if database:
        settings["DATABASE_URL"] = database
    process = _start(["-m", "bot", "run"], env=settings)
    try:
        yield Serving(process, _announced(process))
    finally:
        _end(process)


def _announced(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    until = time.monotonic() + PATIENCE
    for line in iter(process.stdout.readline, ""):
        if found := re.search(r"http://[^:]+:(\d+)/", line):
            return int(found[1])
        if time.monotonic() > until:
            break
    raise RuntimeError("PASTI did not start")


def _start(
    words: Sequence[str], *, env: dict[str, str] | None = None, stdin: int | None = None
) -> subprocess.Popen[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, *words],
        env={**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "300", **(env or {})},
        cwd=ROOT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
    )


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
