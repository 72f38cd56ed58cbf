"""Who speaks: the reporter's name out of a message, as it was written.

Every run of words that could be a name is weighed: what stands before it (`nama saya`, `a.n.`, `saya`), how it is
written, whether it is a known name, whether it stands beside a phone number or alone at either end of the message.
Where somebody else is named (`petugas bernama Budi`, `tetangga saya Pak Karman`), that weighs against it. The lists are
in `content/names.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.name_words import WORD, Run, Token, lists, read_words, runs

Span = tuple[int, int]

_ENOUGH = 4.0  # the weight from which a run of words is taken for the reporter
_OF_SOMEWHERE = frozenset({"warga", "masyarakat", "rakyat", "netizen", "penduduk"})  # `warga Plered` names nobody


@dataclass(frozen=True, slots=True)
class NameFound:
    raw: str  # exactly as written
    start: int
    end: int
    body: bool  # a company, cooperative, foundation …, not a person
    weight: float


def find_name(text: str, contacts: Sequence[Span] = ()) -> NameFound | None:
    """The reporter's name, or None. contacts: where phone numbers, NIK and email addresses stand in the text."""
    found = [each for each in _weighed(text, contacts) if each.weight >= _ENOUGH]
    return max(found, key=lambda each: (not each.body, each.weight, -each.start), default=None)


def read_name_answer(text: str) -> NameFound | None:
    """The name in an answer to `Siapa nama Bapak/Ibu?`: it may stand alone there and need not be a known one."""
    found = find_name(text)
    if found:
        return found
    tokens = read_words(text)
    first = next((run for run in runs(text, tokens) if run.first == 0), None)
    if first is None or not _HINT.match(text[tokens[first.last].end :].lower()):
        return None
    return _found(text, tokens, first, _ENOUGH)


def usable_name(name: str | None) -> bool:
    """Does it name a person or a body? `Hamba Allah`, `anonim`, `NN`, `-` and `warga Plered` do not."""
    words = [word.lower() for word in WORD.findall(name or "")]
    if words and words[0] in lists().bodies:
        return len(words) > 1
    if not words or words[0] in _OF_SOMEWHERE:
        return False
    return any(len(set(word)) > 1 and word not in lists().not_names for word in words)


def _found(text: str, tokens: Sequence[Token], run: Run, weight: float) -> NameFound:
    start, end = tokens[run.first].start, tokens[run.last].end
    return NameFound(text[start:end], start, end, run.body, weight)


# ---------------------------------------------------------------- what speaks for a run, and against it


def _weighed(text: str, contacts: Sequence[Span]) -> Iterator[NameFound]:
    tokens = read_words(text)
    for run in runs(text, tokens):
        found = _found(text, tokens, run, 0.0)
        if any(found.start < end and start < found.end for start, end in contacts):
            continue
        before = text[max(0, found.start - 80) : found.start].lower()
        after = text[found.end : found.end + 40].lower()
        hint = (2.0 if run.body else 1.0) if _HINT.match(after) else 0.0
        said, beside = _by_words_before(before), _beside_a_contact(text, found, contacts)
        alone = 0.0 if beside else _by_standing_alone(text, tokens, run)
        polite = -1.0 if run.title in _POLITE and not (said or beside) else 0.0  # `Pak Dedi` is mostly somebody else
        yield _found(text, tokens, run, _of_itself(run) + said + hint + beside + alone + polite)


def _of_itself(run: Run) -> float:
    if run.body:
        return 2.0
    known = max(_known(token) for token in run.named)
    capital = all(token.capital for token in run.named if len(token.word) > 3)
    return (known or 1.0) + (1.5 if capital and not (run.named[0].opens and len(run.named) == 1) else 0.0)


def _known(token: Token) -> float:
    return 2.0 if token.word in lists().given else 1.0 if token.word in lists().also_words else 0.0


def _beside_a_contact(text: str, found: NameFound, contacts: Sequence[Span]) -> float:
    gaps = ((found.end, start) if found.end <= start else (end, found.start) for start, end in contacts)
    near = any(end - start < 40 and _TO_CONTACT.fullmatch(text[start:end].lower()) for start, end in gaps)
    return 3.0 if near else 0.0


def _by_standing_alone(text: str, tokens: Sequence[Token], run: Run) -> float:
    """At the end, with at most a place behind it (`… tidak ada air. - Budi, Cibatu`), or at the start (`Iyan - …`)."""
    before = text[tokens[run.first - 1].end : tokens[run.first].start] if run.first else ""
    after = text[tokens[run.last].end : tokens[run.last + 1].start] if run.last + 1 < len(tokens) else ""
    behind = tokens[run.last + 1 : run.last + 4]
    ends = (
        bool(_BREAK_BEFORE.search(before)) and len(behind) < 3 and all(each.word in lists().places for each in behind)
    )
    opens = run.first == 0 and bool(_BREAK_AFTER.match(after))
    if not (ends or opens):
        return 0.0
    if run.body or _known(run.named[0]) == 2.0:
        return 2.0
    return float(len(run.named) > 1) + float(run.named[0].capital)


