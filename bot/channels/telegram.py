"""Telegram: sends a parcel, with a file or without, takes in an update, fetches a citizen's file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from errno import errorcode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.channels.channel import (
    Accept,
    MediaRefusedError,
    MediaTooLargeError,
    MediaUnavailableError,
    Pace,
)
from bot.channels.formatting import telegram_html
from bot.channels.payloads import bind
from bot.channels.telegram_api import (
    CutOffError,
    NotReachedError,
    ServerFailedError,
    ThrottledError,
    Upload,
    garbage_told,
)
from bot.channels.telegram_updates import Press, Refuse, parse
from bot.media_files import sent_name
from bot.media_store import place_of
from handlers import messages
from handlers.messages import Button
from handlers.parcels import Found, Later, Outcome, OutgoingFile, Parcel, Refused, Sent, Uncertain, Untold

_REPEATED = "(kirim ulang)"
_UNAUTHORISED = 60.0  # seconds until a wrong token is tried again: somebody has to mend it
_NARROW = 16  # characters: buttons up to this long stand side by side on a phone
_CHUNK = 64 * 1024
_PAUSES = (0.5, 3.0)  # seconds between tries at what may be done twice
_LONGEST_PAUSE = 30.0  # a button that spins for longer has been given up
_BACKGROUND = 500  # answers to presses that may be under way
_REFUSE_EVERY = 3600.0  # seconds between two refusals to one group
_PHOTOS = ("image/jpeg", "image/png")
_LARGEST_PHOTO = 10 * 1024 * 1024  # bytes (core.telegram.org/bots/api#sending-files)
_NO_GROUPS = "Mohon maaf, PASTI hanya melayani percakapan pribadi. Silakan kirim pesan langsung ke {name}."

log = structlog.get_logger()


class Telegram:
    """The channel. About 30 messages a second to all and one to each chat (core.telegram.org/bots/faq)."""

    name: messages.Channel = "telegram"
    pace = Pace(per_second=25, per_chat=1.05)

    def __init__(
        self, bot: Bot, session: aiohttp.ClientSession, *, file_root: str, folder: Path, now: Callable[[], datetime]
    ) -> None:
        """file_root: TELEGRAM_API_URL + `/file/bot<token>`. folder: DATA_DIR, with the files that officers send."""
        self.bot = bot
        self._session = session
        self._file_root = file_root
        self._folder = folder
        self._now = now
        self._background: set[asyncio.Task[None]] = set()
        self._refused: dict[int, float] = {}
        self.username = ""  # of the bot, without its @; empty until Telegram has said it

    async def learn_username(self) -> None:
        """Asked once. Raises TelegramError."""
        self.username = self.username or (await self.bot.get_me()).username or ""

    # ------------------------------------------------------------ sending

    async def send(self, parcel: Parcel) -> Outcome:
        html = telegram_html(parcel.lines)
        outcome = await self._post(parcel, f"{_REPEATED}\n{html}" if parcel.repeated else html, "HTML")
        if isinstance(outcome, Refused) and "parse entities" in outcome.error:
            log.error("formatting refused", outbox_id=parcel.id)
            plain = "\n".join(line.text for line in parcel.lines if line.style != "menu").strip()
            outcome = await self._post(parcel, f"{_REPEATED}\n{plain}" if parcel.repeated else plain, None)
        return outcome

    async def _post(self, parcel: Parcel, text: str, parse_mode: str | None) -> Outcome:
        user, file = parcel.address.user, parcel.file
        how: dict[str, Any] = {"parse_mode": parse_mode, "reply_markup": keyboard(parcel.buttons, parcel.position)}
        if file is None:
            preview = LinkPreviewOptions(is_disabled=True)
            return await _told(user, self.bot.send_message(user, text, link_preview_options=preview, **how))
        how["caption"] = text or None
        if file.picture and file.content_type in _PHOTOS and file.size <= _LARGEST_PHOTO:
            outcome = await self._upload(user, file, lambda it: self.bot.send_photo(user, it, **how))
            if not (isinstance(outcome, Refused) and outcome.error == "400"):
                return outcome
            log.info("photo refused", outbox_id=parcel.id)  # too long and narrow, or more pixels than it takes
        return await self._upload(
            user, file, lambda it: self.bot.send_document(user, it, disable_content_type_detection=True, **how)
        )

    async def _upload(
        self, user: str, file: OutgoingFile, send: Callable[[InputFile], Coroutine[Any, Any, Message]]
    ) -> Outcome:
        try:
            upload = await asyncio.to_thread(Upload, self._folder / place_of(file.sha256))
        except FileNotFoundError:
            return Refused("file missing")
        except OSError as error:
            return Later(errorcode.get(error.errno or 0, type(error).__name__))
        with upload:
            outcome = await _told(user, send(upload.as_input(sent_name(file), file.content_type)))
        return Refused("413") if isinstance(outcome, Later) and outcome.error == "413" else outcome

    async def look_up(self, parcel: Parcel, known: frozenset[str]) -> Found:
        return Untold()

    # ------------------------------------------------------------ receiving

    async def handle(self, update: object, accept: Accept) -> None:
        """Takes one update in: kept when this returns. Raises NotKeptError, and then it has to come again."""
        match parse(update, self._now()):
            case Press() as press:
                await accept(press.inbound)
                self._soon(self._answer(press))
            case Refuse(chat):
                if self._may_refuse(chat):
                    self._soon(self._refuse(chat))
            case None:
                pass
            case inbound:
                await accept(inbound)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        """In the background: it concerns only the look of things, and the citizen's next message must not wait."""
        if len(self._background) >= _BACKGROUND:
            work.close()
            return
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _answer(self, press: Press) -> None:
        """The button stops spinning; then its keyboard goes, so that nobody presses it twice."""
        await self._insist(lambda: self.bot.answer_callback_query(press.query_id), "callback not answered")
        chat, message = press.chat, press.message_id
        if message is not None:
            await self._insist(lambda: self.bot.edit_message_reply_markup(chat, message), "keyboard not retired")

    async def _insist(self, call: Callable[[], Awaitable[object]], otherwise: str) -> None:
        """A call that may be made twice without harm. A no is final: it is too old, or done already."""
        for pause in (*_PAUSES, None):
            try:
                with garbage_told():
                    await call()
                return
            except (ThrottledError, NotReachedError, CutOffError, ServerFailedError) as error:
                if pause is None:
                    log.warning(otherwise, channel="telegram", error=type(error).__name__)
                    return
                asked = error.after if isinstance(error, ThrottledError) else 0.0
            except TelegramError as error:
                log.info(otherwise, channel="telegram", error=type(error).__name__)
                return
            await asyncio.sleep(min(max(pause, asked), _LONGEST_PAUSE))

    def _may_refuse(self, chat: int) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._refused.get(chat, 0.0):
            return False
        self._refused = {each: until for each, until in self._refused.items() if until > now}
        self._refused[chat] = now + _REFUSE_EVERY
        return True

    async def _refuse(self, chat: int) -> None:
        try:
            with garbage_told():
                await self.learn_username()
                await self.bot.send_message(chat, _NO_GROUPS.format(name=f"@{self.username}"))
        except TelegramError as error:  # we may not speak there; we need not stay either
            log.info("group not told", channel="telegram", error=type(error).__name__)
        await self._insist(lambda: self.bot.leave_chat(chat), "group not left")

    async def settled(self) -> None:
        """Until every press that was taken is answered."""
        if self._background:
            await asyncio.wait(self._background)

    async def close(self) -> None:
        """What is under way gets a moment."""
        if self._background:
            await asyncio.wait(self._background, timeout=0.5)
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    # ------------------------------------------------------------ files

    async def fetch(self, source: str) -> AsyncIterator[bytes]:
        """The bytes of a file by its file_id, 20 MB at most (core.telegram.org/bots/api#getfile)."""
        try:
            with garbage_told():
                file = await self.bot.get_file(source)
        except BadRequest as error:
            kind = MediaTooLargeError if "too big" in str(error).lower() else MediaRefusedError
            raise kind("getFile refused") from None
        except TelegramError as error:
            raise MediaUnavailableError(type(error).__name__) from None
        path = (file.file_path or "").removeprefix(self._file_root).lstrip("/")
        if not path or "://" in path or ".." in path.split("/"):
            raise MediaRefusedError("no path")
        limits = aiohttp.ClientTimeout(total=None, connect=10, sock_read=30)
        try:
            async with self._session.get(
                f"{self._file_root}/{quote(path)}", timeout=limits, allow_redirects=False
            ) as answer:
                if 300 <= answer.status < 400:
                    raise MediaRefusedError("redirected")
                if answer.status in (400, 403, 404, 410):
                    raise MediaRefusedError(f"status {answer.status}")
                if answer.status != 200:
                    raise MediaUnavailableError(f"status {answer.status}")
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:  # its words hold the address, and that the token
            raise MediaUnavailableError(type(error).__name__) from None


