"""How much one visitor, and one network address, may ask of the web chat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.webchat.limits import Buckets, Rate, network


@given(st.lists(st.floats(0, 600), max_size=60), st.integers(1, 10), st.floats(1, 600))
def test_a_bucket_never_gives_more_than_its_rate_and_keeps_its_word(gaps: list[float], burst: int, rate: float) -> None:
    buckets = Buckets(Rate(rate, burst))
    now, granted = 0.0, 0
    for gap in gaps:
        now += gap
        wait = buckets.take("k", now)
        granted += wait == 0
        if wait:
            now += wait + 1e-6
            assert buckets.take("k", now) == 0
            granted += 1
    assert granted <= burst + now * rate / 60 + 1e-6


def test_buckets_remember_only_so_many_keys() -> None:
    buckets = Buckets(Rate(1, 1), keep=2)
    assert buckets.take("a", 0) == 0
    assert buckets.take("a", 0) > 0
    buckets.take("b", 0)
    buckets.take("c", 0)
    assert buckets.take("a", 0) == 0  # forgotten


@pytest.mark.parametrize(
    ("remote", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, ""),
        ("", ""),
    ],
)
def test_an_address_is_known_by_its_network(remote: str | None, key: str) -> None:
    assert network(remote) == key


@pytest.mark.parametrize(
    ("remote", "forwarded", "key"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("::1", "198.51.100.1, 2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),  # the first one the client made up
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # nobody else's word counts
        ("127.0.0.1", "not an address", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        (None, "203.0.113.7", ""),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(remote: str | None, forwarded: str, key: str) -> None:
    assert network(remote, forwarded) == key
