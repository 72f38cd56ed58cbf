"""What can be wrong with what is filled in about an account, each with its field and the officer's sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from handlers import passwords

LONGEST_NAME = 100  # characters

Problem = Literal[
    "username",
    "username_taken",
    "name",
    "role",
    "superior",
    "superior_circle",
    "deputy",
    "deputy_days",
    "last_admin",
    "outside",
    "password_short",
    "password_long",
    "password_is_name",
    "password_same",
    "password_wrong",
    "password_too_often",
    "code_wrong",
    "code_late",
    "code_on",
]
# The field of the form that it belongs to, and what the officer reads there.
PROBLEMS: Mapping[Problem, tuple[str, str]] = {
    "username": ("username", "Nama pengguna terdiri dari 3 sampai 32 huruf kecil, angka, atau titik."),
    "username_taken": ("username", "Nama pengguna ini sudah dipakai."),
    "name": ("name", f"Isi nama lengkapnya, paling banyak {LONGEST_NAME} huruf."),
    "role": ("role", "Pilih salah satu peran."),
    "superior": ("superior", "Atasan ini tidak dikenal."),
    "superior_circle": ("superior", "Atasan tidak boleh dirinya sendiri atau bawahannya."),
    "deputy": ("deputy", "Pilih petugas lain yang masih aktif."),
    "deputy_days": ("deputy_from", "Isi hari pertama dan hari terakhir, berurutan."),
    "last_admin": ("role", "Ini admin aktif yang terakhir. Tunjuk admin lain lebih dahulu."),
    "outside": ("role", "Atasan di luar kantor tidak masuk ke konsol."),
    "password_short": ("password", f"Kata sandi paling sedikit {passwords.SHORTEST} huruf."),
    "password_long": ("password", f"Kata sandi paling banyak {passwords.LONGEST} huruf."),
    "password_is_name": ("password", "Kata sandi tidak boleh sama dengan nama pengguna."),
    "password_same": ("password", "Pilih kata sandi yang lain dari yang sekarang."),
    "password_wrong": ("current", "Kata sandi yang sekarang tidak cocok."),
    "password_too_often": ("current", "Terlalu banyak percobaan. Coba lagi beberapa menit lagi."),
    "code_wrong": ("code", "Kode tidak cocok. Pakai kode yang sedang tampil di aplikasi."),
    "code_late": ("code", "Langkah ini sudah terlalu lama. Ulangi dari awal."),
    "code_on": ("code", "Kode dari aplikasi sudah nyala. Matikan dahulu, baru pasang yang lain."),
}


class AccountError(ValueError):
    """What was filled in cannot be done; in Indonesian, for a page."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.field, self.sentence = PROBLEMS[problem]
        super().__init__(self.sentence)