async def _told(user: str, sending: Coroutine[Any, Any, Message]) -> Outcome:
    try:
        with garbage_told():
            message = await sending
    except TelegramError as error:
        return outcome_of(error)
    return Sent(f"{user}:{message.message_id}") if isinstance(message.message_id, int) else Uncertain("garbage")


def keyboard(buttons: Sequence[Button], position: int) -> InlineKeyboardMarkup | None:
    """Short buttons side by side, three at most in a row; longer ones below each other."""
    made = [InlineKeyboardButton(b.title, callback_data=bind(b.payload, position)) for b in buttons]
    if not made:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    for button in made:
        row = rows[-1] if rows else []
        if row and len(row) < 3 and sum(len(each.text) for each in [*row, button]) <= 2 * _NARROW:
            row.append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(rows)


def outcome_of(error: TelegramError) -> Outcome:
    """What an error of the Bot API means for the message and its citizen."""
    words = str(error).lower()
    match error:
        case ThrottledError():
            return Later("429", error.after, throttled=True)
        case NotReachedError():
            return Later(str(error))
        case ServerFailedError():
            return Later(str(error))
        case ChatMigrated():
            return Refused("migrated")
        case CutOffError():
            return Uncertain(str(error))
        case InvalidToken():
            log.error("Telegram refuses the token: check TELEGRAM_TOKEN")
            return Later("401", _UNAUTHORISED)
        case Forbidden():
            return Refused("403", "gone" if "deactivated" in words else "blocked")
        case BadRequest() if "chat not found" in words or "user not found" in words:
            return Refused("chat not found", "gone")
        case BadRequest():
            return Refused("can't parse entities" if "parse entities" in words else "400")
    return Uncertain(type(error).__name__)
