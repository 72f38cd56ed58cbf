"""Somebody who writes to the office on WhatsApp, with every field that Twilio sends along."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine

from tests.peers.faults import PATIENCE
from tests.peers.twilio_account import File, TwilioAccount
from tests.peers.twilio_messages import TwilioMessage
from tests.peers.twilio_rules import Forgery


class Citizen:
    """Every method makes an inbound message, posts it at once and returns it. With `deliver=False` it is only kept in
    the account's list, as when the webhook never arrived; with a `forgery` it is posted, but not as by Twilio."""

    def __init__(
        self, account: TwilioAccount, deliver: Callable[[TwilioMessage, Forgery | None], None], number: str, name: str
    ) -> None:
        self._account = account
        self._deliver = deliver
        self.number = number
        self.profile_name = name
        self._read = 0

    def _say(
        self,
        kind: str,
        body: str = "",
        more: dict[str, str] | None = None,
        files: list[File] | None = None,
        *,
        deliver: bool = True,
        forgery: Forgery | None = None,
    ) -> TwilioMessage:
        digits = self.number.removeprefix("+")
        params = {
            "SmsStatus": "received",
            "Body": body,
            "NumMedia": str(len(files or ())),
            "NumSegments": "1",
            "MessageType": kind,
            "ProfileName": self.profile_name,
            "WaId": digits,
            "From": f"whatsapp:{self.number}",
            "To": self._account.sender,
            "ChannelMetadata": json.dumps(
                {"type": "whatsapp", "data": {"context": {"ProfileName": self.profile_name, "WaId": digits}}}
            ),
            **(more or {}),
        }
        message = self._account.receive(self.number, params, files or [], keep=forgery is None)
        if deliver:
            self._deliver(message, forgery)
        return message

    def text(
        self,
        text: str,
        *,
        reply_to: TwilioMessage | None = None,
        forwarded: bool = False,
        deliver: bool = True,
        forgery: Forgery | None = None,
        **more: str,
    ) -> TwilioMessage:
        fields = {**_answering(reply_to), **({"Forwarded": "true"} if forwarded else {}), **more}
        return self._say("text", text, fields, deliver=deliver, forgery=forgery)

    # Buttons

    def press(self, title: str, on: TwilioMessage | None = None, *, deliver: bool = True) -> TwilioMessage:
        """The quick reply of that title, on that message or on the newest that has one."""
        on = on or self._newest_with(title)
        action = on.action(title)
        fields = {"ButtonText": action["title"], "ButtonPayload": action.get("id", action["title"])}
        return self._say("button", action["title"], {**fields, **_answering(on)}, deliver=deliver)

    def pick(self, title: str, on: TwilioMessage | None = None, *, deliver: bool = True) -> TwilioMessage:
        """The item of a list."""
        on = on or self._newest_with(title)
        item = on.action(title)
        fields = {
            "ListId": item.get("id", ""),
            "ListTitle": item["item"],
            "ListDescription": item.get("description", ""),
        }
        return self._say("interactive", item["item"], {**fields, **_answering(on)}, deliver=deliver)

    def _newest_with(self, title: str) -> TwilioMessage:
        for message in reversed(self._account.sent.of(self.number)):
            if any(each.startswith(title) for each in message.buttons):
                return message
        raise AssertionError(f"no message with a button {title!r}")

    # Files and other things

    def photo(
        self, data: bytes, caption: str = "", *, content_type: str = "image/jpeg", deliver: bool = True
    ) -> TwilioMessage:
        return self._say("image", caption, files=[(data, content_type)], deliver=deliver)

    def document(
        self, data: bytes, caption: str = "berkas.pdf", *, content_type: str = "application/pdf", deliver: bool = True
    ) -> TwilioMessage:
        """Its body is the name of the file, as WhatsApp shows it."""
        return self._say("document", caption, files=[(data, content_type)], deliver=deliver)

    def voice(self, data: bytes = b"OggS", *, deliver: bool = True) -> TwilioMessage:
        return self._say("audio", files=[(data, "audio/ogg")], deliver=deliver)

    def video(self, data: bytes = b"video", caption: str = "", *, deliver: bool = True) -> TwilioMessage:
        return self._say("video", caption, files=[(data, "video/mp4")], deliver=deliver)

    def sticker(self, data: bytes = b"RIFF", *, deliver: bool = True) -> TwilioMessage:
        return self._say("sticker", files=[(data, "image/webp")], deliver=deliver)

    def contact(self, name: str = "Budi", number: str = "+6281200000001", *, deliver: bool = True) -> TwilioMessage:
        card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL;type=CELL:{number}\r\nEND:VCARD\r\n"
        return self._say("contacts", files=[(card.encode(), "text/vcard")], deliver=deliver)

    def location(
        self,
        latitude: str = "-6.597147",
        longitude: str = "106.806039",
        *,
        address: str = "",
        label: str = "",
        deliver: bool = True,
    ) -> TwilioMessage:
        fields = {"Latitude": latitude, "Longitude": longitude}
        fields |= {name: value for name, value in {"Address": address, "Label": label}.items() if value}
        return self._say("location", "", fields, deliver=deliver)

    def unknown(self, kind: str, **fields: str) -> TwilioMessage:
        """A kind of message that nobody has heard of yet."""
        return self._say(kind, "", fields)

    # Whether this citizen wants messages

    def stop(self, word: str = "STOP") -> TwilioMessage:
        self._account.opted_out.add(self.number)
        return self._say("text", word, {"OptOutType": "STOP"})

    def start(self, word: str = "START") -> TwilioMessage:
        self._account.opted_out.discard(self.number)
        return self._say("text", word, {"OptOutType": "START"})

    def help(self, word: str = "HELP") -> TwilioMessage:
        return self._say("text", word, {"OptOutType": "HELP"})

    def let_window_close(self) -> None:
        """As if this citizen had not written for 24 hours."""
        self._account.last_wrote.pop(self.number, None)

    # What this citizen reads

    async def reads(self, timeout: float = PATIENCE) -> TwilioMessage:  # noqa: ASYNC109  # names what did not come
        """The next message of the office that this citizen has not read yet, waited for."""
        message = await self._account.sent.next(self.number, self._read, timeout)
        self._read = message.number
        return message

    def got(self, count: int, timeout: float = PATIENCE) -> Coroutine[None, None, list[TwilioMessage]]:
        """All messages of the office, as soon as there are so many."""
        return self._account.sent.first(self.number, count, timeout)


def _answering(message: TwilioMessage | None) -> dict[str, str]:
    if message is None:
        return {}
    return {"OriginalRepliedMessageSid": message.sid, "OriginalRepliedMessageSender": message.sender}
