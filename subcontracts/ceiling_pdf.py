"""The notice that a ceiling is nearly used up, as a PDF: a pure function of what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.paper import BOLD, SMALL, TITLE, NumberedCanvas, sheet, text_of
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.rules.ceiling import Ceiling


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What the notice says; `signal` is the percent at which it is given."""

    sender: str
    receiver: str
    address: tuple[str, ...]
    contract: str
    year: int
    ceiling: Decimal
    used: Decimal
    signal: int
    noticed_on: date
    talk_due: date
    decision_due: date


def notice_pdf(notice: Notice) -> bytes:
    """The notice as one A4 page; the same notice gives the same bytes."""
    target = BytesIO()
    title = _("Ceiling of contract %(number)s") % {"number": notice.contract}
    template = sheet(target, title=title, author=notice.sender)
    template.build(_story(notice, title), canvasmaker=partial(NumberedCanvas, title))
    return target.getvalue()


def _story(notice: Notice, title: str) -> list[Flowable]:
    ceiling = Ceiling(notice.ceiling, notice.used, notice.signal)
    values = {
        "number": notice.contract,
        "year": notice.year,
        "ceiling": format_euro(notice.ceiling),
        "used": format_euro(notice.used),
        "percent": ceiling.percent,
        "signal": notice.signal,
        "talk": date_long(notice.talk_due),
        "decision": date_long(notice.decision_due),
    }
    paragraphs = (
        _(
            "Under contract %(number)s a ceiling of %(ceiling)s was agreed for %(year)s. Of this"
            " %(used)s is used: what you declared, and what the care that runs will cost this"
            " year as we estimate it. That is %(percent)s %%; at %(signal)s %% we give you this"
            " notice."
        ),
        _(
            "We invite you to talk about it, on %(talk)s at the latest. After the talk we decide"
            " within two weeks: without delay that is on %(decision)s at the latest."
        ),
        _(
            "Above the ceiling nothing is paid without a written change of the contract. Specific"
            " allocations and crisis care are paid in full."
        ),
    )
    return [
        text_of(notice.sender, BOLD),
        Spacer(0, 8 * mm),
        text_of(notice.receiver),
        *(text_of(line) for line in notice.address),
        Spacer(0, 8 * mm),
        text_of(date_long(notice.noticed_on), SMALL),
        text_of(title, TITLE),
        Spacer(0, 4 * mm),
        *(part for text in paragraphs for part in (text_of(text % values), Spacer(0, 3 * mm))),
    ]
