"""`pasti whatsapp templates`: the message templates that WhatsApp has to approve, and those that show buttons."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import typer
from rich.console import Console

from bot.command_line import AsJson, DatabaseUrl, failures_explained, print_json, table
from bot.settings import Settings, SettingsError, load_settings
from handlers.office import Office
from storage.content_templates import ContentTemplateRow

T = TypeVar("T")

whatsapp_app = typer.Typer(no_args_is_help=True)
templates_app = typer.Typer(no_args_is_help=True)
whatsapp_app.add_typer(templates_app, name="templates", help="Message templates at Twilio: push, list.")


@templates_app.command()
def push(as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """Make what is missing or has changed, ask WhatsApp to approve what needs it, and keep the ids.

    What is there already stays. A running PASTI uses new templates after its next start.
    """
    from bot.channels import whatsapp_push  # noqa: PLC0415 - twilio takes a while, and the other commands need it not

    _tell(_at_twilio(whatsapp_push.push, database), as_json)


@templates_app.command("list")
def list_command(as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """The templates that were pushed, and how far WhatsApp's approval is."""
    from bot.channels import whatsapp_push  # noqa: PLC0415

    _tell(_at_twilio(whatsapp_push.refresh, database), as_json)


def _tell(rows: list[ContentTemplateRow], as_json: bool) -> None:
    if as_json:
        print_json([{"name": row.name, "sid": row.sid, "status": row.status or None} for row in rows])
        return
    if not rows:
        typer.echo("No template was pushed yet: pasti whatsapp templates push")
        return
    shown = table("Name", "ContentSid", "Approval")
    for row in rows:
        shown.add_row(row.name, row.sid, row.status or "not needed")
    Console().print(shown)


def _at_twilio(
    what: Callable[[Any, Office], Awaitable[list[ContentTemplateRow]]], database: str | None
) -> list[ContentTemplateRow]:
    from bot.app import office_from  # noqa: PLC0415

    with failures_explained():
        settings = load_settings().with_database(database)
        office = office_from(settings, shipped=False)
        try:
            return _with_client(settings, lambda client: what(client, office))
        finally:
            office.database.close()


def _with_client(settings: Settings, what: Callable[[Any], Awaitable[T]]) -> T:
    """Something done at Twilio. Raises SettingsError, with what to do."""
    import aiohttp  # noqa: PLC0415

    from bot.channels.twilio_api import (  # noqa: PLC0415
        CutOffError,
        NotReachedError,
        ServerFailedError,
        ThrottledError,
        TwilioException,
        code_of,
        make_client,
    )

    lacks = [name for name in settings.whatsapp_lacks if name != "TWILIO_WHATSAPP_FROM"]
    if lacks:
        raise SettingsError(f"Not set: {', '.join(lacks)}. Twilio's console has them.")
    assert settings.twilio_account_sid
    assert settings.twilio_auth_token
    sid, token, root = settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_api_url

    async def done() -> T:
        async with aiohttp.ClientSession() as session:
            return await what(make_client(session, sid, token.get_secret_value(), root))

    try:
        return asyncio.run(done())
    except TwilioException as error:
        if (code := code_of(error)) == "20003":
            raise SettingsError("Twilio refuses the password: check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN.") from None
        raise SettingsError(f"Twilio refused (error {code}): twilio.com/docs/api/errors/{code} tells why.") from None
    except json.JSONDecodeError as error:
        raise SettingsError(f"What answers at {root} is not Twilio ({type(error).__name__}).") from None
    except (NotReachedError, CutOffError, ServerFailedError, ThrottledError) as error:
        raise SettingsError(f"Twilio at {root} did not answer ({error}). Is there a network? Try again.") from None
