"""The standards that come with the product, for an office that has not imported its regulation yet."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

from handlers import editions
from handlers.office import Office
from knowledge.standards import Finding, ServiceStandard
from storage import standards as rows

EDITION = "Peraturan Bupati Purwakarta tentang Standar Pelayanan DPMPTSP"


def shipped_standards() -> list[ServiceStandard]:
    """What the ingest made of the scan beside it (`pasti knowledge parse … --json`)."""
    data = json.loads((files("knowledge") / "content" / editions.SHIPPED).read_text(encoding="utf-8"))
    return [
        ServiceStandard(
            number=item["number"],
            title=item["title"],
            kbli=item["kbli"],
            risk=item["risk"],
            product="Sertifikat Standar",
            components={int(number): text for number, text in item["components"].items()},
            findings=tuple(Finding(**finding) for finding in item["findings"]),
        )
        for item in data
    ]


def publish_shipped(office: Office) -> None:
    """Fills a database that never held an edition; any other is left as it is."""
    with office.database.reader() as conn:
        if rows.any_edition(conn):
            return
    text = (files("knowledge") / "content" / editions.SHIPPED).read_bytes()
    editions.import_edition(
        office,
        shipped_standards(),
        title=EDITION,
        effective_on=None,
        source_name=editions.SHIPPED,
        source_sha256=hashlib.sha256(text).hexdigest(),
        whole=False,
    )
