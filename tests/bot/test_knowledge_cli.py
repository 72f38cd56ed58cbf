from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.knowledge_cli import knowledge_app
from knowledge.standards import COMPONENTS
from storage import kbli
from storage.database import Database


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no settings of this machine."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pasti(*words: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(knowledge_app, words)
    assert result.exit_code == exit_code, result.output
    return result


def as_json(*words: str, exit_code: int = 0) -> Any:
    return json.loads(pasti(*words, "--json", exit_code=exit_code).stdout)


def scan(number: int, kbli: str, title: str, fee: str = "Gratis", without: tuple[int, ...] = ()) -> str:
    """One standard as a scanner gives it."""
    said = {4: fee, 3: "7 hari kerja sejak berkas lengkap.", 2: "Sebagaimana tercantum dalam Lampiran IV."}
    rows = [
        f"{component}\t{name}\t: {said.get(component, f'Uraian {name.lower()} {title}.')}"
        for component, name in COMPONENTS.items()
        if component not in without
    ]
    heading = f"**{number}. Sertifikat Standar (Risiko Menengah Tinggi) KBLI {kbli} {title}**"
    return "\n".join([heading, "", "NO\tKOMPONEN\tURAIAN", *rows, "", ""])


CARS = scan(61, "29102", "Industri Kendaraan Pedesaan")
BREAD = scan(62, "10710", "Industri Produk Roti", fee="Rp 50.000,00 per permohonan")


def save(name: str, text: str) -> str:
    Path(name).write_text(text)
    return name


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_an_annex_is_imported_and_listed(folder: Path) -> None:
    said = pasti("import", save("perbup.txt", CARS + BREAD), "--edition", "Perbup 9/2026", "--effective", "2026-02-01")
    assert "Perbup 9/2026: 2 added, 0 replaced, 0 unchanged, 0 withdrawn" in said.stdout
    assert "2 missing_annex" in said.stdout
    assert "perbup.txt" in said.stderr  # the progress bar keeps out of the result
    listed = as_json("list")
    assert listed[0] == {
        "number": 61,
        "title": "Industri Kendaraan Pedesaan",
        "kbli": "29102",
        "risk": "Menengah Tinggi",
        "product": "Sertifikat Standar",
        "edition": "Perbup 9/2026",
        "effective": "2026-02-01",
        "status": "current",
        "findings": 1,
    }
    assert [standard["number"] for standard in listed] == [61, 62]
    table = pasti("list").stdout
    assert "Industri Produk Roti" in table
    assert "Perbup 9/2026" in table
    assert files(folder) == ["pasti.db", "perbup.txt", "secret.key"]


def test_the_same_file_again_changes_nothing(folder: Path) -> None:
    pasti("import", save("perbup_9.txt", CARS))
    before = Path("data/pasti.db").read_bytes()
    assert "perbup 9: already imported, nothing changed." in pasti("import", "perbup_9.txt").stdout
    assert "perbup 9: already imported" in pasti("import", save("salinan.txt", CARS)).stdout
    assert Path("data/pasti.db").read_bytes() == before


def test_several_files_are_one_edition(folder: Path) -> None:
    pasti("import", save("a.txt", CARS), save("b.txt", BREAD), "--edition", "Perbup 9/2026")
    pasti("import", save("c.txt", BREAD), "--edition", "Perbup 10/2026", "--whole")
    listed = [(one["number"], one["edition"], one["status"]) for one in as_json("list", "--all")]
    assert listed == [
        (62, "Perbup 10/2026", "current"),
        (61, "Perbup 9/2026", "withdrawn"),
        (62, "Perbup 9/2026", "replaced"),
    ]
    assert [one["edition"] for one in as_json("list")] == ["Perbup 10/2026"]