def _by_words_before(before: str) -> float:
    named, spoken = _NAMED.search(before), _SPOKEN.search(before)
    if _SAID.search(before) and not named:
        return 4.0
    if spoken and not named:
        return -4.0 if _POSSESSED.search(before[: spoken.start()]) else 2.0
    if _SIGNED.search(before):
        return 3.5
    sentence = re.split(r"[.!?\n;:]", before[: named.start()] if named else before)[-1]
    if _OTHERS.search(sentence):
        return -3.0
    return 4.0 if named else 2.0 if _OPENED.search(before) else 0.0


# The cues. All but the last four are held against the end of what stands before a name.
_SELF = r"(?:saya|sy|sya|syaa|aku|ak|abdi|kuring|gue|gw|gua|ane|urang|kulo|kami|sim kuring|simkuring)"
_LABEL = r"(?:pelapor|pengadu|pengirim|pemohon|yang melapor|yg melapor|yang mengadu)"
_KIN = r"(?:suami|istri|anak|orang tua|ibu|bapak)"
_SAID = re.compile(
    r"\b(?:"
    r"(?:nama|nm|nami|ngaran|wasta|name)(?: lengkap| asli| panggilan)?"
    rf"(?: {_SELF}| {_LABEL}| is)?(?: adalah| ialah| teh)?"
    rf"|(?:perkenalkan|perkenalken|kenalkan|kenalin|kenalkeun)(?: {_SELF})?"
    r"|my name is|i am|i'm|this is|bertanda ?tangan di ?bawah ini|mewakili|perwakilan(?: dari)?"
    r")\s*[:=,]?\s*$"
)
_NAMED = re.compile(  # the speaker, unless somebody else stands before it
    rf"\b(?:(?:a\.? ?n\.?|a/n|atas nama)(?: pribadi| {_KIN} {_SELF}| {_SELF})?|bernama|namanya|namana)\s*[:=,]?\s*$"
)
_SPOKEN = re.compile(rf"\b{_SELF}(?: (?:dari|sendiri|teh|yang|yg))?\s*,?\s$")
_SIGNED = re.compile(
    rf"\b(?:(?:{_LABEL}|dari|by|tertanda)\s*[:=,.\n]\s*|ttd\W+"
    r"|(?:salam|wassalam\w*|regards|hormat (?:saya|kami)|terima ?kasih|makasih|mksh|trims|tks|thanks|nuhun)\W+)$"
)
_OPENED = re.compile(
    r"(?:^|[.!?,\n]\s*|\b(?:halo|hallo|min|pak|bu|kak|pagi|siang|sore|malam|selamat|disini|di sini"
    r"|usul|usulan|saran|masukan|laporan|pengaduan|aduan|keluhan)\s)(?:(?:ini|dengan|dgn|dg|dari|sareng|sim)\s){1,2}$"
)
_OTHERS = re.compile(  # whose name it is then
    r"\b(?:petugas|ptgs|pegawai|oknum|staff?|satpam|security|calo|tetangga|tatangga|kepala|kadis|kabid|kasi|pejabat|camat"
    r"|lurah|kades|atasan|orang|temen|teman|pabrik|perusahaan|karyawan|karyawati|inisial|bukan|sama|oleh|kepada|ke|pemilik"
    r"|owner|bos|direktur|ketua|di|loket|sebelah|mal"
    r"|ibu|bapak|suami|istri|anak|rek|rekening|transfer)(?:nya|na)?(?: [\w.]+){0,2}\s$"
)
_POSSESSED = re.compile(  # `berkas saya`, `ibu saya`: not the one who speaks
    r"\b(?:tetangga|teman|temen|anak|adik|adek|kakak|suami|istri|ibu|bapak|ayah|berkas|izin|ijin|usaha|toko|perusahaan"
    r"|sertifikat|rumah|no|nomor|nomer|hp|wa|email|atasan|bos|antrian|nib|data|akun|uang|tanah)(?:nya)? $"
)
_HINT = re.compile(  # what people go on with once they have said their name
    r"\W*(?:(?:mau|mw|mo|ingin|pengen|hendak|bade|rek|hoyong|hayang|warga|tinggal|beralamat|alamat|umur|usia|no|nomor|nomer"
    r"|hp|wa|telp|tlp|nik|ktp|email|mengadu\w*|melapor\w*|menyampaikan|mengeluhkan|mengajukan|memprotes|keberatan|lapor"
    r"|ngadu\w*|komplain|protes|selaku|pemilik|udah|sudah|udh|tos|geus)\b|[,.;:()\-–\n]|$"
    r"|(?:dari|dr|ti)\b(?! (?:tadi|td|kemarin|kmrn|pagi|jam|subuh|siang|awal|hari|tgl|tanggal|senin|selasa|rabu)))"
)
_TO_CONTACT = re.compile(
    r"[\s,.:;=()/\-–]*(?:(?:di|no|nomor|nomer|hp|wa|telp|tlp|telepon|kontak|nik|ktp|email|phone)[\s.:=]*){0,3}"
)
_BREAK_BEFORE = re.compile(r"[\n.,;:!?()|=\-–—~]\W*$")
_BREAK_AFTER = re.compile(r"\s*(?:[\n,;:()/|=]|\s[-–—~])")
_POLITE = frozenset({"pak", "bu", "ibu", "bapak", "bpk", "mas", "mbak", "mba", "kang", "teh", "mang"})
