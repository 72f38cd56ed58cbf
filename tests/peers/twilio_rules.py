"""What Twilio refuses, by number and in its words, how it signs, and in which order a message fares."""

from __future__ import annotations

import base64
import enum
import hmac
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

BODY_LIMIT = 1600
WINDOW_HOURS = 24
_ADDRESS = re.compile(r"(?:whatsapp:)?\+[1-9]\d{6,14}")

# A message only moves forward; the last two end it.
RANK = {"accepted": 0, "queued": 1, "sending": 2, "sent": 3, "delivered": 4, "read": 5, "undelivered": 6, "failed": 6}
IN_ORDER = ("sent", "delivered", "read")
OUT_OF_ORDER = ("read", "sent", "delivered")
TWICE = ("sent", "sent", "delivered", "delivered", "read", "read")

MESSAGES = {
    11751: "Media Message - Media exceeds messaging provider size limit",
    12300: "Invalid Content-Type: Attachment media URL unsupported content type",
    20001: "Unknown parameters",
    20003: "Authenticate",
    20404: "The requested resource {} was not found",
    20429: "Too Many Requests",
    21211: "The 'To' number {} is not a valid phone number.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21619: "A text message body or media urls must be specified.",
    21620: "Invalid media URL(s)",
    21655: "The ContentSid is Invalid",
    21656: "The ContentVariables Parameter is invalid",
    21910: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel",
    63007: "Twilio could not find a Channel with the specified From address",
    63016: "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, "
    "please use a Message Template.",
    63019: "Media failed to download",
    63024: "Invalid message recipient",
}
_STATUS = {20003: 401, 20404: 404, 20429: 429}


class TwilioError(Exception):
    """An error as Twilio answers it at once."""

    def __init__(self, code: int, what: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = _STATUS.get(code, 400)
        self.message = MESSAGES[code].format(what)

    def json(self) -> dict[str, Any]:
        return error_json(self.status, self.code, self.message)


def error_json(status: int, code: int, message: str) -> dict[str, Any]:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more_info, "status": status}


class Sids:
    """Names such as SM0123…: two letters and 32 digits, different in every peer."""

    def __init__(self) -> None:
        self._peer = token_hex(12)
        self._numbers = itertools.count(1)

    def make(self, prefix: str) -> str:
        return f"{prefix}{self._peer}{next(self._numbers):08x}"


class Forgery(enum.Enum):
    """How a request that is not Twilio's fails the check of its signature."""

    BAD_SIGNATURE = "signed with another token"
    OTHER_BODY = "the signature of another body"
    MISSING = "no signature"


def sign(auth_token: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the address and every parameter, sorted, name and value side by side."""
    content = url + "".join(name + value for name, value in sorted(set(params)))
    return base64.b64encode(hmac.digest(auth_token.encode(), content.encode(), "sha1")).decode()


def check_addresses(to: str, sender: str, service: str, senders: Iterable[str], services: Iterable[str]) -> str:
    """The address from which it is sent."""
    if not to:
        raise TwilioError(21604)
    if not sender and not service:
        raise TwilioError(21603)
    if not _ADDRESS.fullmatch(to):
        raise TwilioError(21211, to)
    known = list(senders)
    if service and not sender:
        if service not in services:
            raise TwilioError(20404, f"/Services/{service}")
        return known[0]
    if sender not in known:
        raise TwilioError(63007)
    if sender.startswith("whatsapp:") != to.startswith("whatsapp:"):
        raise TwilioError(21910)
    return sender


def check_body(body: str, media: list[str], content_sid: str) -> None:
    if len(body) > BODY_LIMIT:
        raise TwilioError(21617)
    if not body and not media and not content_sid:
        raise TwilioError(21619)
    for url in media:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TwilioError(21620)
    if len(media) > 1:  # WhatsApp takes one
        raise TwilioError(21620)


def content_variables(given: str) -> Mapping[str, str]:
    """A JSON object; an empty value is refused, as WhatsApp refuses it."""
    if not given:
        return {}
    try:
        variables = json.loads(given)
    except json.JSONDecodeError:
        raise TwilioError(21656) from None
    if not isinstance(variables, dict) or not all(
        isinstance(each, str) and each.strip() for each in variables.values()
    ):
        raise TwilioError(21656)
    return variables
