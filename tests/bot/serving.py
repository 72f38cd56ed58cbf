"""The real `pasti run`, started as its own process on a free port, with an empty folder of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioPeer

PUBLIC_URL = "https://pasti.example"
PATIENCE = 30.0  # seconds until it must have started; on a busy machine it takes a few


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """No setting of this machine; a wide terminal, so that no line is broken."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    root = str(Path(__file__).parents[2])
    return {**kept, "PYTHONPATH": root, "COLUMNS": "300", "DATA_DIR": str(folder / "data"), **settings}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "bot", *words]


@dataclass
class Served:
    """A process that serves, and what it said."""

    process: subprocess.Popen[str]
    announced: str  # standard output until it was ready
    log: Path  # standard error

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+", self.announced)
        assert found, f"no address:\n{self.announced}\n{self.log.read_text()}"
        return found[0]

    def interrupt(self) -> float:
        """Ctrl-C. Returns the seconds until the process had ended."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        return time.monotonic() - started


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Served]:
    """Ready to answer; ended at the latest with the block."""
    log = folder / "log.txt"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command("run"),
            cwd=folder,
            env=environment(folder, PORT="0", **settings),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    impatience = Timer(PATIENCE, process.kill)  # a start that hangs ends the reading below
    impatience.start()
    try:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        impatience.cancel()
        yield Served(process, "".join(lines), log)
    finally:
        impatience.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def twilio_settings(twilio: TwilioPeer) -> dict[str, str]:
    """What makes a process talk to this Twilio, which calls it at PUBLIC_URL."""
    return {
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_WHATSAPP_FROM": SENDER,
        "TWILIO_API_URL": twilio.url,
    }


@asynccontextmanager
async def serving_whatsapp(folder: Path, **settings: str) -> AsyncIterator[tuple[Served, TwilioPeer]]:
    """Ready to answer citizens on WhatsApp, through a Twilio of its own."""
    async with TwilioPeer() as twilio:
        with serving(folder, **twilio_settings(twilio), **settings) as served:
            twilio.reroute(PUBLIC_URL, served.url.rstrip("/"))
            yield served, twilio
