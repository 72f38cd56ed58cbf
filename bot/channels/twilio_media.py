"""Fetches the files of WhatsApp messages: from Twilio only, whatever an address or a redirect says.

Twilio's media address wants the account's password and redirects to a CDN. Only https to hosts of Twilio is followed,
and the very origin of TWILIO_API_URL; no other name may lead to an address inside the office's network.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.channels.channel import MediaRefusedError, MediaTooLargeError, MediaUnavailableError

LARGEST = 16 * 1024 * 1024  # bytes, of Twilio
_HOSTS = ("twilio.com", "twiliocdn.com")
_REDIRECTS = 3
_CHUNK = 64 * 1024
_GONE = frozenset({400, 403, 404, 410})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # addresses of IPv4 in clothes of IPv6


class PrivateAddressError(OSError):
    """A public name that leads inside."""


class PublicResolver(AbstractResolver):
    """Resolves names, and refuses those that lead to an address that is not on the internet."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not all(is_public(each["host"]) for each in found):
            raise PrivateAddressError(f"{host} leads to a private address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def is_public(address: str) -> bool:
    """Whether an address is one of the internet, and not of a network at home or a way around into one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = (found.sixtofour or found.ipv4_mapped) if isinstance(found, ipaddress.IPv6Address) else None
    if isinstance(found, ipaddress.IPv6Address) and found in _NAT64:
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return all(each.is_global and not each.is_multicast for each in (found, inner) if each is not None)


class TwilioMedia:
    """session: for the API's own origin. The others go over a session that only reaches the internet."""

    def __init__(self, session: aiohttp.ClientSession, account_sid: str, token: str, api_root: str) -> None:
        self._session = session
        self._public = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=PublicResolver(), limit=4), cookie_jar=aiohttp.DummyCookieJar()
        )
        self._password = aiohttp.encode_basic_auth(account_sid, token)
        self._api = URL(api_root).origin()

    async def close(self) -> None:
        await self._public.close()

    async def fetch(self, source: str) -> AsyncIterator[bytes]:
        """The bytes. Raises MediaRefusedError or MediaUnavailableError; no message of theirs holds an address."""
        address = source
        for _ in range(_REDIRECTS + 1):
            url = _parsed(address)
            is_api = url.origin() == self._api
            if not (is_api or _is_twilios(url)):
                raise MediaRefusedError("not a host of Twilio")
            headers = {"Authorization": self._password} if is_api or url.host == "api.twilio.com" else {}
            session = self._session if is_api else self._public
            try:
                async with session.get(
                    url,
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=10, sock_read=30),
                ) as answer:
                    if answer.status in (301, 302, 303, 307, 308):
                        address = urljoin(address, answer.headers.get("Location", ""))
                        continue
                    _check(answer)
                    async for chunk in answer.content.iter_chunked(_CHUNK):
                        yield chunk
                    return
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                cause: BaseException | None = error
                while cause is not None:
                    if isinstance(cause, PrivateAddressError):
                        raise MediaRefusedError("the host leads to a private address") from None
                    cause = cause.__cause__ or cause.__context__
                raise MediaUnavailableError(type(error).__name__) from None
        raise MediaRefusedError("too many redirects")


def _parsed(address: str) -> URL:
    try:
        url = URL(address)
        url.origin()
    except (ValueError, TypeError):
        raise MediaRefusedError("not an address") from None
    if url.raw_user is not None or url.raw_password is not None:
        raise MediaRefusedError("an address with a password in it")
    return url


def _is_twilios(url: URL) -> bool:
    host = (url.host or "").rstrip(".")
    return url.scheme == "https" and any(host == known or host.endswith("." + known) for known in _HOSTS)


def _check(answer: aiohttp.ClientResponse) -> None:
    if answer.status in _GONE:
        raise MediaRefusedError(f"status {answer.status}")
    if answer.status != 200:
        raise MediaUnavailableError(f"status {answer.status}")
    if (answer.content_length or 0) > LARGEST:
        raise MediaTooLargeError("over 16 MB")
