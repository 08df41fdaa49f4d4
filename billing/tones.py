"""How the verdict on a declaration looks: the tone of its badge."""

from __future__ import annotations

from typing import Any, Final

from billing.models import Declaration, UpwardDeclaration, UpwardLine

DECLARATION_TONES: Final[dict[Any, str]] = {
    Declaration.Status.APPROVED: "positive",
    Declaration.Status.PARTLY: "warning",
    Declaration.Status.REJECTED: "negative",
    Declaration.Status.REFUSED: "negative",
}
UPWARD_TONES: Final[dict[Any, str]] = {
    UpwardDeclaration.Status.SENT: "information",
    UpwardDeclaration.Status.AWARDED: "positive",
    UpwardDeclaration.Status.PARTLY: "warning",
    UpwardDeclaration.Status.REJECTED: "negative",
    UpwardDeclaration.Status.REFUSED: "negative",
}
UPWARD_LINE_TONES: Final[dict[Any, str]] = {
    UpwardLine.Status.SENT: "information",
    UpwardLine.Status.AWARDED: "positive",
    UpwardLine.Status.REFUSED: "negative",
    UpwardLine.Status.VOID: "neutral",
}
