"""What each method of the Bot API does, with its checks, on the chats and messages that the peer keeps."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.peers.bot_api_rules import (
    CALLBACK_ANSWER_LIMIT,
    DOWNLOAD_LIMIT,
    BotApiError,
    Formatted,
    Pace,
    bad_request,
    check_caption,
    check_markup,
    check_text,
    check_upload,
    structure,
)
from tests.peers.faults import Watch
from tests.peers.records import Mailboxes, Record, Shelf
from tests.peers.telegram_delivery import Deliveries, Webhook
from tests.peers.telegram_messages import BOT, Answered, Callback, Chat, Edit, SentMessage, StoredFile

Params = dict[str, Any]
CALLBACK_LIFE = timedelta(minutes=15)


class Uploaded:
    """A file in a multipart request."""

    __slots__ = ("content_type", "data", "name")

    def __init__(self, name: str, data: bytes, content_type: str) -> None:
        self.name = name
        self.data = data
        self.content_type = content_type

    def __repr__(self) -> str:
        return f"Uploaded({self.name!r}, {len(self.data)} bytes)"


class BotMethods:
    """`table` holds a method under its name in small letters: the Bot API does not mind their case."""

    def __init__(self, deliveries: Deliveries, watch: Watch, limit: int | None, clock: Callable[[], datetime]) -> None:
        self.deliveries = deliveries
        self.watch = watch
        self.clock = clock
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.files_by_path: dict[str, StoredFile] = {}
        self.callbacks: Shelf[str, Callback] = Shelf(limit or None)  # those must be answered in any case
        self.messages: Shelf[tuple[int, int], SentMessage] = Shelf(limit)
        self.sent: Mailboxes[SentMessage] = Mailboxes(limit, watch)
        self.edits: Record[Edit] = Record(limit)
        self.answered: Record[Answered] = Record(limit)
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.enforce_pace = False
        self._pace = Pace()
        self._message_ids = itertools.count(1)
        self._file_ids = itertools.count(1)
        self.table: dict[str, Callable[[Params], Any]] = {
            "getme": lambda params: {**BOT, "can_join_groups": True, "can_read_all_group_messages": False},
            "setwebhook": self.set_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "deletewebhook": self.delete_webhook,
            "setmycommands": self.set_my_commands,
            "getmycommands": lambda params: self.commands.get(_scope(params), []),
            "deletemycommands": self.delete_my_commands,
            "sendmessage": self.send_message,
            "sendphoto": lambda params: self.send_file(params, "photo"),
            "senddocument": lambda params: self.send_file(params, "document"),
            "editmessagetext": self.edit_message_text,
            "editmessagereplymarkup": self.edit_message_reply_markup,
            "answercallbackquery": self.answer_callback_query,
            "sendchataction": self.send_chat_action,
            "leavechat": self.leave_chat,
            "getfile": self.get_file,
        }

    def next_message_id(self) -> int:
        return next(self._message_ids)

    def store(self, folder: str, data: bytes, size: int | None = None, ending: str = "bin") -> StoredFile:
        number = next(self._file_ids)
        stored = StoredFile(
            f"file-{number}", f"{folder}/file_{number}.{ending}", data, len(data) if size is None else size
        )
        self.files[stored.file_id] = self.files_by_path[stored.path] = stored
        return stored

    # The webhook and the commands

    def set_webhook(self, params: Params) -> bool:
        url = str(params.get("url") or "")
        parts = urlsplit(url)
        if url and not parts.hostname:
            raise bad_request("bad webhook: invalid webhook URL specified")
        if url and parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        secret = str(params.get("secret_token") or "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        self._choose_updates(params)
        if _yes(params.get("drop_pending_updates")):
            self.deliveries.forget()
        self.deliveries.use_webhook(Webhook(url, secret, int(params.get("max_connections") or 40)))
        return True

    def delete_webhook(self, params: Params) -> bool:
        if _yes(params.get("drop_pending_updates")):
            self.deliveries.forget()
        if self.deliveries.webhook.url:
            self.deliveries.use_webhook(Webhook())
        return True

    def get_webhook_info(self, params: Params) -> dict[str, Any]:
        webhook = self.deliveries.webhook
        info = {
            "url": webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": self.deliveries.pending,
            "max_connections": webhook.max_connections,
            **webhook.last_error,
        }
        if self.deliveries.allowed is not None:
            info["allowed_updates"] = sorted(self.deliveries.allowed)
        return info

    def _choose_updates(self, params: Params) -> None:
        """Not given: as before. An empty list: all but the few that must be asked for."""
        if params.get("allowed_updates") is not None:
            self.deliveries.allowed = set(structure(params["allowed_updates"]) or ()) or None

    async def get_updates(self, params: Params) -> list[dict[str, Any]]:
        self._choose_updates(params)
        return await self.deliveries.fetch(
            int(params.get("offset") or 0), int(params.get("limit") or 100), float(params.get("timeout") or 0)
        )

    def set_my_commands(self, params: Params) -> bool:
        commands = structure(params.get("commands"))
        if not isinstance(commands, list):
            raise bad_request("can't parse commands")
        for each in commands:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(each.get("command", ""))):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(each.get("description", "")) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[_scope(params)] = commands
        return True

    def delete_my_commands(self, params: Params) -> bool:
        self.commands.pop(_scope(params), None)
        return True

    # Messages

    def _chat(self, params: Params) -> Chat:
        given = str(params.get("chat_id") or "")
        if not given:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(int(given)) if given.lstrip("-").isdigit() else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.refuses:
            raise BotApiError(403, chat.refuses)
        return chat

    def send_message(self, params: Params) -> dict[str, Any]:
        chat = self._chat(params)
        formatted = check_text(str(params.get("text") or ""), params.get("parse_mode"))
        return self._accept(chat, "sendMessage", params, formatted, str(params["text"]), {})

    def send_file(self, params: Params, kind: str) -> dict[str, Any]:
        chat = self._chat(params)
        caption = str(params.get("caption") or "")
        formatted = check_caption(caption, params.get("parse_mode"))
        given = params.get(kind)
        if isinstance(given, str) and given.startswith("attach://"):
            given = params.get(given.removeprefix("attach://"))
        if not given:
            raise bad_request(f"there is no {kind} in the request")
        if isinstance(given, Uploaded):
            check_upload(given.data, kind)
            stored = self.store(f"{kind}s", given.data)
        elif given in self.files:
            stored = self.files[given]
        elif str(given).startswith(("http://", "https://")):
            stored = self.store(f"{kind}s", b"")
        else:
            raise bad_request("wrong file identifier/HTTP URL specified")
        named = {"file_name": given.name} if isinstance(given, Uploaded) and kind == "document" else {}
        shown = [{**stored.json, "width": 90, "height": 90}] if kind == "photo" else {**stored.json, **named}
        result = self._accept(chat, f"send{kind.capitalize()}", params, formatted, caption, {kind: shown})
        if message := self.messages.get((chat.id, result["message_id"])):
            message.file = given.data if isinstance(given, Uploaded) else str(given)
            if isinstance(given, Uploaded):
                message.file_name, message.content_type = given.name, given.content_type
        return result

    def _accept(
        self, chat: Chat, method: str, params: Params, formatted: Formatted, raw: str, content: dict[str, Any]
    ) -> dict[str, Any]:
        markup = check_markup(params.get("reply_markup"))
        reply_to = self._reply_to(params)
        if self.enforce_pace:
            self._pace.check(chat.id, asyncio.get_running_loop().time() / self.deliveries.second)
        now = self.clock()
        message = SentMessage(
            number=self.sent.total + 1,
            chat_id=chat.id,
            message_id=self.next_message_id(),
            method=method,
            text=formatted.plain,
            raw=raw,
            parse_mode=params.get("parse_mode"),
            entities=formatted.entities,
            reply_markup=markup,
            at=now,
            reply_to=reply_to,
            silent=_yes(params.get("disable_notification")),
        )
        self.messages.keep((chat.id, message.message_id), message)
        result = {**self.as_json(message), **content}
        if content and (text := result.pop("text", "")):
            result["caption"] = text
        self.sent.keep(message)
        return result

    def _reply_to(self, params: Params) -> int | None:
        wanted = structure(params.get("reply_parameters")) or {}
        message_id = wanted.get("message_id") or params.get("reply_to_message_id")
        return int(message_id) if message_id else None

    def as_json(self, message: SentMessage) -> dict[str, Any]:
        result: dict[str, Any] = {
            "message_id": message.message_id,
            "from": BOT,
            "chat": self.chats[message.chat_id].json,
            "date": int(message.at.timestamp()),
            "text": message.text,
        }
        if message.entities:
            result["entities"] = message.entities
        if message.reply_markup and "inline_keyboard" in message.reply_markup:
            result["reply_markup"] = message.reply_markup
        return result

    # What is done to them

    def _to_edit(self, params: Params) -> SentMessage:
        chat = self._chat(params)
        message = self.messages.get((chat.id, int(params.get("message_id") or 0)))
        if message is None:
            raise bad_request("message to edit not found")
        return message

    def edit_message_text(self, params: Params) -> dict[str, Any]:
        message = self._to_edit(params)
        raw = str(params.get("text") or "")
        formatted = check_text(raw, params.get("parse_mode"))
        markup = check_markup(params.get("reply_markup"))
        if (formatted.plain, formatted.entities) == (message.text, message.entities) and _same(message, markup):
            raise _not_modified()
        message.text, message.entities, message.raw = formatted.plain, formatted.entities, raw
        return self._edited(message, formatted.plain, markup)

    def edit_message_reply_markup(self, params: Params) -> dict[str, Any]:
        message = self._to_edit(params)
        markup = check_markup(params.get("reply_markup"))
        if _same(message, markup):
            raise _not_modified()
        return self._edited(message, None, markup)

    def _edited(self, message: SentMessage, text: str | None, markup: dict[str, Any] | None) -> dict[str, Any]:
        message.reply_markup = markup
        now = self.clock()
        self.edits.keep(Edit(message.chat_id, message.message_id, text, markup, now))
        self.watch.changed()
        return {**self.as_json(message), "edit_date": int(now.timestamp())}

    def answer_callback_query(self, params: Params) -> bool:
        text = str(params.get("text") or "")
        if len(text) > CALLBACK_ANSWER_LIMIT:
            raise bad_request("MESSAGE_TOO_LONG")
        query_id = str(params.get("callback_query_id") or "")
        callback = self.callbacks.get(query_id)
        now = self.clock()
        if callback is None or callback.too_old or now - callback.made > CALLBACK_LIFE:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        callback.answers += 1
        self.answered.keep(Answered(query_id, text, _yes(params.get("show_alert")), now))
        self.watch.changed(("callback", query_id))
        return True

    def send_chat_action(self, params: Params) -> bool:
        self._chat(params)
        if not params.get("action"):
            raise bad_request("wrong parameter action in request")
        return True

    def leave_chat(self, params: Params) -> bool:
        chat = self._chat(params)
        if chat.kind == "private":
            raise bad_request("chat member status can't be changed in private chats")
        chat.refuses = f"Forbidden: bot is not a member of the {chat.kind} chat"
        return True

    def get_file(self, params: Params) -> dict[str, Any]:
        stored = self.files.get(str(params.get("file_id") or ""))
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if stored.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return {**stored.json, "file_path": stored.path}


def _same(message: SentMessage, markup: dict[str, Any] | None) -> bool:
    now, then = ((each or {}).get("inline_keyboard") or [] for each in (markup, message.reply_markup))
    return bool(now == then)


def _not_modified() -> BotApiError:
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message"
    )


def _yes(value: object) -> bool:
    return str(value).lower() in {"true", "1"}


def _scope(params: Params) -> str:
    scope = structure(params.get("scope")) or {"type": "default"}
    return f"{scope.get('type')}/{scope.get('chat_id', '')}/{params.get('language_code') or ''}"
