"""Text as the printed fonts can show it. What they lack must not end in an error, nor in a box that says nothing.

The fonts are those inside typst, so that a page looks the same on every server. Libertinus Serif has the Latin, Greek
and Cyrillic letters of `_DRAWN` in both weights; a test prints all of them.
"""

from __future__ import annotations

import re
import unicodedata

OTHER_SCRIPT = "[aksara lain]"  # where words stood that cannot be printed: nobody should believe there was nothing
DRAWN: tuple[tuple[int, int], ...] = (
    (0x20, 0x7E),
    (0xA0, 0x2E4),
    (0x384, 0x3CE),
    (0x400, 0x45F),
    (0x490, 0x4C4),
    (0x1E00, 0x1E9B),
    (0x1EA0, 0x1EF9),
    (0x2010, 0x2027),
    (0x2030, 0x2037),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x2070, 0x209C),
    (0x20AB, 0x20AC),
    (0x2113, 0x2113),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2126, 0x2126),
    (0x2153, 0x215E),
    (0x2190, 0x2199),
    (0x2212, 0x2212),
    (0x221A, 0x221A),
    (0x221E, 0x221E),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
    (0x25A0, 0x25A1),
    (0x25CF, 0x25CF),
)
_OTHER = "\x00"  # stands for a letter that cannot be printed; no text keeps this character
_OTHERS = re.compile(r"\x00(?: *\x00)*")


def drawn(character: str) -> bool:
    """Whether the fonts have it, in each weight."""
    code = ord(character)
    assigned = unicodedata.category(character) not in ("Cn", "Cf", "Cc")
    return assigned and any(first <= code <= last for first, last in DRAWN)


def printable(text: str) -> str:
    """Emoji and marks that command a reader are left out; letters of other scripts leave a word that says so.

    Fancy letters (`𝐡𝐚𝐥𝐨`, `ﬁ`) become those that they stand for. Line breaks stay, other control characters go.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return _OTHERS.sub(OTHER_SCRIPT, "".join(_printed(character) for character in composed))


def _printed(character: str) -> str:
    if character == "\n" or drawn(character):
        return character
    plain = _plain(character)
    return _OTHER if not plain and unicodedata.category(character)[0] == "L" else plain


def _plain(character: str) -> str:
    """What a character stands for, where all of that can be printed; else nothing."""
    stands_for = unicodedata.normalize("NFKC", character)
    return stands_for if all(drawn(each) for each in stands_for) else ""
