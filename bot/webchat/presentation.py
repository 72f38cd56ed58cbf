"""From bubbles to HTML. One set of templates renders the page, the live stream and the answer to a message."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.media_files import sent_name
from bot.typesetting import blocks, clock, icon
from bot.webchat.chat import Bubble
from bot.webchat.submission import MAX_TEXT
from handlers.messages import Outbound


def file_size(size: int) -> str:
    """`245 kB`, `1,2 MB`: as a telephone says it."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


_environment = Environment(
    loader=PackageLoader("bot.webchat"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(icon=icon)
_environment.filters.update(blocks=blocks, clock=clock, file_name=sent_name, file_size=file_size)


def render_page(greeting: Outbound, bubbles: Sequence[Bubble], *, conversation: str, assets: str) -> str:
    """The whole page. `assets` is the address of the folder with the style sheet and the scripts."""
    return _environment.get_template("chat.html").render(
        greeting=greeting, bubbles=bubbles, conversation=conversation, assets=assets, max_text=MAX_TEXT
    )


def render_bubbles(bubbles: Sequence[Bubble]) -> str:
    """The same list items that the page has, for a page that is already open."""
    return _environment.get_template("bubbles.html").render(bubbles=bubbles)


def render_busy(*, assets: str, away: bool = False) -> str:
    """A page for an address that asks for too many pages; away: for everybody, while the database is away."""
    return _environment.get_template("busy.html").render(assets=assets, away=away)
