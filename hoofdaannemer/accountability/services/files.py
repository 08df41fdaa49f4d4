"""Files of what is published: a PDF and a spreadsheet of the same document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from hoofdaannemer.accountability import pdf, spreadsheet
from hoofdaannemer.accountability.models import ReleaseFile
from hoofdaannemer.accountability.reporting import ReportDocument

#: Municipalities read Dutch, whatever language the publisher works in.
LANGUAGE = "nl"


def files_of(document: ReportDocument) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each kind of file with its fields, but for its owner and its name."""
    made: list[tuple[str, bytes]] = [
        (ReleaseFile.Kind.PDF, pdf.render(document, LANGUAGE)),
        (ReleaseFile.Kind.XLSX, spreadsheet.render(document)),
    ]
    for kind, content in made:
        yield (
            kind,
            {
                "kind": kind,
                "content": content,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
