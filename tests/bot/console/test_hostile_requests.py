"""What a browser would not ask: every answer is a sentence, and none of them a failure of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs
from yarl import URL

from bot.console.app import all_routes
from handlers import accounts, handover
from handlers.access import Actor
from handlers.messages import Address, Inbound
from tests.bot.connected import Connected, connected
from tests.bot.console.offices import PASSWORD
from tests.bot.console.test_every_route import Browser, filled

BIG = 10**19 - 1
ASKED = [
    ("GET", f"/petugas/percakapan/{BIG}", {}),
    ("GET", f"/petugas/percakapan/{2**63}", {}),
    ("GET", "/petugas/percakapan/{id}?sebelum=" + "9" * 30, {}),
    ("GET", "/petugas/percakapan/{id}?sebelum=²", {}),
    ("POST", "/petugas/kotak-masuk/daftar", {"sesudah": f"2026-01-01T00:00:00+00:00/{BIG}"}),
    ("POST", "/petugas/kotak-masuk/daftar", {"sesudah": "0001-01-01T00:00:00+14:00/5"}),
    ("POST", "/petugas/kotak-masuk/daftar", {"sesudah": "kapan-kapan/5", "terbuka": "²"}),
    ("POST", "/petugas/kotak-masuk/daftar", {"cari": "%_\\'\";--" * 12}),
    ("POST", "/petugas/kotak-masuk/daftar", {"cari": "plain", "saring": "x", "kanal": "x"}),
    ("POST", "/petugas/percakapan/{id}/ambil", {"pemegang": "²"}),
    ("POST", "/petugas/percakapan/{id}/dibaca", {"posisi": "9" * 30}),
    ("POST", "/petugas/percakapan/{id}/bisukan", {"alasan": "uji", "sampai": "9999-12-31"}),
    ("POST", "/petugas/percakapan/{id}/bisukan", {"alasan": "uji", "sampai": "2026-13-45"}),
    ("POST", "/petugas/percakapan/{id}/catatan", {"text": "x" * 4_001}),
    ("POST", "/petugas/percakapan/{id}/catatan", {"text": "\x00"}),
    ("POST", "/petugas/percakapan/{id}/balas", {"text": "\ud83d" * 3}),
    ("POST", f"/petugas/percakapan/{{id}}/tugas/{BIG}", {}),
]


async def conversation(program: Connected) -> int:
    office = program.pasti.office
    inbound = Inbound(Address("web", "warga"), "m1", office.clock(), "halo")
    return (await program.pasti.intake.take(inbound)).conversation


async def test_whatever_is_asked_the_answer_is_a_sentence(tmp_path: Path) -> None:
    async with connected(tmp_path, public_url=None) as program, session() as http:
        browser = await signed_in(program, http)
        id_ = await conversation(program)
        for method, path, fields in ASKED:
            data = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
            status = await browser.ask(method, path.replace("{id}", str(id_)), **data)  # type: ignore[arg-type]
            assert (path, status < 500, status) == (path, True, status)


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/mixed"])
async def test_a_reply_that_is_none_is_refused(tmp_path: Path, content_type: str) -> None:
    async with connected(tmp_path, public_url=None) as program, session() as http:
        browser = await signed_in(program, http)
        id_ = await _held(program)
        url = f"{browser.url}/petugas/percakapan/{id_}/balas"
        headers = {"X-Requested-With": "pasti", "X-CSRF-Token": browser.csrf, "Content-Type": content_type}
        async with http.post(url, data=b"--x\r\nnonsense", headers=headers) as answer:
            assert answer.status < 500


PART = b'--x\r\nContent-Disposition: form-data; name="alasan"\r\n'
UNREADABLE = [
    ("application/x-www-form-urlencoded", b"alasan=\xff\xfe"),
    ("application/x-www-form-urlencoded; charset=klingon", b"alasan=uji"),
    ("multipart/form-data", b"--x--\r\n"),  # no boundary
    ("multipart/form-data; boundary=x", b"alasan=uji"),  # nor in the body
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),  # an empty part
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nuji\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", PART + b"Content-Type: text/plain; charset=klingon\r\n\r\nuji\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", PART + b"Content-Transfer-Encoding: klingon\r\n\r\nuji\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", PART + b"\r\n\xff\xfe\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", PART + b"without a colon\r\n\r\nuji\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\n' + b"z" * 40),
]


async def test_a_form_that_cannot_be_read_is_said_to_be_none_wherever_it_is_posted(tmp_path: Path) -> None:
    async with connected(tmp_path, public_url=None) as program, session() as http:
        browser = await signed_in(program, http)
        id_ = await _held(program)
        posts = [route for route in all_routes(program.pasti.console) if route.changes]
        assert sum(route.takes_files for route in posts) == 1
        for route in posts:
            url = browser.url + filled(route, (id_, 1, 1))
            for content_type, body in UNREADABLE:
                if route.takes_files and content_type.startswith("multipart/"):
                    continue  # it reads by itself, and what is not text in it as best it can: see below
                headers = {"X-CSRF-Token": browser.csrf, "Content-Type": content_type}
                async with http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                    assert (route.path, body, answer.status) == (route.path, body, 400)
                    assert "<h1>Tidak terbaca</h1>" in await answer.text()


@pytest.mark.parametrize(("content_type", "body"), UNREADABLE)
async def test_a_reply_in_parts_that_cannot_be_read_is_no_fault_of_ours(
    tmp_path: Path, content_type: str, body: bytes
) -> None:
    async with connected(tmp_path, public_url=None) as program, session() as http:
        browser = await signed_in(program, http)
        url = f"{browser.url}/petugas/percakapan/{await _held(program)}/balas"
        headers = {"X-Requested-With": "pasti", "X-CSRF-Token": browser.csrf, "Content-Type": content_type}
        async with http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            assert answer.status in (400, 422)  # a part that is no word of a reply leaves an empty one
        assert [row for row in program.rows("outbox") if row["sender"] == "officer"] == []


async def test_a_reply_that_comes_in_pieces_is_sent_whole(tmp_path: Path) -> None:
    async with connected(tmp_path, public_url=None) as program, session() as http:
        browser = await signed_in(program, http)
        id_ = await _held(program)
        words = "siapkan berkas dan datang ke loket " * 100
        body = f'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n{words}\r\n--x--\r\n'.encode()

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 400):
                yield body[start : start + 400]
                await asyncio.sleep(0)

        headers = {"X-Requested-With": "pasti", "X-CSRF-Token": browser.csrf}
        headers["Content-Type"] = "multipart/form-data; boundary=x"
        async with http.post(f"{browser.url}/petugas/percakapan/{id_}/balas", data=pieces(), headers=headers) as answer:
            assert answer.status == 200, await answer.text()
        written = "".join(str(row["lines"]) for row in program.rows("outbox") if row["sender"] == "officer")
        assert written.count("datang ke loket") == 100


async def test_whoever_goes_in_the_middle_of_a_file_leaves_nothing_and_is_no_fault_of_ours(tmp_path: Path) -> None:
    async with connected(tmp_path, public_url=None) as program, session() as http:
        browser = await signed_in(program, http)
        id_ = await _held(program)
        url = URL(browser.url)
        cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in http.cookie_jar)
        request = (
            f"POST /petugas/percakapan/{id_}/balas HTTP/1.1\r\nHost: {url.authority}\r\nCookie: {cookies}\r\n"
            f"X-Requested-With: pasti\r\nX-CSRF-Token: {browser.csrf}\r\nContent-Length: 1000000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="file"; filename="surat.pdf"\r\n\r\n%PDF-1.4 '
        )
        media = program.pasti.settings.data_dir / "media"
        with capture_logs() as logs:
            _, writer = await asyncio.open_connection(url.host, url.port)
            writer.write(request.encode() + bytes(100_000))
            await _until(lambda: _files(media))
            writer.transport.abort()
            await _until(lambda: not _files(media))
            await asyncio.sleep(0.1)
        assert [line for line in logs if line["log_level"] == "error"] == []


async def test_nothing_is_kept_of_whoever_may_not_answer(tmp_path: Path) -> None:
    async with connected(tmp_path, public_url=None) as program, session() as http:
        browser = await signed_in(program, http)
        id_ = await conversation(program)  # nobody holds it
        form = aiohttp.FormData({"text": "halo"})
        form.add_field("file", b"%PDF-1.4 surat", filename="surat.pdf", content_type="application/pdf")
        headers = {"X-Requested-With": "pasti", "X-CSRF-Token": browser.csrf}
        url = f"{browser.url}/petugas/percakapan/{id_}/balas"
        async with http.post(url, data=form, headers=headers) as answer:
            assert (answer.status, await answer.text()) == (409, "Ambil alih dahulu percakapannya, lalu balas.")
        media = program.pasti.settings.data_dir / "media"
        assert not _files(media)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def _until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - the program does it
            await asyncio.sleep(0.01)


async def _held(program: Connected) -> int:
    id_ = await conversation(program)
    row = program.rows("officers")[0]
    who = Actor(int(str(row["id"])), "Rina", "officer")
    await program.pasti.writer.run(handover.take_over, program.pasti.office, who, id_)
    return id_


def session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def signed_in(program: Connected, http: aiohttp.ClientSession) -> Browser:
    accounts.add_officer(program.pasti.office, username="rina", name="Rina", role="officer", password=PASSWORD)
    browser = Browser(program.url, http)
    await browser.sign_in("rina")
    return browser
