"""The style sheets, scripts and icons of a page: a few small files, kept in memory, cached by browsers for good.

The address holds a hash over all of them, so a changed file is a new address and a module's relative import stays
within its own version.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from aiohttp import web

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Assets:
    """The files of one folder, under one address."""

    def __init__(self, folder: Path, address: str) -> None:
        self._files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(f"{name} {len(content)}\n".encode() + content)
        self.version = digest.hexdigest()[:12]
        self.url = f"{address}/{self.version}"

    def response(self, version: str, name: str) -> web.Response:
        """The file, or 404. A page from before an update gets the present file, not to be kept."""
        if name not in self._files:
            raise web.HTTPNotFound
        lasting = "public, max-age=31536000, immutable" if version == self.version else "no-cache"
        return web.Response(
            body=self._files[name],
            content_type=_TYPES[Path(name).suffix],
            charset="utf-8",
            headers={"Cache-Control": lasting},
        )
