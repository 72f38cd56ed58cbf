"""By which ways reports reach the one register: the thirteen of component 6 point 2, and ours beside them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

WAYS: Mapping[str, str] = {
    "complaint_officer": "Pejabat Pengelola Pengaduan",  # a
    "mpp_counter": "Loket pengaduan MPP Bale Madukara",  # b
    "letter": "Surat",  # c
    "phone": "Telepon",  # d
    "sms": "SMS",  # e
    "whatsapp": "WhatsApp",  # f
    "email": "Email",  # g
    "twitter": "Twitter",  # h
    "instagram": "Instagram",  # i
    "web_dpmptsp": "Web dpmptsp.purwakartakab.go.id",  # j
    "web_mpp": "Web mpp.purwakartakab.go.id",  # k
    "form": "Formulir pengaduan",  # l
    "box": "Kotak pengaduan",  # m
}
_OURS = {"telegram": "Telegram", "web": "Obrolan web"}


def way_name(channel: str) -> str:
    """As a person calls it."""
    return WAYS.get(channel) or _OURS.get(channel, channel)
