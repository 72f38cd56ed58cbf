"""How much one visitor, and one network address, may ask of the web chat."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Rate:
    per_minute: float
    burst: int  # how many at once, after a quiet while


@dataclass(frozen=True, slots=True)
class Limits:
    """The address is far wider than the visitor: a village office or a mobile network shares one among many people."""

    visitor: Rate = Rate(per_minute=20, burst=8)  # messages
    address: Rate = Rate(per_minute=300, burst=100)  # messages, new visitors and opened streams together
    streams_per_visitor: int = 4  # browsers allow six connections to one host; the oldest stream gives way
    streams_per_address: int = 100


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Buckets:
    """A token bucket per key. Remembers the `keep` keys used last; a key forgotten starts full again."""

    def __init__(self, rate: Rate, keep: int = 10_000) -> None:
        self._rate = rate
        self._keep = keep
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """Take one token at `now` (seconds). Returns 0 when granted, else the seconds until there is one."""
        per_second = self._rate.per_minute / 60
        bucket = self._buckets.setdefault(key, _Bucket(self._rate.burst, now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._keep:
            self._buckets.popitem(last=False)
        elapsed = max(0.0, now - bucket.filled_at)  # a clock set back gives nothing and takes nothing
        bucket.tokens = min(self._rate.burst, bucket.tokens + elapsed * per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / per_second
        bucket.tokens -= 1
        return 0


class Places:
    """How many of something are held per key at this moment."""

    def __init__(self, per_key: int) -> None:
        self._per_key = per_key
        self._held: Counter[str] = Counter()

    def full(self, key: str) -> bool:
        return self._held[key] >= self._per_key

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        self._held[key] += 1
        try:
            yield
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]


def network(remote: str | None, forwarded: str | None = None) -> str:
    """The key of a client address: an IPv4 address itself, of IPv6 the /64 that one customer is given.

    forwarded: X-Forwarded-For. Its last address is believed when the peer is this machine, where a proxy put it.
    """
    address = _address(remote)
    if address and address.is_loopback and forwarded:
        address = _address(forwarded.rpartition(",")[2].strip()) or address
    if address is None:
        return ""  # a Unix socket
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
