"""What a person should look at in a scanned standard: damaged characters, gaps, missing annexes, odd spellings.

A doubt never changes the text. Each rule is made to be right nearly always: a list that cries wolf is not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.outline import LOOKALIKES, placed_lines
from knowledge.standards import COMPONENTS, Finding

# Words of the regulation that scanners and typists damage. Where a good word is one letter away, it is here too.
_WORDS = """
    administrasi berjenjang berkelanjutan disabilitas dokumen dpmptsp eksternal elektronik evaluasi fasilitas
    fungsional informasi inspektorat instansi integritas investigasi kabupaten kalender kelurahan kendaraan
    keselamatan ketentuan klarifikasi klasifikasi kompetensi komunikatif konfirmasi konsultansi konsultasi konsumen
    koordinasi laktasi maklumat masyarakat mekanisme mengelompokkan menindaklanjuti multimedia operasional
    organisasi pelaksana pelaksanaan pelayanan pelayaran pemerintah pemohon penanganan pendaftaran penelaahan
    pengadaan pengaduan pengawasan penyelenggara penyelesaian peraturan perizinan permohonan persyaratan perundang
    perunding prasarana prosedur purwakarta sertifikasi sertifikat smartphone terintegrasi touchscreen undangan
    verifikasi website
"""
_KNOWN = frozenset(_WORDS.split())
_KNOWN_LIST = sorted(_KNOWN)
_SURE_SLIPS = frozenset({"swapped", "doubled"})  # hardly ever make another good word
_SLIPS = _SURE_SLIPS | {"lost", "vowel", "alike"}
_ALIKE = tuple(map(frozenset, ("ce", "li", "lt", "it", "nu", "nh", "mn", "bh", "ft", "gq", "vy", "rn")))
_FUSED = re.compile(r"\bdi(dalam|luar|atas|bawah|internal|eksternal)\b", re.IGNORECASE)
_PHRASES = {"fakta integritas": "Pakta Integritas"}
_WORD = re.compile(r"[^\W\d_]{6,}")
_MIXED = re.compile(r"\d[A-Za-z|]|[A-Za-z|]\d")
_ADDRESS = re.compile(r"@|_|://|www\.|[a-z]\.[a-z]|ext\.", re.IGNORECASE)
_NUMBER_LIKE = re.compile(r"[\dlIOo|SBZ]+")
_DIGIT_IN_WORD = re.compile(r"[A-Za-z][0135|](?=[A-Za-z])|^0(?=[a-z]{3})|^[015](?=[A-Z]{3})")
_AS_LETTERS = str.maketrans("0135|", "olesl")
_TOKEN = re.compile(r"[\w|]+")
_ANNEX = re.compile(r"\bLampiran\s+((?-i:[IVX]+)\b|\d{1,2}\b)", re.IGNORECASE)
_ANNEX_TITLE = re.compile(r"^[^\w\n]*LAMPIRAN\s+([IVX]+|\d{1,2})\b", re.MULTILINE)


def missing_component(component: int) -> Finding:
    message = f"Komponen {component} ({COMPONENTS[component]}) tidak ditemukan pada standar ini."
    return Finding("missing_component", message, component)


def annexes_in(text: str) -> frozenset[str]:
    """The numbers of the annexes that the file itself holds, told by their titles."""
    return frozenset(_ANNEX_TITLE.findall(text))


def text_doubts(component: int, text: str, odd: Mapping[str, str], annexes: Collection[str]) -> Iterator[Finding]:
    """All doubts about the text of one component. `odd` are the odd words of the file with what they may mean."""
    for printed, meant in damaged(text):
        message = (
            f"“{printed}” mungkin salah baca pemindai; dibaca sebagai “{meant}”. Mohon dicocokkan dengan naskah asli."
        )
        yield Finding("ocr_doubt", message, component, printed)
    yield from _gaps(component, text)
    if text.rstrip().endswith((";", ",", ":")) or re.search(r"[;,]\s*(?:dan|atau|dan/atau)$", text):
        last = text.rsplit("\n", 1)[-1]
        message = f"Bagian akhir berhenti dengan “{last[-1]}”; mungkin masih ada lanjutannya yang terpotong."
        yield Finding("list_ends_open", message, component, last)
    for annex in dict.fromkeys(_ANNEX.findall(text)):
        if annex not in annexes:
            message = f"Menunjuk Lampiran {annex}, yang tidak ada dalam berkas ini."
            yield Finding("missing_annex", message, component, f"Lampiran {annex}")
    yield from _odd_spellings(component, text, odd)


def damaged(text: str) -> Iterator[tuple[str, str]]:
    """Tokens that mix digits and look-alike letters (`8l`, `3O`, `K0MPONEN`), each with what it may mean; no codes."""
    for word in text.split() if _MIXED.search(text) else ():
        if not _MIXED.search(word) or _ADDRESS.search(word):
            continue
        for token in _TOKEN.findall(word):
            if (meant := _meant(token)) and meant != token:
                yield token, meant


def odd_words(texts: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Words that are one slip away from a far more frequent word of the file, or from a known word of the regulation.

    `texts` gives each different text with the number of times it occurs. Keys are lower case.
    """
    counts: Counter[str] = Counter()
    for text, times in texts:
        for word in _WORD.findall(text.lower()):
            counts[word] += times
    frequent = sorted(word for word, count in counts.items() if count >= 5)
    odd: dict[str, str] = {}
    for word, count in counts.items():
        if word in _KNOWN:
            continue
        meant = _slipped(word, _KNOWN_LIST, _SLIPS)
        if meant is None:
            others = [other for other in frequent if counts[other] >= 5 * count]
            acronym = not re.search("[aiueo].*[aiueo]", word)
            meant = _slipped(word, others, _SLIPS if acronym else _SURE_SLIPS)
        if meant:
            odd[word] = meant
    return odd


