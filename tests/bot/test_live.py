"""Who waits for a conversation hears that there is something new."""

from __future__ import annotations

from bot.live import Live


async def test_a_notice_reaches_those_who_wait_for_it_and_ends_for_all() -> None:
    live = Live()
    with live.subscribe("a") as a, live.subscribe("b") as b:
        live.notify("a")
        live.notify("nobody")
        assert (a.is_set(), b.is_set()) == (True, False)
        live.close()
        assert a.ended
        assert b.ended
    with live.subscribe("a") as late:
        assert late.ended
        assert late.is_set()
