"""What a complaint is about: the happening, without the greeting and identity around it; the service or place."""

from __future__ import annotations

import re

from handlers.case_rules import usable_subject
from knowledge.entities import find_entities

_LEAD = re.compile(
    r"^(?:\W|\b(?:halo|hai|oke|ok|baik|iya|selamat|pagi|siang|sore|malam|assalamu\w*|min|admin|pak|bu|kak|bapak|ibu|punten|permisi|maaf|tolong|mohon|saya|sy|aku|abdi|kami|mau|ingin|hendak|bade|hoyong|hayang|"
    r"dengan|ini|no|nomor|hp|wa|nik|email|telp|nama|menyampaikan|sampaikan|buat|bikin|membuat|ajukan|mengajukan|kirim|"
    r"lapor(?:kan|an)?|ngelapor|melapor(?:kan)?|mengadu(?:kan)?|ngadu|adukan|adu|aduan|pengaduan|komplain|komplen|complain|keluhan|keluh|/lapor|"
    r"buka(?=\W+(?:lapor|adu|pengaduan|keluh|komplain))|(?:kasih|ngasih|beri|memberi(?:kan)?)(?=\W+(?:saran|masukan|usul))|"
    r"(?:saran|masukan|usul(?:an)?)(?=\W*(?:$|saya|aku|boleh|ga|gak|nggak|untuk|buat|dari|nih|dong|[,:]))|"
    r"(?:boleh|bisa)(?=(?:\W+(?:ga|gak|nggak|ngga|tidak|ya|kan|min|kak|pak|bu))*\W*$)|(?:ga|gak|nggak|ngga)(?=\W*(?:[?]|$))|"
    r"boleh(?=\W+(?:kasih|ngasih|beri|memberi|usul|saran))|dong|ya|nih|soal|tentang|perihal|bahwa|kepada|yth|dpmptsp)\b)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[\s,.;:-]+(?:saya|sy|aku|abdi|nama|dari|dengan|a\.?n\.?|hp|wa|no|nik|email))+[\s,.;:]*$", re.IGNORECASE
)
_SERVICE = re.compile(
    r"\b(?:loket(?:\s+(?:\d+|mpp|pengaduan|pendaftaran|informasi|pengambilan|pelayanan|satu|dua|tiga))*(?:\s+(?:di\s+)?mpp)?"
    r"|mal(?:l)?\s+pelayanan\s+publik(?:\s+bale\s+madukara)?|mpp(?:\s+bale\s+madukara)?|bale\s+madukara"
    r"|(?:web(?:site)?|situs|aplikasi|sistem|server|akun)(?:\s+(?:mpp|oss|dpmptsp|siinas|perizinan))?|oss(?:\s+rba)?"
    r"|mesin\s+antri\w*|antri(?:an|ean)?(?:\s+(?:di\s+)?(?:loket|mpp|kantor))?|antrean"
    r"|(?:tempat\s+)?parkir(?:an)?|toilet|wc|mushola|ruang\s+(?:tunggu|laktasi|\w+)|kursi\s+roda|lift|ac\s+ruang\w*"
    r"|(?:wa|whatsapp|telepon|telp|email|call\s+center)\s+(?:pengaduan|dpmptsp|kantor|layanan)"
    r"|kantor(?:\s+(?:dpmptsp|dinas|pelayanan))?|dpmptsp|bagian\s+\w+|meja\s+\w+"
    r"|(?:izin|ijin|perizinan|sertifikat(?:\s+standar)?|nib|pbg|imb|slf|siup|sip|sipb|sipa|reklame|pirt|kbli\s+\d{5}|surat\s+izin)(?:\s+(?:praktik|praktek|usaha|apotek|apotik|klinik|bidan|perawat|dokter|reklame|industri|toko|gudang|salon|bengkel|bangunan|mendirikan|lingkungan|operasional|warung|kafe|katering|catering|kos|kost|laundry|risiko|\d{5}))*"
    r"|permohonan(?:\s+\w+)?|berkas(?:\s+(?:izin|permohonan|pendaftaran))?|satpam|petugas(?:\s+(?:loket|parkir|informasi|keamanan))(?:\s+\d+)?)\b",
    re.IGNORECASE,
)


_LACKING = re.compile(
    r"\b(?:tanpa|ga punya|gak punya|tidak punya|belum ada|tidak ada|ga ada|nggak punya|belum punya)\s+$", re.IGNORECASE
)


def happening(text: str) -> str:
    """What happened, in the citizen's words: without greeting, name and numbers; empty when nothing usable is left."""
    found = find_entities(text)
    spans = [(e.start, e.end) for e in (found.phone, found.nik, found.email) if e is not None]
    if found.name is not None:
        spans.append((found.name.start, found.name.end))
    bare = text
    for start, end in sorted(spans, reverse=True):
        bare = bare[:start] + " " + bare[end:]
    bare = _LEAD.sub("", " ".join(bare.split())).strip(" ,;:-")
    bare = re.sub(r"\s+([,.;:])", r"\1", re.sub(r"\(\s*\)", "", bare)).strip()
    bare = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", bare)
    bare = _TAIL.sub("", bare)
    return bare if usable_subject(bare) else ""


def service_in(text: str) -> str:
    """The service or place that a message names, in its own words; the longest mention wins; empty for none."""
    mentions = [
        match.group().strip() for match in _SERVICE.finditer(text) if not _LACKING.search(text[: match.start()])
    ]
    return max(mentions, key=telling, default="")


def telling(place: str) -> tuple[bool, int]:
    """How well a place is told: `petugas loket` or `berkas` says less than any counter, site or permit."""
    return not place.lower().startswith(("petugas", "satpam", "berkas", "permohonan")), len(place)
