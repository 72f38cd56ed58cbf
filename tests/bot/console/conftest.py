"""The fixtures of these tests, from the modules that they are made in."""

from __future__ import annotations

from tests.bot.console.offices import office

__all__ = ["office"]
