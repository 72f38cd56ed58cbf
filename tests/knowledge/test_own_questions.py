"""The questions that are made from a standard: each component, each item, and nothing that it does not have."""

from __future__ import annotations

from knowledge.own_questions import OwnQuestion, own_questions
from knowledge.standards import ServiceStandard

STANDARD = ServiceStandard(
    4,
    "Industri Produk Roti",
    "10710",
    "Rendah",
    "Izin",
    {
        1: "A. Umum:\n1. Skala usaha mikro;\n2. KTP;\nB. Khusus:\n1. Memiliki gudang bahan baku.",
        4: "Gratis",
    },
)


def test_each_component_and_each_item_that_can_be_said() -> None:
    assert list(own_questions(STANDARD)) == [
        OwnQuestion("apa saja syarat kbli 10710 risiko rendah?", 1),
        OwnQuestion("apa saja syarat Industri Produk Roti risiko rendah?", 1),
        OwnQuestion("berapa biaya kbli 10710 risiko rendah?", 4),
        OwnQuestion("apa saja syarat kbli 10710 risiko rendah: Skala usaha mikro?", 1, "Skala usaha mikro;"),
        OwnQuestion(
            "apa saja syarat kbli 10710 risiko rendah: Memiliki gudang bahan baku?", 1, "Memiliki gudang bahan baku."
        ),
    ]


def test_without_a_code_and_a_risk_the_title_names_it() -> None:
    standard = ServiceStandard(1, "Izin Praktik Bidan", None, None, "Izin", {4: "Gratis", 15: "?"})
    assert {question.text for question in own_questions(standard)} == {"berapa biaya Izin Praktik Bidan?"}
