"""`pasti telegram webhook`: where Telegram calls us, set, shown, and taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from rich.console import Console

from bot.command_line import AsJson, failures_explained, print_json, table
from bot.settings import TELEGRAM_API, Settings, SettingsError, load_settings

if TYPE_CHECKING:  # the library takes a quarter of a second, which the other commands need not wait for
    from telegram import Bot

T = TypeVar("T")

telegram_app = typer.Typer(no_args_is_help=True)
webhook_app = typer.Typer(no_args_is_help=True)
telegram_app.add_typer(webhook_app, name="webhook", help="Where Telegram calls: set, show, delete.")


@webhook_app.command("set")
def set_command() -> None:
    """Tell Telegram to call PUBLIC_URL, with TELEGRAM_WEBHOOK_SECRET (`pasti run` does so in webhook mode)."""
    from bot.channels.telegram_webhook import ADDRESS, set_webhook  # noqa: PLC0415

    with failures_explained():
        settings = load_settings()
        if not settings.public_url:
            raise SettingsError("PUBLIC_URL is not set: Telegram needs an address at which it reaches PASTI.")
        if settings.telegram_webhook_secret is None:
            raise SettingsError("TELEGRAM_WEBHOOK_SECRET is not set: it proves that a call comes from Telegram.")
        if not settings.public_url.startswith("https://") and settings.telegram_api_url == TELEGRAM_API:
            raise SettingsError(f"PUBLIC_URL is {settings.public_url}: Telegram calls https:// addresses only.")
        public_url, secret = settings.public_url, settings.telegram_webhook_secret.get_secret_value()
        _ask(settings, lambda bot: set_webhook(bot, public_url, secret))
        typer.echo(f"Telegram calls {public_url}{ADDRESS} now. Set TELEGRAM_MODE=webhook for `pasti run`.")


@webhook_app.command()
def show(as_json: AsJson = False) -> None:
    """What is registered at Telegram, and what went wrong there last."""
    from bot.channels.telegram_webhook import differs  # noqa: PLC0415

    with failures_explained():
        settings = load_settings()
        info = _ask(settings, lambda bot: bot.get_webhook_info())
        facts: dict[str, Any] = {
            "url": info.url,
            "as_wanted": bool(settings.public_url) and not differs(info, settings.public_url or ""),
            "pending_updates": info.pending_update_count,
            "allowed_updates": list(info.allowed_updates or ()),
            "last_error": info.last_error_message,
            "last_error_at": info.last_error_date.isoformat() if info.last_error_date else None,
        }
        if as_json:
            print_json(facts)
            return
        shown = table("", "")
        for name, value in facts.items():
            text = ", ".join(value) if isinstance(value, list) else str(value) if value not in (None, "") else "-"
            shown.add_row(name.replace("_", " "), text)
        Console().print(shown)


@webhook_app.command()
def delete() -> None:
    """Take it away, so that polling works again. Telegram keeps what it has not delivered for 24 hours."""
    with failures_explained():
        _ask(load_settings(), lambda bot: bot.delete_webhook())
        typer.echo("No webhook is set now. TELEGRAM_MODE=polling fetches updates.")


def _ask(settings: Settings, what: Callable[[Bot], Awaitable[T]]) -> T:
    """One question to Telegram. Raises SettingsError, with what to do."""
    import aiohttp  # noqa: PLC0415
    from telegram.error import BadRequest, InvalidToken, TelegramError  # noqa: PLC0415

    from bot.channels.telegram_api import garbage_told, make_bot  # noqa: PLC0415

    if settings.telegram_token is None:
        raise SettingsError("TELEGRAM_TOKEN is not set: @BotFather gives one.")
    token = settings.telegram_token.get_secret_value()

    async def asked() -> T:
        async with aiohttp.ClientSession() as session:
            with garbage_told():
                return await what(make_bot(session, token, settings.telegram_api_url))

    try:
        return asyncio.run(asked())
    except InvalidToken:
        raise SettingsError("Telegram refuses TELEGRAM_TOKEN: copy it anew from @BotFather.") from None
    except BadRequest as error:
        raise SettingsError(f"Telegram refuses it: {error}. Check PUBLIC_URL and TELEGRAM_WEBHOOK_SECRET.") from None
    except TelegramError as error:
        raise SettingsError(
            f"Telegram at {settings.telegram_api_url} did not do it ({error}). Is there a network? Try again."
        ) from None
