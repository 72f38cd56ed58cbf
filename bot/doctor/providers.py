"""What the providers say of us: whether the tokens work, where their calls go, and what time it is.

They are asked directly, and waited for some seconds. An address of Telegram's holds the token, so of a request that
failed only the kind of trouble is told.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, get_args

import aiohttp
import phonenumbers

from bot.doctor.findings import Clock, Finding, ok, spoken, warning, wrong
from bot.settings import Settings, TemplatePurpose
from storage import content_templates
from storage.database import HEAD, Database, DatabaseUnavailableError, sqlite_path

PATIENCE = 10.0  # seconds
SANDBOX = "whatsapp:+14155238886"  # Twilio's, for trying out: only those who joined it can write
BEHIND = 100  # updates that wait at Telegram
RECENTLY = timedelta(hours=1)
DRIFT, TOO_MUCH_DRIFT = timedelta(seconds=30), timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said. Without a status it did not answer; `error` is then the kind of trouble."""

    status: int | None
    body: Mapping[str, Any]
    error: str = ""
    ahead: timedelta | None = None  # our clock before theirs


async def check_providers(settings: Settings, now: Clock) -> list[Finding]:
    """Those that are on are asked, side by side; the others are named."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
        telegram, twilio = await asyncio.gather(
            _ask_telegram(session, settings, now), _ask_twilio(session, settings, now)
        )
    findings = [*_check_telegram(settings, telegram, now()), *_check_whatsapp(settings, twilio)]
    return [*findings, _check_clock([*telegram, *twilio])]


async def _ask(
    session: aiohttp.ClientSession, url: str, now: Clock, headers: Mapping[str, str] | None = None
) -> Answer:
    try:
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            body = json.loads(await answer.read())
            date = answer.headers.get("Date")
            ahead = now() - parsedate_to_datetime(date).replace(tzinfo=UTC) if date else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return Answer(None, {}, type(error).__name__)
    return Answer(answer.status, body, ahead=ahead) if isinstance(body, dict) else Answer(None, {}, "not its API")


# Telegram


async def _ask_telegram(session: aiohttp.ClientSession, settings: Settings, now: Clock) -> list[Answer]:
    """The answers to getMe and getWebhookInfo; none when Telegram is off."""
    if settings.telegram_lacks or not settings.telegram_token:
        return []
    root = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}"
    return list(
        await asyncio.gather(*(_ask(session, f"{root}/{method}", now) for method in ("getMe", "getWebhookInfo")))
    )


def _check_telegram(settings: Settings, answers: list[Answer], now: datetime) -> Iterator[Finding]:
    if not answers:
        yield ok("Telegram", f"off; not set: {', '.join(settings.telegram_lacks)}")
        return
    me, webhook = answers
    if me.status in {401, 404}:
        mend = "Set TELEGRAM_TOKEN to the one that @BotFather shows; a token that was revoked never works again."
        yield wrong("Telegram", "refuses the token", mend)
        return
    for answer in answers:
        if not answer.body.get("ok"):
            yield _not_answered("Telegram", answer, "TELEGRAM_API_URL")
            return
    yield ok("Telegram", f"knows @{_result(me).get('username', '?')}; updates come by {settings.telegram_mode}")
    yield from _check_webhook(settings, _result(webhook), now)


def _result(answer: Answer) -> Mapping[str, Any]:
    found = answer.body.get("result")
    return found if isinstance(found, dict) else {}


def _check_webhook(settings: Settings, info: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    from bot.channels.telegram_webhook import ADDRESS  # noqa: PLC0415 - slow to import, and not needed when it is off

    registered, pending = info.get("url"), int(info.get("pending_update_count") or 0)
    if settings.telegram_mode == "polling" and registered:
        mend = "pasti telegram webhook delete, or TELEGRAM_MODE=webhook."
        yield wrong("Telegram", "a webhook is registered, so it refuses polling", mend)
    if settings.telegram_mode == "webhook" and registered != f"{settings.public_url}{ADDRESS}":
        what = "another webhook is registered than ours" if registered else "no webhook is registered"
        yield wrong("Telegram", what, "Start PASTI: it registers its own. Does nobody else use this bot?")
    if pending > BEHIND:
        yield warning("Telegram", f"{pending} updates wait there", "Is PASTI running? Its log says what it refuses.")
    said, at = info.get("last_error_message"), info.get("last_error_date")
    lately = at is None or now - datetime.fromtimestamp(at, UTC) < RECENTLY
    if settings.telegram_mode == "webhook" and said and lately:
        mend = "Does PUBLIC_URL lead to PASTI, with a valid certificate? Is PASTI running?"
        yield warning("Telegram", f"its last call of us failed: {said}", mend)


# WhatsApp by Twilio


async def _ask_twilio(session: aiohttp.ClientSession, settings: Settings, now: Clock) -> list[Answer]:
    """The answer to a question for the account; none when WhatsApp is off."""
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    if settings.whatsapp_lacks or not (sid and token):
        return []
    headers = {"Authorization": aiohttp.encode_basic_auth(sid, token.get_secret_value())}
    return [await _ask(session, f"{settings.twilio_api_url}/2010-04-01/Accounts/{sid}.json", now, headers)]


def _check_whatsapp(settings: Settings, answers: list[Answer]) -> Iterator[Finding]:
    if not answers:
        yield ok("WhatsApp", f"off; not set: {', '.join(settings.whatsapp_lacks)}")
        return
    account = answers[0]
    if account.status in {401, 403, 404}:
        mend = "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN anew from Twilio's console."
        yield wrong("WhatsApp", "Twilio refuses the account or its token", mend)
        return
    if account.status != 200:
        yield _not_answered("WhatsApp", account, "TWILIO_API_URL")
        return
    if account.body.get("status") != "active":
        yield wrong("WhatsApp", f"Twilio's account is {account.body.get('status')}", "See Twilio's console.")
    if account.body.get("type") == "Trial":
        mend = "Upgrade it in Twilio's console before the public uses it."
        yield warning("WhatsApp", "Twilio's account is one for trying out: it reaches only verified numbers", mend)
    yield ok("WhatsApp", "Twilio knows the account")
    yield from _check_sender(settings.twilio_whatsapp_from or "")
    yield from _check_templates(settings)


def _check_sender(sender: str) -> Iterator[Finding]:
    if sender == SANDBOX:
        mend = "Register the office's number as a WhatsApp sender and set TWILIO_WHATSAPP_FROM to it."
        yield warning("WhatsApp", "the number is Twilio's sandbox: only those who joined it reach PASTI", mend)
    elif not phonenumbers.is_valid_number(phonenumbers.parse(sender.removeprefix("whatsapp:"), "ID")):
        yield warning("WhatsApp", "TWILIO_WHATSAPP_FROM is no number in use", "Compare it with Twilio's console.")


def _check_templates(settings: Settings) -> Iterator[Finding]:
    """Those that ask a citizen to answer once the window of 24 hours has closed."""
    pushed = _pushed(settings)
    missing = [
        purpose
        for purpose in get_args(TemplatePurpose)
        if purpose not in settings.twilio_templates and pushed.get(f"pasti_{purpose}") != "approved"
    ]
    if missing:
        mend = "pasti whatsapp templates push, and wait for WhatsApp's approval. Until then officers must telephone."
        yield warning("WhatsApp", f"no approved template for {', '.join(missing)}", mend)


def _pushed(settings: Settings) -> dict[str, str]:
    """By name the approval of what was pushed; nothing where the database cannot tell."""
    path = sqlite_path(settings.database_url)
    if path and not path.exists():
        return {}
    try:
        with closing(Database.open(settings.database_url)) as database, database.reader() as conn:
            revision = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            return {name: row.status for name, row in content_templates.every(conn).items()} if revision == HEAD else {}
    except DatabaseUnavailableError:
        return {}


def _not_answered(area: str, answer: Answer, setting: str) -> Finding:
    what = f"does not answer ({answer.error or answer.status})"
    return wrong(area, what, f"May this machine reach the internet, by https? Is {setting} right, if it is set?")


# Their clock


def _check_clock(answers: list[Answer]) -> Finding:
    """A signature, a due date, a window of 24 hours: all need the right time."""
    measured = [answer.ahead for answer in answers if answer.ahead is not None]
    if not measured:
        return ok("clock", "not compared: no provider was asked, or none answered")
    ahead = min(measured, key=abs)
    what = f"{spoken(ahead)} {'ahead of' if ahead > timedelta(0) else 'behind'} the providers' clocks"
    mend = "Let the system keep it: timedatectl set-ntp true."
    if abs(ahead) > TOO_MUCH_DRIFT:
        return wrong("clock", what, mend)
    return warning("clock", what, mend) if abs(ahead) > DRIFT else ok("clock", "agrees with the providers'")