def _slipped(word: str, others: list[str], slips: Collection[str]) -> str | None:
    """The word of which this is a slip of these kinds; none that is only another form of it (`pelaksanaan`)."""
    for other, _, _ in process.extract(word, others, scorer=OSA.distance, score_cutoff=1, limit=5):
        forms = word.startswith(other) or other.startswith(word) or word.endswith(other) or other.endswith(word)
        if other[0] == word[0] and not forms and _slip(word, other) in slips:
            return str(other)
    return None


def _slip(word: str, other: str) -> str:
    """How two words that are one edit apart differ."""
    if len(word) == len(other):
        pairs = [frozenset(pair) for pair in zip(word, other, strict=True) if pair[0] != pair[1]]
        if len(pairs) == 2:
            return "swapped"
        return "vowel" if pairs[0] <= set("aiueo") else "alike" if pairs[0] in _ALIKE else "other"
    longer, shorter = sorted((word, other), key=len, reverse=True)
    at = next((i for i, letter in enumerate(shorter) if letter != longer[i]), len(shorter))
    return "doubled" if longer[at] == longer[at - 1] else "lost"


def _odd_spellings(component: int, text: str, odd: Mapping[str, str]) -> Iterator[Finding]:
    lower = text.lower()
    found = {word: odd[word] for word in _WORD.findall(lower) if word in odd} if odd else {}
    found |= {phrase: meant for phrase, meant in _PHRASES.items() if phrase in lower}
    found |= {fused[0].lower(): f"di {fused[1].lower()}" for fused in _FUSED.finditer(text)}
    for printed, meant in found.items():
        start = lower.find(printed)
        excerpt = text[start : start + len(printed)]
        likely = meant.upper() if excerpt.isupper() else meant
        message = f"Ejaan “{excerpt}” tidak lazim; barangkali yang dimaksud “{likely}”."
        yield Finding("odd_spelling", message, component, excerpt)


def _meant(token: str) -> str | None:
    """What a token with digits and letters may mean; None for codes such as A4, H2O, 4x or PP5."""
    if _NUMBER_LIKE.fullmatch(token) and _is_number(token):
        return token.translate(LOOKALIKES)
    letters = sum(c.isalpha() for c in token)
    if letters < 4 or not _DIGIT_IN_WORD.search(token) or re.search(r"\d\d", token):
        return None
    word = re.sub(r"(?<![aiueoAIUEO])[1|](?![aiueoAIUEO])", "i", token).translate(_AS_LETTERS)
    return word.upper() if token.isupper() else word


def _is_number(token: str) -> bool:
    """Is a run of digits and look-alike letters a number? `B3`, `S1`, `O2`, `12B`, `5S` and `ISO9001` are codes."""
    if not 0 < sum(c.isalpha() or c == "|" for c in token) <= 2 or re.fullmatch(r"[A-Z]\d|\d+[BSZ]", token):
        return False
    return re.search(r"\d", token) is not None and re.search(r"[lIOo|]|\d[SBZ]\d", token) is not None


def _gaps(component: int, text: str) -> Iterator[Finding]:
    """Numbers that a list leaves out, repeats or begins too late with. A list that begins anew is none."""
    for marker, rest, place in placed_lines(text):
        if not place or place.kind in ("", "bullet"):
            continue
        line = f"{marker} {rest}"
        if not place.literal:
            message = f"Penanda “{marker}” mungkin salah baca; urutannya menunjukkan {place.ordinal}."
            yield Finding("ocr_doubt", message, component, line)
        if place.fit == "gap":
            message = f"Urutan daftar melompat sebelum “{marker}”; mungkin ada butir yang hilang."
        elif place.fit == "back":
            message = f"Urutan daftar mundur atau berulang pada “{marker}”."
        elif place.fit == "late":
            message = f"Daftar dimulai dari “{marker}”; mungkin butir sebelumnya hilang."
        else:
            continue
        yield Finding("number_gap", message, component, line)
