"""The bare limit: a server that reads a signed webhook, checks its signature, and answers empty. Nothing is kept.

It stands on the same web server and event loop as PASTI, so what PASTI does besides is the ratio.
"""

from __future__ import annotations

import asyncio
import hmac
import sys
from base64 import b64encode
from collections.abc import Mapping

import uvloop
from aiohttp import web

TOKEN = "bench-token"
ANSWER = "<Response/>"


def is_signed(token: str, url: str, form: Mapping[str, object], signature: str) -> bool:
    """Twilio's signature: HMAC-SHA1 over the address and the sorted fields."""
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    expected = b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
    return hmac.compare_digest(expected, signature)


def make_app(public_url: str) -> web.Application:
    async def webhook(request: web.Request) -> web.Response:
        form = await request.post()
        signature = request.headers.get("X-Twilio-Signature", "")
        if not is_signed(TOKEN, public_url + request.raw_path, form, signature):
            return web.Response(status=403)
        return web.Response(text=ANSWER, content_type="text/xml")

    app = web.Application()
    app.router.add_post("/webhooks/whatsapp", webhook)
    return app


async def serve(public_url: str) -> None:
    runner = web.AppRunner(make_app(public_url), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
