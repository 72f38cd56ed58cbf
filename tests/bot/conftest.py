"""The fixtures of these tests, from the modules that they are made in."""

from __future__ import annotations

from tests.bot.disk import roomy_disk
from tests.bot.fake_chat import fake
from tests.bot.tabs import open_chat, phone
from tests.bot.visits import visit
from tests.browser import browser

__all__ = ["browser", "fake", "open_chat", "phone", "roomy_disk", "visit"]
