"""`pasti chat`: a conversation in the terminal, for trying things out.

The buttons of the last message are numbers. Where a message numbers its own choices, its numbers count, and the buttons
are pressed by their words.
"""

from __future__ import annotations

import re

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from handlers.inbound import receive
from handlers.messages import Address, Button, Inbound, Outbound
from handlers.office import Office

_STYLES = {"strong": "bold", "quote": "", "source": "dim italic", "plain": ""}
_WIDTH = 88


def chat(office: Office, greeting: Outbound, console: Console | None = None) -> None:
    """Talks until the end of input or Ctrl-C."""
    console = console or Console()
    console.print(Text("PASTI di terminal. Ctrl-D untuk keluar.", style="dim"))
    show(greeting, console)
    last = greeting
    address = Address("web", f"terminal-{office.new_id()}")
    while True:
        try:
            text = console.input("[bold green]Anda[/] › ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print(Text("\nSampai jumpa.", style="dim"))
            return
        if not text:
            continue
        pressed = _pressed(text, last)
        inbound = Inbound(
            address,
            f"terminal-{office.new_id()}",
            office.clock(),
            pressed.title if pressed else text,
            pressed.payload if pressed else None,
        )
        for reply in receive(office, [inbound])[0].replies:
            show(reply, console)
            last = reply


def show(message: Outbound, console: Console) -> None:
    """One message of PASTI as a bubble."""
    body = Group(*(_line(line.text, line.style) for line in message.lines))
    console.print(Panel(body, title="PASTI", title_align="left", border_style="cyan", width=min(_WIDTH, console.width)))
    if message.buttons:
        titles = [button.title for button in message.buttons]
        shown = [f"[{title}]" for title in titles]
        if not _numbers_itself(message):
            shown = [f"[{number}] {title}" for number, title in enumerate(titles, 1)]
        console.print(Padding(Text("   ".join(shown), style="cyan"), (0, 2)))


def _pressed(text: str, message: Outbound) -> Button | None:
    """The button whose number was typed."""
    if _numbers_itself(message) or not (text.isascii() and text.isdigit()):
        return None
    return dict(enumerate(message.buttons, 1)).get(int(text[:3]))


def _numbers_itself(message: Outbound) -> bool:
    """Whether the message numbers choices; the numbers of a quote are those of the standard."""
    return any(re.match(r"\d+\. ", line.text) for line in message.lines if line.style != "quote")


def _line(text: str, style: str) -> Text | Padding:
    shown = Text(text, style=_STYLES[style])
    return Padding(shown, (0, 0, 0, 2)) if style == "quote" else shown
