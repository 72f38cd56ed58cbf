"""A scan in, its standards out: the real one against a golden file, invented ones in every layout, hostile ones."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.ingest import IngestError, parse, read_scan
from knowledge.outline import Item, outline
from knowledge.standards import ServiceStandard
from tests.knowledge.invented import Invented, annex, invented, without
from tests.knowledge.layouts import CELLS, LAYOUTS, NAMES, Style, tabs
from tests.knowledge.scans import SCANS, SHIPPED, kinds, of_kind, one, table


@pytest.fixture(scope="module")
def shipped() -> ServiceStandard:
    (standard,) = parse(read_scan(SHIPPED))
    return standard


# --- the real scan ---


def test_the_shipped_scan_reads_as_the_golden_file_says(shipped: ServiceStandard) -> None:
    golden = json.loads((SCANS / "standar-61-kbli-29102.json").read_text(encoding="utf-8"))
    assert {
        "number": shipped.number,
        "title": shipped.title,
        "kbli": shipped.kbli,
        "risk": shipped.risk,
        "product": shipped.product,
        "components": {str(number): text.split("\n") for number, text in shipped.components.items()},
        "findings": [[finding.kind, finding.component, finding.excerpt] for finding in shipped.findings],
    } == golden


def test_the_shipped_scan_has_every_item_of_every_component(shipped: ServiceStandard) -> None:
    def count(items: tuple[Item, ...]) -> int:
        return sum(bool(item.marker) + count(item.items) for item in items)

    items = {number: count(outline(text)) for number, text in shipped.components.items()}
    assert items == {1: 11, 2: 0, 3: 0, 4: 0, 5: 0, 6: 34, 7: 6, 8: 50, 9: 9, 10: 2, 11: 0, 12: 5, 13: 3, 14: 3}
    assert "number_gap" not in kinds(shipped)


def test_a_sentence_cut_by_a_page_is_joined_and_its_list_follows(shipped: ServiceStandard) -> None:
    second = outline(shipped.components[6])[1]
    assert second.text == (
        "Pengaduan dapat disampaikan secara lisan dan/atau tulisan melalui media yang disediakan oleh DPMPSTSP paling"
        " lambat 30 (tiga puluh) hari kalender sejak pemohon menerima pelayanan, melalui:"
    )
    assert [item.marker for item in second.items] == [f"{letter}." for letter in "abcdefghijklm"]
    assert [item.marker for item in outline(shipped.components[6])] == [f"{n}." for n in range(1, 9)]
    assert [item.marker for item in outline(shipped.components[6])[4].items[2].items] == ["1)", "2)"]


# --- every layout ---


def same(standards: list[ServiceStandard], meant: list[Invented]) -> None:
    assert [(s.number, s.title, s.kbli, s.risk, s.product) for s in standards] == [
        (m.number, m.title, m.kbli, m.risk, m.product) for m in meant
    ]
    for standard, invention in zip(standards, meant, strict=True):
        assert dict(standard.components) == invention.texts


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 3),
    cell=st.sampled_from(sorted(CELLS)),
    breaks=st.sampled_from((0.0, 0.3, 0.9)),
    shuffled=st.booleans(),
    restarted=st.booleans(),
    parts=st.booleans(),
    head=st.sampled_from(
        (("NO", "KOMPONEN", "URAIAN"), ("No.", "Komponen", "Uraian"), ("Nomor", "K0MPONEN", "URAIAN"))
    ),
    heading=st.sampled_from(("**{}**", "{}", "## {}")),
    windows=st.booleans(),
)
def test_a_layout_gives_back_what_was_meant(
    layout: str,
    seed: int,
    count: int,
    cell: str,
    breaks: float,
    shuffled: bool,
    restarted: bool,
    parts: bool,
    head: tuple[str, str, str],
    heading: str,
    windows: bool,
) -> None:
    rng = random.Random(seed)
    meant = invented(rng, count)
    style = Style(CELLS[cell], breaks, shuffled, restarted, parts, head, heading=heading)
    text = LAYOUTS[layout](meant, style, rng)
    same(parse("\ufeff" + text.replace("\n", "\r\n") if windows else text), meant)


@pytest.mark.parametrize("layout", ["tabs", "pipes", "html_tables", "plain_columns"])
def test_components_are_found_by_damaged_names_too(layout: str) -> None:
    names = list(NAMES)
    names[0], names[2], names[3], names[7], names[11] = (
        "Persyaratn",
        "Jangka Waktu Penyelesaan",
        "Biaya / Tarip",
        "5arana, Prasarana dan Fasilltas",
        "JAMINAN PELAYANAN",
    )
    rng = random.Random(4)
    meant = invented(rng, 2)
    same(parse(LAYOUTS[layout](meant, Style(names=tuple(names), restarted=True), rng)), meant)


def test_a_whole_annex_is_read_in_order_with_progress() -> None:
    rng = random.Random(9)
    meant = annex(rng, 250)
    steps: list[tuple[int, int]] = []
    same(parse(tabs(meant, Style(), rng), lambda done, total: steps.append((done, total))), meant)
    assert steps == [(n, 250) for n in range(1, 251)]


def test_a_missing_component_is_left_out_and_reported() -> None:
    rng = random.Random(2)
    meant = [without(standard, 4, 10) for standard in invented(rng, 2)]
    standards = parse(tabs(meant, Style(), rng))
    same(standards, meant)
    assert [f.component for f in of_kind(standards[0], "missing_component")] == [4, 10]


# --- what is refused ---


@pytest.mark.parametrize("step", [101])
def test_no_beginning_of_the_shipped_scan_is_taken_for_the_whole(step: int) -> None:
    text = read_scan(SHIPPED)
    for length in range(0, len(text) - 1, step):
        with pytest.raises(IngestError):
            parse(text[:length])


@settings(max_examples=60, deadline=None)
@given(st.integers(200, 6000))
def test_a_cut_annex_is_refused_unless_one_component_at_most_is_missing(length: int) -> None:
    rng = random.Random(3)
    text = tabs(annex(rng, 4), Style(breaks=0), rng)[:-length]
    try:
        standards = parse(text)
    except IngestError as error:
        assert "truncated" in str(error)  # noqa: PT017
    else:
        assert len(standards[-1].components) >= 13


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n\t",
        "\ufeff",
        "Kepada Yth.\nPersyaratan: KTP\nBiaya/Tarif: gratis\nHormat kami",
        "a,b,c\n1,2,3\n",
        "1. Skala usaha",
    ],
)
def test_what_holds_no_standard_is_refused(text: str) -> None:
    with pytest.raises(IngestError, match=r"No service standard|empty"):
        parse(text)


def test_decodings(tmp_path: Path) -> None:
    text = table("1\tPersyaratan\tSurat “asli” – 1 lembar")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        file = tmp_path / encoding
        file.write_bytes(text.encode(encoding))
        assert one(read_scan(file)).components[1] == "Surat “asli” – 1 lembar"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"%PDF-1.7 isi", "binary"),
        (b"PK\x03\x04isi", "binary"),
        (b"1. Izin\x00KBLI", "binary"),
        (bytes(range(256)) * 4, "binary"),
        ("7. Izin – A".encode()[:-4], "truncated"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "scan.txt"
    file.write_bytes(content)
    with pytest.raises(IngestError, match=message):
        read_scan(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="cannot be read"):
        read_scan(tmp_path / "none.txt")


_BITS = [
    *(
        "\t",
        "\n",
        "|",
        " ",
        ": ",
        "**",
        "# ",
        "1. ",
        "A. ",
        "l. ",
        "- ",
        "61. ",
        "\x00",
        "\u2028",
        "²) ",
        "٣. ",
        "&#0;",
    ),
    *(
        "<ol>",
        "</li>",
        "<li>",
        "<table>",
        "</table>",
        "<tr>",
        "<td rowspan=3>",
        "<td colspan=999>",
        "<p",
        "<head>",
        "<!--",
    ),
    *(
        "NO\tKOMPONEN\tURAIAN\n",
        "NO KOMPONEN URAIAN\n",
        "KBLI 29102",
        "(Risiko ",
        "Persyaratan",
        "Jangka Waktu",
        "Penyelesaian",
    ),
    *("B. Proses Pengelolaan Pelayanan", "4\tBiaya/Tarif\tGratis\n", "Lampiran IV", "3O", "DPMPSTSP"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(_BITS), st.text(max_size=6)), max_size=40).map("".join))
def test_no_text_raises_anything_but_an_ingest_error(text: str) -> None:
    try:
        standards = parse(text)
    except IngestError:
        return
    for standard in standards:
        assert standard.components
        for component in standard.components.values():
            assert outline(component)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12000), st.integers(0, 300), st.sampled_from(_BITS))
def test_a_spoilt_shipped_scan_raises_nothing_else(at: int, length: int, bit: str) -> None:
    text = read_scan(SHIPPED)
    try:
        parse(text[:at] + bit + text[at + length :])
    except IngestError as error:
        assert str(error)  # noqa: PT017


@pytest.mark.parametrize(
    "text", ["1a" * 50_000, "<td>" * 20_000, "** " * 40_000, "Persyaratan\n" * 5_000, "3\n" * 10_000]
)
def test_long_nonsense_is_refused_without_long_thought(text: str) -> None:
    with pytest.raises(IngestError):
        parse(text)
