"""The pack of a sample as one ZIP: population, drawn lines, and the evidence of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from billing.production_files import evidence_pdf
from billing.rules.evidence import Section
from hoofdaannemer.core import workbooks

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class DrawnEvidence:
    """A drawn line: its file's name without ending, its title, and its evidence."""

    name: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """All that the ZIP holds; tables begin with their headings."""

    author: str
    #: When the sample was drawn: the files carry it, so that the same pack has the same bytes.
    at: datetime
    about: Rows
    drawn: Rows
    population: Rows
    lines: tuple[DrawnEvidence, ...]
    statement_pdf: bytes


def pack_zip(pack: Pack) -> bytes:
    """The pack as a file."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in _files(pack):
            info = ZipInfo(name, date_time=pack.at.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, content)
    return target.getvalue()


def _files(pack: Pack) -> Iterable[tuple[str, bytes]]:
    sheets = {_("Sample"): pack.about, _("Drawn lines"): pack.drawn}
    yield "steekproef.xlsx", workbooks.book(sheets)
    yield "populatie.csv", workbooks.text(pack.population)
    yield "productieverantwoording.pdf", pack.statement_pdf
    for one in pack.lines:
        yield f"regels/{one.name}.pdf", evidence_pdf(one.title, pack.author, one.sections)
