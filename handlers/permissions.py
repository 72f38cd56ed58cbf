"""Who may do what: one table, shown to officers as a page and asked by every door to a conversation or a case. Pure.

Source of the roles: component 6 of the standards (complaint manager, technical team, inspectorate, head) and SPEC 2.4
for what is confidential.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["officer", "complaint_manager", "technical_team", "inspector", "head", "admin"]
Action = Literal[
    "conversations.read",
    "conversations.answer",
    "conversations.reassign",
    "conversations.mute",
    "conversations.open",
    "confidential.manager",
    "confidential.head",
    "confidential.inspectorate",
    "replies.keep",
    "profile.keep",
    "holidays.keep",
    "knowledge.read",
    "knowledge.keep",
    "knowledge.publish",
    "officers.keep",
    "activity.read",
    "cases.read",
    "cases.history",
    "cases.work",
    "cases.assign",
    "cases.route",
    "cases.step",
    "cases.approve",
    "cases.decide_late",
    "cases.merge",
    "cases.convert",
    "cases.confide",
    "cases.unmask",
    "cases.answer",
    "cases.close",
    "cases.register",
]

ROLES: tuple[Role, ...] = get_args(Role)
ROLE_NAMES: Mapping[str, str] = {
    "officer": "Petugas layanan",
    "complaint_manager": "Pejabat Pengelola Pengaduan",
    "technical_team": "Tim teknis",
    "inspector": "Inspektorat (APIP)",
    "head": "Kepala DPMPTSP",
    "admin": "Admin",
    "outside_superior": "Atasan di luar kantor",
}
ACTIONS: Mapping[Action, str] = {
    "conversations.read": "Membaca percakapan warga",
    "conversations.answer": "Mengambil alih, membalas, dan membuat catatan internal",
    "conversations.reassign": "Mengambil alih percakapan yang sedang dipegang petugas lain",
    "conversations.mute": "Membisukan warga yang hanya mencaci",
    "conversations.open": "Membuka percakapan rahasia yang ternyata tidak perlu dirahasiakan bagi petugas lain",
    "confidential.manager": "Membuka percakapan rahasia",
    "confidential.head": "Membuka percakapan rahasia tentang Pejabat Pengelola Pengaduan",
    "confidential.inspectorate": "Membuka percakapan rahasia tentang Kepala DPMPTSP",
    "replies.keep": "Menyusun balasan tersimpan",
    "profile.keep": "Mengubah profil kantor",
    "holidays.keep": "Mengubah hari libur",
    "knowledge.read": "Membaca halaman pengetahuan",
    "knowledge.keep": "Menyusun rancangan, sebutan, jawaban kantor, status dasar hukum, dan pertanyaan uji",
    "knowledge.publish": "Menerbitkan atau memulihkan standar, dan mengatur persetujuannya",
    "officers.keep": "Mengelola akun petugas",
    "activity.read": "Membaca riwayat perubahan kantor",
    "cases.read": "Membaca laporan warga (tim teknis: hanya yang diteruskan kepadanya)",
    "cases.history": "Membaca riwayat lengkap sebuah laporan",
    "cases.work": "Mengelompokkan, menelaah, dan meminta keterangan pelapor",
    "cases.assign": "Menugaskan laporan kepada petugas lain",
    "cases.route": "Memilih jalur penyelesaian",
    "cases.step": "Menaikkan, mengembalikan, memutuskan, dan melaporkan secara tertulis",
    "cases.approve": "Menyetujui pelibatan APIP",
    "cases.decide_late": "Memutuskan laporan yang lewat 30 hari",
    "cases.merge": "Menggabungkan laporan yang sama",
    "cases.convert": "Menjadikan saran sebagai pengaduan",
    "cases.confide": "Menyebut siapa yang diadukan, membuka atau menjaga kerahasiaan",
    "cases.unmask": "Membuka identitas pelapor yang disamarkan (tercatat)",
    "cases.answer": "Menyampaikan jawaban kepada pelapor",
    "cases.close": "Menutup laporan",
    "cases.register": "Mencatat laporan yang masuk lewat jalur lain",
}
AUDIENCE_ACTIONS: Mapping[str, Action] = {
    "manager": "confidential.manager",
    "head": "confidential.head",
    "inspectorate": "confidential.inspectorate",
}
AUDIENCE_NAMES: Mapping[str, str] = {
    "manager": "Pejabat Pengelola Pengaduan",
    "head": "Kepala DPMPTSP",
    "inspectorate": "Inspektorat",
}
_OFFICE: frozenset[Role] = frozenset({"officer", "complaint_manager", "head", "admin"})
_DESK: frozenset[Role] = frozenset({"officer", "complaint_manager", "head"})
_LEADING: frozenset[Role] = frozenset({"complaint_manager", "head"})
_TABLE: Mapping[Action, frozenset[Role]] = {
    "conversations.read": _OFFICE | {"inspector"},
    "conversations.answer": _OFFICE,
    "conversations.reassign": frozenset({"complaint_manager", "head"}),
    "conversations.mute": _OFFICE,
    "conversations.open": frozenset({"complaint_manager", "head", "inspector"}),
    "confidential.manager": frozenset({"complaint_manager"}),
    "confidential.head": frozenset({"head"}),
    "confidential.inspectorate": frozenset({"inspector"}),
    "replies.keep": _OFFICE,
    "profile.keep": frozenset({"complaint_manager", "head", "admin"}),
    "holidays.keep": frozenset({"complaint_manager", "head", "admin"}),
    "knowledge.read": _OFFICE,
    "knowledge.keep": _OFFICE,
    "knowledge.publish": _LEADING | {"admin"},
    "officers.keep": frozenset({"admin"}),
    "activity.read": frozenset({"admin", "head", "inspector"}),
    "cases.read": _OFFICE | {"inspector", "technical_team"},
    "cases.history": _OFFICE | {"inspector"},
    "cases.work": _DESK | {"technical_team"},
    "cases.assign": _LEADING,
    "cases.route": _DESK,
    "cases.step": _DESK | {"technical_team"},
    "cases.approve": frozenset({"head"}),
    "cases.decide_late": _DESK,
    "cases.merge": _DESK,
    "cases.convert": _DESK,
    "cases.confide": _LEADING,
    "cases.unmask": _DESK,
    "cases.answer": _DESK,
    "cases.close": _DESK,
    "cases.register": _DESK,
}
READING: frozenset[Action] = frozenset({"cases.read", "cases.history"})
_IN_APIP: frozenset[Action] = frozenset({"cases.work", "cases.step", "cases.unmask"})
_FOR_INSPECTORATE: frozenset[Action] = _IN_APIP | {
    "cases.assign",
    "cases.route",
    "cases.decide_late",
    "cases.convert",
    "cases.confide",
    "cases.answer",
    "cases.close",
}
"""What inspectors, who elsewhere only read, do in a case that is in their hands, and in one that accuses the head."""


def may(role: str, action: Action) -> bool:
    """Whether a role allows it at all; of what is confidential, `may_in` decides."""
    return role in _TABLE[action]


def audiences(role: str) -> frozenset[str]:
    """The audiences of confidential conversations that a role belongs to."""
    return frozenset(audience for audience, action in AUDIENCE_ACTIONS.items() if may(role, action))


def may_in(role: str, action: Action, visible_to: str | None) -> bool:
    """Whether a role may do it in a conversation that only `visible_to` may see (None: every reader).

    What is confidential is seen by its audience alone, and that audience may also answer in it: nobody else could.
    """
    if visible_to is None:
        return may(role, action)
    if visible_to not in audiences(role):
        return False
    return action in ("conversations.read", "conversations.answer", "conversations.mute") or may(role, action)


def may_in_case(role: str, action: Action, visible_to: str | None, *, route: str | None, given: bool) -> bool:
    """Whether a role may do it to a case that it sees (`storage.case_sight` says whether it does).

    Args:
        given: the case was given to this very officer, or to whom they stand in for.
    """
    if action in READING:
        return may(role, action)
    if role == "inspector":
        return (visible_to == "inspectorate" and action in _FOR_INSPECTORATE) or (
            route == "apip" and action in _IN_APIP
        )
    return may(role, action) and (given or role != "technical_team")
