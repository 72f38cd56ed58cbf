from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storage import parties
from storage.database import Database
from storage.parties import PartyDetails
from storage.sealed import Sealer, SealError
from tests.postgresql import about_sqlite
from tests.storage.fresh import NOW

KEYS = Sealer("kunci rahasia untuk pengujian saja")
ASEP = PartyDetails(
    id=1,
    name="Asep Sunandar",
    phone="081200001111",
    email="asep@contoh.id",
    address="Jl. Melati 5, Purwakarta",
    nik="3214010101900001",
)


def test_a_reporter_comes_back_in_clear(database: Database) -> None:
    with database.transaction() as tx:
        parties.add(tx, KEYS, ASEP, NOW)
        parties.add(tx, KEYS, PartyDetails(2, "Neneng"), NOW)
        assert parties.get(tx, KEYS, 1) == ASEP
        assert parties.get(tx, KEYS, 2) == PartyDetails(2, "Neneng")
        assert parties.get(tx, KEYS, 3) is None


@about_sqlite
def test_contacts_lie_nowhere_in_the_file(database: Database, tmp_path: Path) -> None:
    with database.transaction() as tx:
        parties.add(tx, KEYS, ASEP, NOW)
    database.close()  # writes the log back into the file
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Asep Sunandar" in raw
    for contact in ("081200001111", "81200001111", "asep@contoh.id", "Melati", "3214010101900001"):
        assert contact.encode() not in raw


@pytest.mark.parametrize(
    ("contact", "value"),
    [
        ("phone", "+62 812-0000-1111"),
        ("email", "ASEP@contoh.id"),
        ("address", "jl. melati 5,  purwakarta"),
        ("nik", "3214 0101 0190 0001"),
    ],
)
def test_a_reporter_is_found_by_any_contact_however_written(
    database: Database, contact: parties.Contact, value: str
) -> None:
    with database.transaction() as tx:
        parties.add(tx, KEYS, ASEP, NOW)
        parties.add(tx, KEYS, PartyDetails(2, "Neneng", phone="081200002222"), NOW)
        assert parties.find(tx, KEYS, contact, value) == [1]
        assert parties.find(tx, Sealer("kunci lain"), contact, value) == []


def test_a_correction_replaces_and_forgets(database: Database) -> None:
    corrected = replace(ASEP, name="Asep Sunarya", phone="081200003333", nik=None)
    with database.transaction() as tx:
        parties.add(tx, KEYS, ASEP, NOW)
        parties.replace(tx, KEYS, corrected, NOW)
        assert parties.get(tx, KEYS, 1) == corrected
        assert parties.find(tx, KEYS, "phone", "081200001111") == []
        assert parties.find(tx, KEYS, "nik", "3214010101900001") == []


def test_another_secret_opens_nothing(database: Database) -> None:
    with database.transaction() as tx:
        parties.add(tx, KEYS, ASEP, NOW)
        with pytest.raises(SealError):
            parties.get(tx, Sealer("kunci lain"), 1)
