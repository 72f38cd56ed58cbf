"""How fast may be sent."""

from __future__ import annotations

from bot.channels.channel import Pace
from bot.pace import Pacer


def sent(pacer: Pacer, seconds: float) -> int:
    """How many go out in this time, from now = 0, looked at ten times a second."""
    count = 0
    for tenth in range(round(seconds * 10) + 1):
        now = tenth / 10
        for _ in range(pacer.room(now)):
            pacer.spend(count, now)
            count += 1
    return count


def test_any_second_stays_near_the_limit() -> None:
    pace = Pace(per_second=80, per_chat=0)
    assert 80 <= sent(Pacer(pace, 0.0), 1.0) <= 80 * 1.2
    assert 800 <= sent(Pacer(pace, 0.0), 10.0) <= 800 * 1.02


def test_processes_that_send_together_share_the_limit() -> None:
    pace = Pace(per_second=80, per_chat=0)
    both = [Pacer(pace, 0.0, lambda: 2) for _ in range(2)]
    assert 800 <= sum(sent(pacer, 10.0) for pacer in both) <= 800 * 1.02


def test_who_is_left_alone_has_all_of_it_again() -> None:
    serving = [2]
    pacer = Pacer(Pace(per_second=80, per_chat=0), 0.0, lambda: serving[0])
    assert pacer.room(0.0) == 8
    for _ in range(8):
        pacer.spend(1, 0.0)
    assert pacer.next_room(0.0) == 1 / 40
    serving[0] = 1
    assert pacer.next_room(0.0) == 1 / 80
    assert pacer.room(1.0) == 16


def test_many_processes_still_send() -> None:
    pacer = Pacer(Pace(per_second=1, per_chat=0), 0.0, lambda: 4)
    assert sent(pacer, 9.0) == 3
