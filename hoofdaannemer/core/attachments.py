"""Files that a browser keeps and does not show: letters, contracts, messages as they were."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

PDF: Final = "application/pdf"


def attachment(content: bytes, name: str, kind: str = PDF) -> HttpResponse:
    """A whole file under a name; `kind` is its media type, which no browser guesses again."""
    headers = {
        "Content-Disposition": str(content_disposition_header(as_attachment=True, filename=name)),
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=kind, headers=headers)


def plain_name(name: str) -> str:
    """The name of a file without marks that one cannot see, such as those that turn it around."""
    return "".join(sign for sign in name if sign.isprintable())
