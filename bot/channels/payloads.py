"""What a button hands back: what it stands for, and the position of the message that it stood under.

The position tells a press on an old menu from one on the newest. Telegram allows 64 bytes, WhatsApp 200 characters.
"""

from __future__ import annotations

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST = 64  # bytes of Telegram's callback_data


def bind(payload: str, position: int) -> str:
    """`confirm` under the message at position 75: `confirm#23`. Without the position where that has no room."""
    bound = f"{payload}#{_base_36(position)}"
    return bound if len(bound.encode()) <= _MOST else payload


def unbind(data: str) -> tuple[str, int | None]:
    """Payload and position; None where there is none."""
    payload, mark, position = data.rpartition("#")
    if not mark or not position or len(position) > 8 or any(digit not in _DIGITS for digit in position):
        return data, None
    return payload, int(position, 36)


def _base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
