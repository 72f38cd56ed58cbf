"""Whether a phone number, an email address or a NIK can be one: what cannot be read would count as a way to reach."""

from __future__ import annotations

import re

import phonenumbers

_NIK = re.compile(r"\d{16}", re.ASCII)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")


def is_phone(text: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, "ID"))
    except phonenumbers.NumberParseException:
        return False


def unreadable(phone: str, email: str, nik: str) -> dict[str, str]:
    """What is wrong with each, in the officer's words; empty fields are right."""
    problems: dict[str, str] = {}
    if phone and not is_phone(phone):
        problems["phone"] = "Nomor telepon ini tidak terbaca. Perbaiki, atau kosongkan."
    if email and not _EMAIL.fullmatch(email):
        problems["email"] = "Alamat email ini tidak terbaca. Perbaiki, atau kosongkan."
    if nik and not _NIK.fullmatch(re.sub(r"[\s.-]", "", nik)):
        problems["nik"] = "NIK terdiri atas 16 angka. Perbaiki, atau kosongkan."
    return problems
