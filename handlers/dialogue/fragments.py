"""Whether a message is only the beginning of a thought: `min`, `mau tanya`, `syarat untuk`, an unfinished list.

People who chat send one thought in pieces. Such a piece waits up to two seconds for the rest; whatever stands by itself
(a question, a greeting, `ya`, a number, a name) is answered at once.
"""

from __future__ import annotations

import re

LONGEST = 60  # characters: who writes more has said something
_END = 12  # characters that hold the last word

_CALL = r"(?:min|mimin|admin|kak|kaka|kakak|pak|pa|bapak|bu|ibu|mas|mba|mbak|bang|kang|teh|teteh|gan|sis|om|tante|p)"
_SOFT = (
    rf"(?:{_CALL}|punten|eh|oh|oya|oke|ok|maaf|ya|y|nih|dong|atuh|euy|sih|dulu|bentar|sebentar|boleh|bisa|saya|sy|aku|abdi|izin|ijin"
    r"|numpang|mo|mw|mau|mauu|pengen|pengin|hoyong|bade|hendak|permisi|misi|halo|hallo|hai|salam|selamat|pagi|siang|sore"
    r"|malam)"
)
_ASK = (
    r"(?:tanya|nanya|tnya|tny|nnya|nny|tanyak|nanyak|bertanya|tanya2|tanya-tanya|nanya2|nanya-nanya|tumaros|naros|taros"
    r"|tatanya)"
)
_THING = r"(?:sesuatu|soal|tentang|ttg|mengenai|masalah|perihal|terkait|hal)"

_CALLED = re.compile(rf"^\W*{_CALL}(?:\W+(?:{_CALL}|punten|ya|nih|bentar|sebentar))*\W*$", re.IGNORECASE)
_ANNOUNCED = re.compile(rf"^\W*(?:{_SOFT}\W+)*{_ASK}(?:\W+(?:{_SOFT}|{_THING}))*\W*$", re.IGNORECASE)
_UNFINISHED = re.compile(
    r"(?:,|\.\.+|…|:)\s*$"
    r"|\b(?:dan|atau|untuk|utk|buat|bwt|yang|yg|dengan|dgn|di|ke|dari|tentang|ttg|soal|mengenai|karena|krn|kalau|klo|kalo"
    r"|terus|trs|trus|misalnya|misal|jenis|bidang)\s*$",
    re.IGNORECASE,
)


def announces_question(text: str) -> bool:
    """`min mau nanya`, and nothing of what it is about."""
    return len(text) <= LONGEST and bool(_ANNOUNCED.match(text))


def is_fragment(text: str) -> bool:
    """Whether more of the same thought surely follows. Short texts only."""
    said = text.strip()
    if not said or len(said) > LONGEST or "?" in said:
        return False
    return bool(_CALLED.match(said) or announces_question(said) or _UNFINISHED.search(said, len(said) - _END))