def test_an_earlier_edition_is_told_to_be_older(folder: Path) -> None:
    pasti("import", save("baru.txt", CARS), "--effective", "2026-01-01")
    said = pasti(
        "import",
        save("lama.txt", scan(1, "29102", "Industri Kendaraan Pedesaan", "Rp 1,00")),
        "--effective",
        "2020-01-01",
    )
    assert "1 older than what is in force" in said.stdout
    assert [one["edition"] for one in as_json("list")] == ["baru"]


def test_a_whole_edition_tells_what_of_later_editions_stays(folder: Path) -> None:
    pasti("import", save("baru.txt", CARS), "--effective", "2026-01-01")
    said = pasti("import", save("lama.txt", BREAD), "--effective", "2020-01-01", "--whole")
    assert "1 of later editions stay in force." in said.stdout


def test_a_date_to_come_is_remarked_on(folder: Path) -> None:
    said = pasti("import", save("a.txt", CARS), "--effective", "2999-01-01")
    assert "takes effect on 2999-01-01, and PASTI answers from it already" in said.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 \x00\x01\x02", "binary"),
        (b"Kepada Yth. Bapak Kepala Dinas di tempat", "No service standard"),
    ],
)
def test_a_file_that_holds_no_standard_changes_nothing(folder: Path, content: bytes, said: str) -> None:
    Path("buruk.txt").write_bytes(content)
    result = pasti("import", save("baik.txt", CARS), "buruk.txt", exit_code=1)
    assert result.stdout == ""
    assert said in result.stderr
    assert result.stderr.count("buruk.txt: ") == 1
    assert files(folder) == ["baik.txt", "buruk.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "tidak-ada.txt"], "tidak-ada.txt: cannot be read"),
        (["parse", "tidak-ada.txt"], "tidak-ada.txt: cannot be read"),
        (["import", "a.txt", "--effective", "1 Februari"], "'1 Februari' is not a date; write it as 2026-11-30."),
        (["import", "a.txt", "--effective", "2026-02-30"], "'2026-02-30' is not a date"),
        (["import", "a.txt", "--database", "oracle://x"], "oracle is not supported"),
        (["import", "a.txt", "--database", "a.txt"], "a.txt is not available: file is not a database"),
        (["list", "--database", "a.txt"], "a.txt is not available: file is not a database"),
        (["import", "a.txt", "--database", "a.txt/pasti.db"], "folder of the database a.txt/pasti.db cannot be made"),
    ],
)
def test_a_mistake_is_explained_in_one_message(folder: Path, words: list[str], said: str) -> None:
    save("a.txt", CARS)
    result = pasti(*words, exit_code=1)
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert set(files(folder)) <= {"a.txt", "secret.key"}


def test_a_wrong_setting_is_explained(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "delapan")
    assert "PORT: 'delapan' cannot be used" in pasti("list", exit_code=1).stderr


def test_the_settings_say_where_the_database_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(folder / "simpanan"))
    pasti("import", save("a.txt", CARS))
    assert (folder / "simpanan/pasti.db").exists()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/lain.db")
    assert as_json("list") == []
    pasti("import", "a.txt", "--database", f"sqlite:///{folder}/ketiga.db")
    assert as_json("list", "--database", "ketiga.db")[0]["edition"] == "a"
    assert not (folder / "lain.db").exists()


def test_parse_prints_what_it_read_and_changes_nothing(folder: Path) -> None:
    save("a.txt", CARS + scan(62, "10710", "Industri Roti", without=(5, 8)))
    parsed = as_json("parse", "a.txt", "--database", "x.db")
    assert [set(standard) for standard in parsed] == [{"number", "title", "kbli", "risk", "components", "findings"}] * 2
    cars, bread = parsed
    assert (cars["number"], cars["kbli"], cars["risk"]) == (61, "29102", "Menengah Tinggi")
    assert list(cars["components"]) == [str(component) for component in range(1, 15)]
    assert cars["components"]["4"] == "Gratis"
    assert {"5", "8"} & set(bread["components"]) == set()
    assert {(finding["kind"], finding["component"]) for finding in bread["findings"]} >= {
        ("missing_component", 5),
        ("missing_component", 8),
    }
    assert set(bread["findings"][0]) == {"kind", "message", "component", "excerpt"}
    assert files(folder) == ["a.txt"]


