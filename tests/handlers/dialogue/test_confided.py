"""What makes a message confidential wherever it is written, and what does not."""

from __future__ import annotations

import pytest

from handlers.dialogue.form import AUDIENCES, confided, raised, reported


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("tolong dirahasiakan ya bu", "manager"),
        ("jangan sampai ketahuan atasan", "manager"),
        ("sebenarnya saya disuruh kasih amplop", "manager"),
        ("saya dimintai 200 ribu", "manager"),
        ("petugas bernama Dedi minta uang 200rb", "manager"),
        ("PETUGAS LOKET 2 NAMANYA DEDI MEMBENTAK SAYA", "manager"),
        ("saya dibentak petugas bernama Dedi", "manager"),
        ("ada pungli di loket", "manager"),
        ("Pejabat pengelola pengaduan minta uang 500 ribu", "head"),
        ("pengelola pengaduan marah-marah ke saya", "head"),
        ("ini soal kepala dinas, saya diperas", "inspectorate"),
        ("Kadis minta jatah", "inspectorate"),
        ("kepala dinas menerima suap", "inspectorate"),
        ("kepala dinas menerima amplop", "inspectorate"),
        ("kadis mempersulit izin saya", "inspectorate"),
    ],
)
def test_it_is_for_its_audience_alone(text: str, audience: str) -> None:
    assert (confided(text), reported(text)) == (audience, audience)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "halo",
        "suratnya ditujukan ke kepala dinas ya?",
        "kadis ada di kantor?",
        "berkasnya pakai amplop?",
        "diminta memasukkan berkas ke dalam amplop coklat",
        "saya minta bicara dengan petugas",
        "minta petugas",
        "petugas minta berkas apa saja?",
        "kadis minta surat apa?",
        "apa harus minta tanda tangan kepala dinas?",
        "apakah kepala dinas menerima tamu hari ini?",
        "petugas bu Rina kemarin bilang berkas saya lengkap",
        "saya bernama Dedi, minta dihubungi",
        "berapa biaya yang harus dibayar? uang 50 ribu cukup?",
        "boleh minta uang saya kembali?",
        "kantor ini bebas pungli ya",
    ],
)
def test_harmless_talk_hides_nothing(text: str) -> None:
    assert confided(text) is None


def test_in_a_report_a_name_or_an_envelope_is_enough() -> None:
    assert reported("isi amplop") == "manager"
    assert reported("ditujukan ke kepala dinas") == "inspectorate"
    assert reported("antre empat jam") is None


def test_an_audience_only_rises() -> None:
    ranks = [None, *AUDIENCES]
    for one in ranks:
        for other in ranks:
            assert raised(one, other) == ranks[max(ranks.index(one), ranks.index(other))]
