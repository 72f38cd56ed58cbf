"""`pasti chat`: a conversation in the terminal, for trying things out. The buttons of the last message are numbers."""

from __future__ import annotations

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from handlers.inbound import receive
from handlers.messages import Address, Inbound, Outbound
from handlers.office import Office

_STYLES = {"strong": "bold", "quote": "", "source": "dim italic", "plain": ""}
_WIDTH = 88


def chat(office: Office, greeting: Outbound, console: Console | None = None) -> None:
    """Talks until the end of input or Ctrl-C."""
    console = console or Console()
    console.print(Text("PASTI di terminal. Ctrl-D untuk keluar.", style="dim"))
    show(greeting, console)
    address = Address("web", f"terminal-{office.new_id()}")
    while True:
        try:
            text = console.input("[bold green]Anda[/] › ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print(Text("\nSampai jumpa.", style="dim"))
            return
        if not text:
            continue
        inbound = Inbound(address, f"terminal-{office.new_id()}", office.clock(), text)
        for reply in receive(office, [inbound])[0].replies:
            show(reply, console)


def show(message: Outbound, console: Console) -> None:
    """One message of PASTI as a bubble."""
    body = Group(*(_line(line.text, line.style) for line in message.lines))
    console.print(Panel(body, title="PASTI", title_align="left", border_style="cyan", width=min(_WIDTH, console.width)))
    if message.buttons:
        options = "   ".join(f"[{n}] {button.title}" for n, button in enumerate(message.buttons, 1))
        console.print(Padding(Text(options, style="cyan"), (0, 2)))


def _line(text: str, style: str) -> Text | Padding:
    shown = Text(text, style=_STYLES[style])
    return Padding(shown, (0, 0, 0, 2)) if style == "quote" else shown
