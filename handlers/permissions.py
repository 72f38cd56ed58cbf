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
    "confidential.manager",
    "confidential.head",
    "confidential.inspectorate",
    "replies.keep",
    "profile.keep",
    "holidays.keep",
    "officers.keep",
    "activity.read",
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
    "confidential.manager": "Membuka percakapan rahasia",
    "confidential.head": "Membuka percakapan rahasia tentang Pejabat Pengelola Pengaduan",
    "confidential.inspectorate": "Membuka percakapan rahasia tentang Kepala DPMPTSP",
    "replies.keep": "Menyusun balasan tersimpan",
    "profile.keep": "Mengubah profil kantor",
    "holidays.keep": "Mengubah hari libur",
    "officers.keep": "Mengelola akun petugas",
    "activity.read": "Membaca riwayat perubahan kantor",
}
AUDIENCE_ACTIONS: Mapping[str, Action] = {
    "manager": "confidential.manager",
    "head": "confidential.head",
    "inspectorate": "confidential.inspectorate",
}
_OFFICE: frozenset[Role] = frozenset({"officer", "complaint_manager", "head", "admin"})
_TABLE: Mapping[Action, frozenset[Role]] = {
    "conversations.read": _OFFICE | {"inspector"},
    "conversations.answer": _OFFICE,
    "conversations.reassign": frozenset({"complaint_manager", "head"}),
    "conversations.mute": _OFFICE,
    "confidential.manager": frozenset({"complaint_manager"}),
    "confidential.head": frozenset({"head"}),
    "confidential.inspectorate": frozenset({"inspector"}),
    "replies.keep": _OFFICE,
    "profile.keep": frozenset({"complaint_manager", "head", "admin"}),
    "holidays.keep": frozenset({"complaint_manager", "head", "admin"}),
    "officers.keep": frozenset({"admin"}),
    "activity.read": frozenset({"admin", "head", "inspector"}),
}


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
