"""What our PDFs have in common: paper, letters, and the foot of each page.

The same text in the same language gives the same bytes, so what was issued can be made again.
"""

from __future__ import annotations

from typing import IO, Any, Final

from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from hoofdaannemer.core.letters import in_charset

# Signs of the standard fonts; other letters lose their accent (`letters.in_charset`).
_CHARSET: Final = "cp1252"
INK, SOFT, LINE, TINT = map(HexColor, ("#1b2733", "#566573", "#c9d1d8", "#eef3f7"))
#: Between the margins.
WIDTH: Final = A4[0] - 40 * mm
_FRAME: Final = 6  # points that the library keeps free inside its margins
BODY: Final = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=12.5, textColor=INK)
SMALL: Final = ParagraphStyle("small", BODY, fontSize=8, leading=11, textColor=SOFT)
BOLD: Final = ParagraphStyle("bold", BODY, fontName="Helvetica-Bold")
TITLE: Final = ParagraphStyle("title", BOLD, fontSize=18, leading=23)
HEAD: Final = ParagraphStyle("head", BOLD, fontSize=11, leading=15, spaceBefore=12, spaceAfter=4)


def sheet(target: IO[bytes], *, title: str, author: str) -> SimpleDocTemplate:
    """An A4 document with our margins, written to `target`."""
    return SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=20 * mm - _FRAME,
        rightMargin=20 * mm - _FRAME,
        topMargin=18 * mm,
        bottomMargin=22 * mm,
        title=title,
        author=author,
        lang=get_language() or "nl",
        invariant=1,
    )


def text_of(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain text."""
    return _MeasuredOnce(marked(text), style)


def marked(text: str) -> str:
    """Plain text as part of a paragraph."""
    return str(escape(fitting(text)))


def fitting(text: str) -> str:
    """Plain text in the letters of the standard fonts, to draw by itself."""
    return in_charset(text, _CHARSET)


class _MeasuredOnce(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """Breaks its lines once for a width: a table of a thousand rows asks each cell three times."""

    _measured: float | None = None

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """Width and height in points."""
        if self._measured == availWidth and hasattr(self, "blPara"):
            return self.width, self.height
        found: tuple[float, float] = super().wrap(availWidth, availHeight)
        self._measured = availWidth
        return found


class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Writes a text and `page 1 of 3` below every page, known only when all are drawn."""

    def __init__(self, left: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._left = left
        self._drawn: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # the library's name
        """Keep the page until their number is known."""
        self._drawn.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the foot of each page, then the file."""
        for state in self._drawn:
            self.__dict__.update(state)
            self._foot(len(self._drawn))
            super().showPage()
        super().save()

    def _foot(self, pages: int) -> None:
        self.setFont("Helvetica", 8)
        self.setFillColor(SOFT)
        page = _("Page %(page)s of %(pages)s") % {"page": self.getPageNumber(), "pages": pages}
        self.drawString(20 * mm, 12 * mm, fitting(self._left))
        self.drawRightString(A4[0] - 20 * mm, 12 * mm, fitting(page))
