"""How each channel is put together from the settings: its routes, what runs in the background, how it is closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import sqlalchemy
from aiohttp import web

from bot.channels.channel import Channel
from bot.file_links import FileLinks
from bot.metrics import Metrics
from bot.neighbours import Neighbours
from bot.reception import Reception
from bot.settings import Settings
from handlers.messages import Inbound
from handlers.office import Office
from handlers.parcels import Status
from storage import content_templates

Report = Callable[[Sequence[Status]], Awaitable[None]]


async def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Connection:
    """One channel that is on."""

    channel: Channel
    add_routes: Callable[[web.Application], None]
    background: Callable[[], list[Coroutine[Any, Any, None]]] = field(default=list)
    close: Callable[[], Awaitable[None]] = _nothing
    username: Callable[[], str] = str  # what the bot is called there, once that is known


class Parts(Protocol):
    """What of the program a channel is connected to."""

    settings: Settings
    session: aiohttp.ClientSession
    office: Office
    neighbours: Neighbours
    reception: Reception
    metrics: Metrics
    links: FileLinks


def connect_whatsapp(parts: Parts, report: Report) -> Connection:
    # twilio takes 0.2 s and 24 MB to import, which an office without WhatsApp need not have
    from bot.channels.twilio_api import make_client  # noqa: PLC0415
    from bot.channels.twilio_media import TwilioMedia  # noqa: PLC0415
    from bot.channels.whatsapp import WhatsApp  # noqa: PLC0415
    from bot.channels.whatsapp_catch_up import catch_up  # noqa: PLC0415
    from bot.channels.whatsapp_webhooks import Webhooks  # noqa: PLC0415

    settings, session, office = parts.settings, parts.session, parts.office
    assert settings.twilio_account_sid
    assert settings.twilio_auth_token
    assert settings.twilio_whatsapp_from
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
    client = make_client(session, sid, token, settings.twilio_api_url)
    media = TwilioMedia(session, sid, token, settings.twilio_api_url)

    async def accept(inbound: Inbound) -> None:
        await parts.reception.keep_at_once(inbound)

    webhooks = Webhooks(
        token=token,
        account_sid=sid,
        public_url=settings.public_url,
        accept=accept,
        report=report,
        rejected=lambda: parts.metrics.signature_rejected("whatsapp"),
        now=office.clock,
    )
    channel = WhatsApp(
        client,
        media,
        sender=settings.twilio_whatsapp_from,
        public_url=settings.public_url,
        contents=_contents(settings, office),
        link=parts.links.path,
    )

    def background() -> list[Coroutine[Any, Any, None]]:
        return [catch_up(client, settings.twilio_whatsapp_from or "", settings.twilio_api_url, accept, office.clock)]

    def add_routes(app: web.Application) -> None:
        webhooks.add_to(app)
        parts.links.add_to(app)

    return Connection(channel, add_routes, background, media.close)


def _contents(settings: Settings, office: Office) -> dict[str, str]:
    """ContentSids by name: those that were pushed, and before them those that were set."""
    with office.database.reader() as conn:
        pushed = {name: row.sid for name, row in content_templates.every(conn).items()}
    return pushed | {f"pasti_{purpose}": sid for purpose, sid in settings.twilio_templates.items()}


def asks_by_template(conn: sqlalchemy.Connection, settings: Settings) -> bool:
    """Whether an officer's reply that WhatsApp's closed window holds can be asked for: by a template that was set, or
    one that was pushed and approved.
    """
    pushed = content_templates.every(conn).get("pasti_officer_reply")
    return "officer_reply" in settings.twilio_templates or (pushed is not None and pushed.status == "approved")


def connect_telegram(parts: Parts) -> Connection:
    from bot.channels.telegram import Telegram  # noqa: PLC0415
    from bot.channels.telegram_api import make_bot  # noqa: PLC0415
    from bot.channels.telegram_polling import Polling  # noqa: PLC0415
    from bot.channels.telegram_webhook import Webhook, learn_username, publish_commands, register  # noqa: PLC0415

    settings, session = parts.settings, parts.session
    assert settings.telegram_token
    token, root = settings.telegram_token.get_secret_value(), settings.telegram_api_url
    bot = make_bot(session, token, root)
    channel = Telegram(
        bot, session, file_root=f"{root}/file/bot{token}", folder=settings.data_dir, now=parts.office.clock
    )

    async def accept(inbound: Inbound) -> None:
        await parts.reception.keep(inbound)

    def at_start() -> list[Coroutine[Any, Any, None]]:
        return [publish_commands(bot), learn_username(channel)]

    if settings.telegram_mode == "polling":
        polling = Polling(channel, accept, leads=lambda: parts.neighbours.leads)
        return Connection(
            channel, lambda app: None, lambda: [polling.run(), *at_start()], channel.close, lambda: channel.username
        )
    assert settings.telegram_webhook_secret
    secret, public_url = settings.telegram_webhook_secret.get_secret_value(), settings.public_url or ""
    webhook = Webhook(channel, accept, secret, lambda: parts.metrics.signature_rejected("telegram"))
    return Connection(
        channel,
        webhook.add_to,
        lambda: [register(bot, public_url, secret), *at_start()],
        channel.close,
        lambda: channel.username,
    )
