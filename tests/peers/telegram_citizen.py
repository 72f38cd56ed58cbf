"""Those who write to the bot on Telegram: a citizen in a private chat, a group, a channel. Each makes updates."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

from tests.peers.faults import PATIENCE
from tests.peers.telegram_delivery import Lane, Update
from tests.peers.telegram_messages import BOT, Callback, Chat, SentMessage, StoredFile
from tests.peers.telegram_methods import BotMethods

BLOCKED = "Forbidden: bot was blocked by the user"


class _InChat:
    """What is said in one chat. A message of somebody is its JSON; `update.body["message"]` has it."""

    def __init__(self, bot: BotMethods, chat: Chat) -> None:
        self._bot = bot
        self.chat = bot.chats.setdefault(chat.id, chat)

    def _deliver(self, kind: str, content: dict[str, Any], *, callbacks: bool = False) -> Update:
        return self._bot.deliveries.add({kind: content}, Lane(self.chat.id, callbacks))

    def _now(self) -> int:
        return int(self._bot.clock().timestamp())

    def _message(self, content: dict[str, Any], reply_to: SentMessage | Update | None = None) -> dict[str, Any]:
        message = {"message_id": self._bot.next_message_id(), "chat": self.chat.json, "date": self._now(), **content}
        if isinstance(reply_to, SentMessage):
            message["reply_to_message"] = self._bot.as_json(reply_to)
        elif reply_to is not None:
            message["reply_to_message"] = reply_to.body["message"]
        return message


class Citizen(_InChat):
    """Somebody in a private chat. Every method delivers at once and returns the update."""

    def __init__(self, bot: BotMethods, chat_id: int, first_name: str) -> None:
        super().__init__(bot, Chat(chat_id, "private", first_name))
        self.id = chat_id
        self.user = {"id": chat_id, "is_bot": False, "first_name": first_name, "language_code": "id"}
        self._read = 0

    def _say(self, content: dict[str, Any], reply_to: SentMessage | Update | None = None) -> Update:
        return self._deliver("message", self._message({"from": self.user, **content}, reply_to))

    def text(self, text: str, *, reply_to: SentMessage | Update | None = None, **more: Any) -> Update:
        content: dict[str, Any] = {"text": text, **more}
        if text.startswith("/"):
            command = text.split(maxsplit=1)[0]
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
        return self._say(content, reply_to)

    def press(self, title: str, on: SentMessage | None = None) -> Update:
        """The button of that title, on that message or on the newest that has one."""
        if on is None:
            on = next(each for each in reversed(self._bot.sent.of(self.id)) if _has_button(each, title))
        return self.press_data(on.callback_data(title), on)

    def press_data(self, data: str, on: SentMessage) -> Update:
        """As if a button of that message handed this back, whether or not it has one."""
        query_id = f"{self.id}{on.message_id}{self._bot.next_message_id()}"
        self._bot.callbacks.keep(query_id, Callback(query_id, self.id, self._bot.clock()))
        query = {
            "id": query_id,
            "from": self.user,
            "message": self._bot.as_json(on),
            "chat_instance": f"instance-{self.id}",
            "data": data,
        }
        return self._deliver("callback_query", query, callbacks=True)

    # Files

    def photo(self, data: bytes, caption: str | None = None, *, size: int | None = None, **more: Any) -> Update:
        small = self._bot.store("photos", data, ending="jpg")
        large = self._bot.store("photos", data, size, "jpg")
        sizes = [{**small.json, "width": 90, "height": 67}, {**large.json, "width": 1280, "height": 960}]
        return self._file({"photo": sizes}, caption, more)

    def document(
        self,
        data: bytes,
        file_name: str = "berkas.pdf",
        caption: str | None = None,
        *,
        mime_type: str = "application/pdf",
        size: int | None = None,
        **more: Any,
    ) -> Update:
        stored = self._bot.store("documents", data, size, file_name.rpartition(".")[2])
        return self._file({"document": {**stored.json, "file_name": file_name, "mime_type": mime_type}}, caption, more)

    def voice(self, data: bytes = b"OggS", *, seconds: int = 4, size: int | None = None) -> Update:
        stored = self._bot.store("voice", data, size, "oga")
        return self._file({"voice": {**stored.json, "duration": seconds, "mime_type": "audio/ogg"}}, None, {})

    def video(self, data: bytes = b"video", caption: str | None = None, *, size: int | None = None) -> Update:
        return self._file({"video": _moving(self._bot.store("videos", data, size, "mp4"))}, caption, {})

    def animation(self, data: bytes = b"animation", caption: str | None = None) -> Update:
        """It comes with a `document` beside it, as from the real one."""
        shown = _moving(self._bot.store("animations", data, ending="mp4"))
        return self._file({"animation": shown, "document": shown}, caption, {})

    def sticker(self, emoji: str = "👍", data: bytes = b"RIFF") -> Update:
        stored = self._bot.store("stickers", data, ending="webp")
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return self._say({"sticker": {**stored.json, **shape, "emoji": emoji}})

    def album(self, photos: Sequence[bytes], caption: str | None = None) -> list[Update]:
        """One message for each photo, held together by `media_group_id`; the first has the caption."""
        group = f"album-{self._bot.next_message_id()}"
        return [
            self.photo(data, None if number else caption, media_group_id=group) for number, data in enumerate(photos)
        ]

    def _file(self, content: dict[str, Any], caption: str | None, more: dict[str, Any]) -> Update:
        reply_to = more.pop("reply_to", None)
        return self._say({**content, **({"caption": caption} if caption else {}), **more}, reply_to)

    # Other things

    def contact(self, phone_number: str = "+6281200000001", first_name: str = "Budi") -> Update:
        return self._say({"contact": {"phone_number": phone_number, "first_name": first_name}})

    def location(self, latitude: float = -6.5971, longitude: float = 106.806) -> Update:
        return self._say({"location": {"latitude": latitude, "longitude": longitude}})

    def message(self, **content: Any) -> Update:
        """Anything else that a message can hold, e.g. `dice`, `poll`, `story`."""
        return self._say(content)

    def edit(self, update: Update, new_text: str) -> Update:
        edited = {**update.body["message"], "text": new_text, "edit_date": self._now()}
        return self._deliver("edited_message", edited)

    def block(self) -> Update:
        self.chat.refuses = BLOCKED
        return self._member("member", "kicked")

    def unblock(self) -> Update:
        self.chat.refuses = ""
        return self._member("kicked", "member")

    def deactivate(self) -> None:
        """The account is gone; the bot learns it when it sends."""
        self.chat.refuses = "Forbidden: user is deactivated"

    def _member(self, old: str, new: str) -> Update:
        states = ({"user": BOT, "status": status, "until_date": 0} for status in (old, new))
        before, after = states
        change = {"chat": self.chat.json, "from": self.user, "date": self._now()}
        return self._deliver("my_chat_member", {**change, "old_chat_member": before, "new_chat_member": after})

    # What this citizen reads

    async def reads(self, timeout: float = PATIENCE) -> SentMessage:  # noqa: ASYNC109  # names what did not come
        """The next message of the bot that this citizen has not read yet, waited for."""
        message = await self._bot.sent.next(self.id, self._read, timeout)
        self._read = message.number
        return message

    def got(self, count: int, timeout: float = PATIENCE) -> Coroutine[Any, Any, list[SentMessage]]:
        """All messages of the bot, as soon as there are so many."""
        return self._bot.sent.first(self.id, count, timeout)


class Group(_InChat):
    """A group in which the bot is."""

    def __init__(self, bot: BotMethods, chat_id: int, title: str, kind: str) -> None:
        super().__init__(bot, Chat(chat_id, kind, title))

    def text(self, text: str, by: Citizen, **more: Any) -> Update:
        return self._deliver("message", self._message({"from": by.user, "text": text, **more}))

    def adds_bot(self, by: Citizen) -> Update:
        before, after = ({"user": BOT, "status": status} for status in ("left", "member"))
        change = {"chat": self.chat.json, "from": by.user, "date": self._now()}
        return self._deliver("my_chat_member", {**change, "old_chat_member": before, "new_chat_member": after})


class Channel(_InChat):
    """A channel in which the bot is."""

    def __init__(self, bot: BotMethods, chat_id: int, title: str) -> None:
        super().__init__(bot, Chat(chat_id, "channel", title))

    def post(self, text: str, **more: Any) -> Update:
        return self._deliver("channel_post", self._message({"sender_chat": self.chat.json, "text": text, **more}))


def _has_button(message: SentMessage, title: str) -> bool:
    return any(each.startswith(title) for each in message.buttons)


def _moving(stored: StoredFile) -> dict[str, Any]:
    return {**stored.json, "width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4"}
