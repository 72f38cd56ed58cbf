"""What can be taken out of a message besides its words: who speaks, how to reach them, and the numbers that are meant.

Everything keeps its place and its writing (`raw` is an exact substring), so that a form can repeat what was said. Most
of the work is telling numbers apart: a NIK, a phone number, a price, a KBLI code and the number of an application are
all digits in a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from stdnum.id import nik as nik_rules

from knowledge.names import NameFound, find_name

# Component 6, point 2 d–g: the office's own, never the citizen's.
OFFICE_PHONES = frozenset({"+6281809898222", "+622648224794"})
OFFICE_EMAILS = frozenset({"pengaduanptsp139@gmail.com"})


@dataclass(frozen=True, slots=True)
class Phone:
    raw: str
    start: int
    end: int
    e164: str  # `+6281234567890`


@dataclass(frozen=True, slots=True)
class Nik:
    raw: str
    start: int
    end: int
    digits: str
    valid: bool  # its province, district and date of birth exist (python-stdnum)


@dataclass(frozen=True, slots=True)
class Token:
    """An email address, a KBLI code, or the number of an application, ticket or NIB."""

    raw: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Amount:
    raw: str
    start: int
    end: int
    rupiah: int


@dataclass(frozen=True, slots=True)
class Entities:
    name: NameFound | None = None
    phone: Phone | None = None
    nik: Nik | None = None
    email: Token | None = None
    amounts: tuple[Amount, ...] = ()
    kbli: tuple[Token, ...] = ()
    references: tuple[Token, ...] = ()  # numbers of applications, tickets, NIB; our own case numbers too


@lru_cache(maxsize=4)  # one decision asks several times
def find_entities(text: str) -> Entities:
    """Everything that can be told apart. Of several phones the one that is said to be the speaker's, else the first."""
    if "@" not in text and not _DIGIT.search(text):
        return Entities(find_name(text))
    taken = bytearray(len(text))  # what has been read as one thing is not read as another
    emails = [email for email in _emails(text) if _take(email, taken)]
    niks = [nik for nik in _niks(text) if _take(nik, taken)]
    references = [token for token in _tokens(_REFERENCE, text) if _take(token, taken)]
    amounts = [amount for amount in _amounts(text) if _take(amount, taken)]
    phones = [phone for phone in _phones(text, taken) if _take(phone, taken)]
    references += [token for token in _tokens(_CUED_REFERENCE, text) if _take(token, taken)]
    kbli = [token for token in _tokens(_KBLI, text) if _take(token, taken)]
    email = next((each for each in emails if each.raw.lower() not in OFFICE_EMAILS), None)
    phone = _of_the_speaker(text, phones)
    nik = niks[0] if niks else None
    contacts = [(each.start, each.end) for each in (phone, nik, email) if each]
    name = find_name(text, contacts)
    return Entities(
        name if name and _take(name, taken) else None,
        phone,
        nik,
        email,
        tuple(amounts),
        tuple(kbli),
        tuple(sorted(references, key=lambda each: each.start)),
    )


def mask_nik(digits: str) -> str:
    """`3214********0003`: enough to recognise one's own."""
    return f"{digits[:4]}{'*' * max(len(digits) - 8, 0)}{digits[-4:]}" if len(digits) > 8 else "*" * len(digits)


def _take(found: Phone | Nik | Token | Amount | NameFound, taken: bytearray) -> bool:
    """Takes the place, unless something else has it."""
    if any(taken[found.start : found.end]):
        return False
    taken[found.start : found.end] = b"1" * (found.end - found.start)
    return True


# ---------------------------------------------------------------- email, NIK, references, codes

_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"(?<![\w.+-])[\w][\w.+-]*@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w-])", re.IGNORECASE)
_NIK = re.compile(r"(?<![\w-])(?<!\d\.)[1-9](?:[ .\-]?\d){15}(?![\w-]|[.]\d)")
_CUED_NIK = re.compile(r"\b(?:nik|ktp)\b[\w ]{0,12}[\s:=.]{0,3}(?P<told>\d{14,18})(?!\d)", re.IGNORECASE)
_NOT_A_NIK = re.compile(
    r"\b(?:kk|kartu keluarga|rek|rekening|norek|va|virtual account|transfer\w*|kartu|bank)\W*"
    r"(?:saya|sy|nya|ke|no|nomor)?\W*$"
)
_REFERENCE = re.compile(
    r"(?<![\w+-])(?!628)(?:[A-Z]{2,5}-\d[\dA-Z]*(?:-[\dA-Z]+)*|\d{4}-\d{2}-\d{3,}|\d{6,8}-\d{3,}|[1-9]\d{12}|02\d{11})(?![\w-])",
    re.IGNORECASE,
)
_CUED_REFERENCE = re.compile(
    r"(?<!kbli )(?<!kode )\b(?:no|nomor|nomer|nmr|reg|registrasi|tiket|resi|nib)\b[\s.:#=]*"
    r"(?P<told>\d[\d\-/]{3,})(?!\w)",
    re.IGNORECASE,
)
_KBLI = re.compile(r"(?<![\w.,/-])(?<!pos )(?<!pos: )(?P<told>\d{5})(?![\w/-]|[.,]\d)")


def _emails(text: str) -> Iterator[Token]:
    for match in _EMAIL.finditer(text):
        yield Token(match.group(), *match.span())


