"""What a message is taken to want, where its first reading is in doubt. Pure.

To open a report or to call an officer for nothing costs a citizen more than to be answered once too often.
"""

from __future__ import annotations

import re

from handlers.dialogue.understand import Reading
from knowledge.intents import Intent

_QUESTION = re.compile(
    r"\?|\b(?:berapa|brp|brapa|apa|apakah|bagaimana|gimana|gmn|kapan|siapa|kenapa|mana|dimana|kumaha|sabaraha|naon|iraha"
    r"|syarat\w*|nomor|nomer|no|nmr|alamat|email|kontak)\b"
    r"|\b(?:ada|aya|ad|bisa|boleh|perlu|wajib|dapat|jadi|mohon)\b.{0,60}"
    r"\b(?:ga|gak|tidak|nggak|ngga|teu|g|gk|tdk|alamat|informasi|ya)\b",
    re.IGNORECASE,
)
_WANTS_PERSON = re.compile(
    r"^\W*/?(?:petugas|operator|cs|admin|agen|manusia)\W*$"
    r"|\b(?:bicara|ngobrol|ngomong|hubung\w*|sambung\w*|minta|mau|ingin|panggil|jangan bot)\b"
    r".*\b(?:petugas\w*|operator|cs|admin\w*|orang|manusia|pegawai|staf)\b",
    re.IGNORECASE,
)
_CLOSE = 5.0  # how far behind the other intent an inquiry may lie and still be answered as one
_SUPPOSED_CLOSE = 10.0  # the same where the complaint is only supposed: `kalau saya adukan, siapa yang menangani?`
_COMPLAINTS = 6  # the component on them
_OF_COMPLAINTS = 15.0  # as surely it is asked how complaints are handled
_SUPPOSED = re.compile(
    r"\b(?:kalau|kalo|klo|kl|klu|jika|bila|apabila|misal\w*|andai\w*|upami|pami|mun|lamun)\b", re.IGNORECASE
)
SURELY_ASKED = 8.0
_FAINT = 5.5
_CLEAR = 14.0  # hardly anything but this one intent was heard, though no cue names it: `zonk banget pelayanannya`
_ONE_CUE = 3.0
_TWO_CUES = 12.0  # that are certain
_FEW_WORDS = 4
_TWO = 2  # `pusing`, `susah banget`: whatever is heard in them, nothing is reported yet


def wanted(reading: Reading) -> Intent:
    """The intent to act on."""
    return "inquiry" if _rather_asks(reading) or _faint(reading) else reading.intent


def is_question(text: str) -> bool:
    return bool(_QUESTION.search(text))


def wants_person(reading: Reading) -> bool:
    """In the citizen's own words, or in those that they stand for (`bsa ngmg sm org ga`)."""
    return any(map(_WANTS_PERSON.search, (reading.text, " ".join(word.plain for word in reading.words))))


def _faint(reading: Reading) -> bool:
    """Too little was understood to open a report or to call an officer on it."""
    if reading.intent == "human":
        return reading.scores.get("human", _FAINT) < _FAINT and not wants_person(reading)
    if reading.intent not in ("complaint", "suggestion", "status"):
        return False
    score = reading.scores.get(reading.intent, _FAINT)
    if score < _FAINT:
        return True
    few = _FEW_WORDS if score < _CLEAR else _TWO
    return reading.cues.get(reading.intent, 0.0) < _ONE_CUE and len(reading.words) <= few


def _rather_asks(reading: Reading) -> bool:
    """A question in a troubled voice (`lama bgt ga min prosesnya?`) is answered; a complaint can still follow."""
    if reading.intent not in ("complaint", "suggestion", "status") or not is_question(reading.text):
        return False
    if reading.intent == "suggestion" and reading.cues.get("suggestion", 0.0) >= _TWO_CUES:
        return False  # `mau kasih saran boleh?`
    behind = reading.scores.get(reading.intent, 0.0) - reading.scores.get("inquiry", 0.0)
    sure = reading.asks[0].score if reading.asks else 0.0
    if sure >= _OF_COMPLAINTS and reading.asks[0].component == _COMPLAINTS and _SUPPOSED.search(reading.text):
        return behind < _SUPPOSED_CLOSE
    return behind < _CLOSE and (sure >= SURELY_ASKED or (bool(reading.codes) and sure >= _CLOSE))
