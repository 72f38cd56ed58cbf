"""What is kept, and under which type; and which images are pictures."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.media_types import recognise
from bot.pictures import is_picture
from tests.bot.files import DOCX, ODF, OOXML, iso_media, open_document, picture, png_of, webm, zipped

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Neneng\r\nEND:VCARD\r\n"


def typed(folder: Path, content: bytes, said: str = "", name: str = "") -> str | None:
    path = folder / "file"
    path.write_bytes(content)
    return recognise(path, said, name)


@pytest.mark.parametrize(
    ("content", "said", "found"),
    [
        (picture("JPEG"), "image/jpeg", "image/jpeg"),
        (picture("PNG"), "image/png", "image/png"),
        (picture("GIF"), "image/gif", "image/gif"),
        (picture("WEBP"), "image/webp", "image/webp"),
        (iso_media(b"heic", b"mif1", b"heic"), "image/heic", "image/heic"),
        (iso_media(b"mif1", b"mif1", b"heic"), "image/heif", "image/heic"),
        (b"OggS\0\2" + bytes(22) + b"OpusHead\1\1", "audio/ogg", "audio/ogg"),
        (b"OggS\0\2" + bytes(22) + b"\x01vorbis", "application/ogg", "audio/ogg"),
        (b"ID3\4\0" + bytes(20), "audio/mpeg", "audio/mpeg"),
        (b"\xff\xfb\x90\x00" + bytes(20), "audio/mpeg", "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + bytes(20), "audio/aac", "audio/aac"),
        (iso_media(b"M4A ", b"mp42"), "audio/mp4", "audio/mp4"),
        (iso_media(b"mp42", b"isom"), "audio/mp4", "audio/mp4"),
        (iso_media(b"isom", b"mp42"), "video/mp4", "video/mp4"),
        (iso_media(b"XXXX", b"isom"), "video/mp4", "video/mp4"),
        (iso_media(b"3gp4", b"isom"), "video/3gpp", "video/3gpp"),
        (iso_media(b"qt  "), "video/quicktime", "video/quicktime"),
        (b"#!AMR\n\x3c", "audio/amr", "audio/amr"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/x-wav", "audio/wav"),
        (webm(), "audio/webm; codecs=opus", "audio/webm"),
        (webm(), "video/webm", "video/webm"),
        (PDF, "application/pdf", "application/pdf"),
        (b"\xef\xbb\xbf\r\n" + PDF, "application/octet-stream", "application/pdf"),
        (zipped(DOCX), "application/octet-stream", f"{OOXML}wordprocessingml.document"),
        (
            zipped(DOCX | {"word/media/image1.png": b"x", "docProps/app.xml": b"x"}),
            "",
            f"{OOXML}wordprocessingml.document",
        ),
        (zipped({**DOCX, "xl/workbook.xml": b"<x/>"}), "", None),
        (zipped({n.replace("word", "xl"): c for n, c in DOCX.items()}), "", f"{OOXML}spreadsheetml.sheet"),
        (zipped({n.replace("word", "ppt"): c for n, c in DOCX.items()}), "", f"{OOXML}presentationml.presentation"),
        (zipped(open_document("text")), "", f"{ODF}text"),
        (zipped(open_document("spreadsheet")), "application/zip", f"{ODF}spreadsheet"),
        (
            "Yth. Bapak/Ibu,\nantre sejak pukul 07.00 — belum dipanggil.\n".encode(),
            "text/plain; charset=utf-8",
            "text/plain",
        ),
        (b"nama;layanan\r\nAsep;loket 3\r\n", "text/csv", "text/csv"),
        (CARD, "text/x-vcard", "text/vcard"),
    ],
)
def test_what_is_kept(tmp_path: Path, content: bytes, said: str, found: str | None) -> None:
    assert typed(tmp_path, content, said) == found


@pytest.mark.parametrize(
    ("said", "name", "found"),
    [
        ("", "daftar.csv", "text/csv"),
        ("application/octet-stream", "CATATAN.TXT", "text/plain"),
        ("application/vnd.ms-excel", "daftar.csv", "text/csv"),  # Windows
        ("", "kontak.vcf", None),  # it is none
        ("", "catatan.js", None),
        ("", "catatan", None),
        ("text/html", "catatan.txt", None),
        ("text/javascript", "catatan.txt", None),
        ("image/jpeg", "foto.jpg", None),
    ],
)
def test_a_text_is_what_it_is_called_as_nothing_else_tells(tmp_path: Path, said: str, name: str, found: str) -> None:
    assert typed(tmp_path, b"antre sejak pukul 07.00", said, name) == found


@pytest.mark.parametrize("said", ["image/jpeg", "image/png", "application/pdf", "text/plain", "audio/ogg", ""])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(HTML, id="html"),
        pytest.param(b" \n<HTML><body onload=x>", id="html without doctype"),
        pytest.param(b"GIF is a format. <ScRipt >alert(1)</script>", id="html after a word"),
        pytest.param(b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x"/>', id="svg"),
        pytest.param(b"<svg/onload=alert(1)>", id="bare svg"),
        pytest.param(b"<?php system($_GET[0]);", id="php"),
        pytest.param(b"#!/bin/sh\nrm -rf ~\n", id="shell"),
        pytest.param(b"{\\rtf1\\ansi halo}", id="rtf"),
        pytest.param(b"MZ\x90\0\3\0\0\0", id="exe"),
        pytest.param(b"\x7fELF\2\1\1" + bytes(9), id="elf"),
        pytest.param(b"teks\0biasa", id="binary"),
        pytest.param(b"teks\x1b[2Jbiasa", id="terminal"),
        pytest.param(b"a" * 70_000 + b"\0", id="binary after a long text"),
        pytest.param(b"Rar!\x1a\x07\x01\0", id="rar"),
        pytest.param(b"7z\xbc\xaf\x27\x1c", id="7z"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), id="ole"),
        pytest.param(b"\xff\xfe" + "halo".encode("utf-16-le"), id="utf-16"),
        pytest.param(b"RIFF\x24\0\0\0AVI LIST", id="avi"),
        pytest.param(b"OggS\0\2" + bytes(22) + b"\x80theora", id="ogg that is no sound"),
        pytest.param(webm(b"matroska"), id="matroska"),
        pytest.param(iso_media(b"avif", b"mif2"), id="avif"),
        pytest.param(zipped({"a.txt": b"x"}), id="zip"),
        pytest.param(zipped({}), id="empty zip"),
        pytest.param(zipped({"AndroidManifest.xml": b"x", "classes.dex": b"x"}), id="apk"),
        pytest.param(zipped(DOCX | {"AndroidManifest.xml": b"x", "classes.dex": b"x"}), id="apk as docx"),
        pytest.param(zipped(DOCX | {"buka.exe": b"x"}), id="docx with a program"),
        pytest.param(zipped(DOCX | {"word/vbaProject.bin": b"x"}), id="docm"),
        pytest.param(zipped(open_document() | {"Basic/Standard/Module1.xml": b"x"}), id="odt with macros"),
        pytest.param(zipped({"content.xml": b"x"} | open_document()), id="odt whose mimetype is not first"),
        pytest.param(zipped({"mimetype": f"{ODF}text".encode()}), id="odt without content"),
        pytest.param(zipped(open_document(), stored=()), id="odt whose mimetype is squeezed"),
        pytest.param(zipped({n: c for n, c in DOCX.items() if n != "_rels/.rels"}), id="docx without relations"),
        pytest.param(zipped(DOCX)[:-30], id="docx cut off"),
        pytest.param(zipped(DOCX | {f"word/{n:0200}": b"" for n in range(6_000)}), id="a million entries"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="zip of an end"),
        pytest.param(b"PK\x03\x04PK\x05\x06" + b"\xff" * 18, id="zip with an impossible end"),
    ],
)
def test_what_is_not_kept_whatever_it_is_called(tmp_path: Path, content: bytes, said: str) -> None:
    assert typed(tmp_path, content, said, "foto.jpg") is None


def test_weak_marks_count_for_sounds_only(tmp_path: Path) -> None:
    assert typed(tmp_path, b"\xff\xfb\x90\x00" + bytes(20), "text/plain", "lagu.mp3") is None
    assert typed(tmp_path, b"\xff\xfb\xff\x00" + bytes(20), "audio/mpeg") is None, "no such bitrate"
    assert typed(tmp_path, b"\xff\xe0" + bytes(20), "audio/aac") is None


def test_the_bytes_decide_and_not_what_is_said(tmp_path: Path) -> None:
    assert typed(tmp_path, picture("PNG"), "text/html", "halaman.html") == "image/png"
    assert typed(tmp_path, PDF, "image/jpeg", "foto.jpg") == "application/pdf"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP"])
def test_what_decodes_to_the_end_is_a_picture(tmp_path: Path, format_: str) -> None:
    path, content_type = tmp_path / "file", f"image/{format_.lower()}"
    whole = picture(format_, (200, 150))
    path.write_bytes(whole)
    assert is_picture(path, content_type)
    assert not is_picture(path, "image/heic")
    assert not is_picture(path, "text/html")
    for left in (len(whole) // 2, 40):
        path.write_bytes(whole[:left])
        assert not is_picture(path, content_type), f"{left} bytes of it"


def test_one_format_is_not_shown_as_another(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(picture("PNG"))
    assert not is_picture(path, "image/jpeg")


@pytest.mark.parametrize(
    ("width", "height", "shown"), [(8_000, 7_900, True), (8_000, 8_100, False), (14_000, 14_000, False)]
)
def test_a_bomb_is_no_picture_and_nobody_is_warned(tmp_path: Path, width: int, height: int, shown: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(png_of(width, height))
    assert path.stat().st_size < 250_000
    assert is_picture(path, "image/png") is shown


def test_a_header_that_promises_too_much_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    whole = bytearray(picture("GIF"))
    whole[6:10] = struct.pack("<HH", 65_535, 65_535)
    path.write_bytes(whole)
    assert not is_picture(path, "image/gif")


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_all_frames_count(tmp_path: Path, format_: str) -> None:
    path, content_type = tmp_path / "file", f"image/{format_.lower()}"
    path.write_bytes(picture(format_, (50, 40), frames=5))
    assert is_picture(path, content_type, pixels=5 * 50 * 40)
    assert not is_picture(path, content_type, pixels=5 * 50 * 40 - 1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    format_=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), min_size=1, max_size=8),
    left=st.integers(1, 10_000),
)
def test_no_damage_escapes(tmp_path: Path, format_: str, changes: list[tuple[int, bytes]], left: int) -> None:
    damaged = bytearray(picture(format_))
    for at, put in changes:
        damaged[at % len(damaged) : at % len(damaged) + len(put)] = put
    path = tmp_path / "file"
    path.write_bytes(damaged[:left])
    is_picture(path, f"image/{format_.lower()}")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\0\0\0\x20ftyp", b"RIFF", b"OggS", b"\xff", zipped(DOCX)]),
    rest=st.binary(max_size=200),
    end=st.sampled_from([b"", b"PK\x05\x06" + bytes(18), zipped(open_document())]),
    said=st.sampled_from(["", "audio/mpeg", "text/plain", "x" * 50, ";;"]),
)
def test_any_bytes_have_a_type_or_none(tmp_path: Path, start: bytes, rest: bytes, end: bytes, said: str) -> None:
    assert typed(tmp_path, start + rest + end, said, "a.txt") != ""