def test_parse_prints_a_table_for_people(folder: Path) -> None:
    table = pasti("parse", save("a.txt", CARS)).stdout
    assert "29102" in table
    assert "1 missing_annex" in table


def test_check_lists_the_doubts_and_passes_with_warnings(folder: Path) -> None:
    pasti("import", save("a.txt", CARS + scan(62, "10710", "Industri Roti", without=(5,))))
    said = pasti("check").stdout
    assert "62. Sertifikat Standar (Risiko Menengah Tinggi) KBLI 10710 Industri Roti" in said
    assert "warning missing_component: component 5" in said
    assert "2 standards in force, 3 things to look at." in said
    concerns = as_json("check")
    assert {concern["kind"] for concern in concerns} == {"missing_component", "missing_annex"}
    assert {concern["level"] for concern in concerns} == {"warning"}


def test_golden_questions_are_asked_at_import_and_by_the_check(folder: Path) -> None:
    assert "Golden questions: 30 asked, 0 not answered" in pasti("import", save("a.txt", CARS + BREAD)).stdout
    assert "30 golden questions asked, 0 not answered as they should be." in pasti("check").stdout


def test_check_names_the_golden_questions_that_fail(folder: Path) -> None:
    odd = CARS.replace("Gratis", "<ol> <li>1. Jam buka kantor.</li> </ol>")
    pasti("import", save("a.txt", odd))
    failing = [each for each in as_json("check", exit_code=1) if each["kind"] == "golden_question"]
    assert [(each["level"], each["number"]) for each in failing] == [("error", 61)] * len(failing)
    assert failing


def test_check_fails_when_a_text_cannot_be_told(folder: Path) -> None:
    pasti("import", save("a.txt", CARS.replace("Jangka Waktu Penyelesaian", "Zzyzx Qwrtp", 1)))
    assert "error unknown_component" in pasti("check", exit_code=1).stdout
    assert as_json("check", exit_code=1)[0]["level"] == "error"


def test_an_empty_knowledge_base_fails_the_check_and_is_not_made_by_looking(folder: Path) -> None:
    assert "knowledge base is empty" in pasti("check", exit_code=1).stderr
    assert as_json("check", exit_code=1) == []
    assert as_json("list") == []
    assert files(folder) == []


def test_the_list_of_business_codes_comes_in_and_is_replaced(folder: Path) -> None:
    pasti("import", save("perbup.txt", CARS + BREAD))
    said = pasti("import-kbli", save("kbli.tsv", "C\tIndustri\n29102\tKendaraan Contoh\tseperti odong-odong sawah\n"))
    assert "1 codes are in the list now. 1 sections and groups were passed over." in said.stdout
    assert "not in it: 10710" in said.stderr
    said = pasti("import-kbli", save("kbli.tsv", "10710\tRoti Contoh\n29102\tKendaraan Contoh\n"))
    assert "2 codes" in said.stdout
    assert not said.stderr


@pytest.mark.parametrize("data", [b"29102 Kendaraan", b"", b"29102\tR\xff", b"29102\tA\n29102\tB"])
def test_a_faulty_list_changes_nothing(folder: Path, data: bytes) -> None:
    pasti("import-kbli", save("kbli.tsv", "10710\tRoti Contoh\n"))
    Path("kbli.tsv").write_bytes(data)
    assert "kbli.tsv: " in pasti("import-kbli", "kbli.tsv", exit_code=1).stderr
    with closing(Database.open(f"sqlite:///{folder}/data/pasti.db")) as database, database.reader() as conn:
        assert [row.code for row in kbli.everything(conn)] == ["10710"]