def _tokens(pattern: re.Pattern[str], text: str) -> Iterator[Token]:
    group = "told" if "told" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        yield Token(match.group(group), *match.span(group))


def _niks(text: str) -> Iterator[Nik]:
    for match in _NIK.finditer(text):
        if not _NOT_A_NIK.search(text[max(0, match.start() - 40) : match.start()].lower()):
            yield _nik(match.group(), *match.span())
    for match in _CUED_NIK.finditer(text):
        if len(match["told"]) != 16:
            yield _nik(match["told"], *match.span("told"))


def _nik(raw: str, start: int, end: int) -> Nik:
    digits = re.sub(r"\D", "", raw)
    return Nik(raw, start, end, digits, nik_rules.is_valid(digits))


# ---------------------------------------------------------------- phones

_SEP = r"(?:[ .\-–]{1,2})"
_COUNTED = r"(?:rb|ribu|rebu|juta|jt|kali|orang|hari|minggu|mggu|bulan|bln|jam|menit)"  # `… 200 ribu` is another number
_GROUPS = rf"(?:{_SEP}\d{{3,8}}(?![\w,]\w|\s?{_COUNTED}\b)){{0,3}}"
_PHONE = re.compile(
    rf"(?<![\w@+/.\-])(?:\+?62{_SEP}?(?:\(0\))?\d{{2,}}|\+\d{{2,}}|\(0\d{{2,3}}\) ?\d{{3,}}|[0oO]8\d+|0\d{{2,}})"
    rf"{_GROUPS}(?!\w)"
)
_CUED_PHONE = re.compile(
    r"\b(?:hp|wa|whatsapp|telp?|tlp|telepon|telpon|kontak|hub\w*|phone)\b[\w ]{0,10}?[\s.:=]{1,3}"
    rf"(?P<told>8\d{{2,}}{_GROUPS})(?!\w)",
    re.IGNORECASE,
)
_OTHERS_PHONE = re.compile(
    r"\b(?:petugas|pegawai|oknum|calo|dia|beliau|satpam|orang|kantor|dinas|transfer|tf)(?:nya)?"
    r"(?: (?!saya|sy|aku|abdi)\w+){0,4}\W*$|\b(?:nomor|nomer|no|hp|wa)nya\W*$"
)
_OWN_PHONE = re.compile(r"\b(?:saya|sy|aku|abdi|kuring|kami)\b\W*(?:di|no|nomor|hp|wa)?\W*$")


def _phones(text: str, taken: bytearray) -> Iterator[Phone]:
    for pattern in (_PHONE, _CUED_PHONE):
        for match in pattern.finditer(text):
            start, end = match.span("told") if "told" in pattern.groupindex else match.span()
            if not any(taken[start:end]):
                phone = _longest_phone(text, start, end)
                if phone:
                    yield phone


def _longest_phone(text: str, start: int, end: int) -> Phone | None:
    """The longest number of whole groups that one can dial; what follows it is another number."""
    raw = text[start:end]
    groups = [match.end() for match in re.finditer(r"\d+", raw)]
    if re.fullmatch(r"\+?\d{10,}", raw[: groups[0]]):
        groups = groups[:1]
    for stop in reversed(groups):
        e164 = _dialled(raw[:stop])
        if e164:
            return Phone(raw[:stop], start, start + stop, e164)
    return None


def _dialled(raw: str) -> str | None:
    digits = re.sub(r"[^\d+]", "", raw.lower().replace("(0)", "").replace("o8", "08", 1))
    mobile = re.fullmatch(r"(?:\+?62|0)?8\d{7,11}", digits)
    if digits.startswith("62") or (mobile and digits.startswith("8")):
        digits = "+" + ("" if digits.startswith("62") else "62") + digits
    try:
        number = phonenumbers.parse(digits, "ID")
    except phonenumbers.NumberParseException:
        return None
    if not mobile and not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _of_the_speaker(text: str, phones: Sequence[Phone]) -> Phone | None:
    def before(phone: Phone) -> str:
        return text[max(0, phone.start - 40) : phone.start].lower()

    theirs = [phone for phone in phones if phone.e164 not in OFFICE_PHONES and not _OTHERS_PHONE.search(before(phone))]
    return next((phone for phone in theirs if _OWN_PHONE.search(before(phone))), theirs[0] if theirs else None)


# ---------------------------------------------------------------- money

_AMOUNT = re.compile(
    r"(?<![\w.,/-])(?:(?P<mark>rp\.?\s?))?(?P<number>\d{1,3}(?:[.,]\d{3})+|\d{1,9}(?:[.,]\d{1,2})?)"
    r"\s?(?P<unit>ribu|rebu|rb|k|juta|jt)?(?:an)?(?![\w]|[.,]\d)",
    re.IGNORECASE,
)
_UNITS = {"ribu": 1_000, "rebu": 1_000, "rb": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000}


def _amounts(text: str) -> Iterable[Amount]:
    for match in _AMOUNT.finditer(text):
        number, unit = match["number"], (match["unit"] or "").lower()
        thousands = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number)
        if not (match["mark"] or unit):
            continue
        value = float(re.sub(r"[.,]", "", number) if thousands else number.replace(",", "."))
        yield Amount(match.group(), *match.span(), round(value * _UNITS.get(unit, 1)))
