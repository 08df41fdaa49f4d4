"""What stands on a statement's PDF, and the same as JSON, from which it can be made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from billing.forms import FORMS
from billing.models import Adjustment, Entitlement, Hold
from billing.pdf import (
    FormTable,
    HeldAmount,
    Party,
    StatementDocument,
    StatementLine,
    statement_pdf,
)
from billing.rules.explain import Explanation
from billing.rules.recovery import Taken
from billing.rules.settling import NAMES
from billing.rules.statement import Totals
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month

#: Statements are letters to Dutch organisations.
LANGUAGE: Final = "nl"


@dataclass(frozen=True)
class Frame:
    """A statement without its lines."""

    number: str
    month: Month
    issued_date: date
    sender: Organisation
    receiver: Organisation
    iban: str
    pay_date: date | None
    object_before: date


def document(
    frame: Frame,
    entitlements: Sequence[Entitlement],
    held: Iterable[Hold],
    totals: Totals,
    vat: tuple[str, ...],
    plans: Sequence[Taken] = (),
    adjustments: Sequence[Adjustment] = (),
) -> StatementDocument:
    """Put together what is printed; one table a funding form, in the order of the registry.

    What was granted after disputes, and interest, comes after them; what recovery plans put aside
    and take has the last table.
    """
    titles = {code: str(form.TITLE) for code, form in FORMS.items()}
    # No contract pays it, so that it is no funding form.
    titles[Entitlement.INVOICE] = _("Invoiced")
    by_form: dict[str, list[StatementLine]] = {}
    for one in entitlements:
        line = StatementLine(one.reference, _subject(one, frame.month), one.why)
        by_form.setdefault(one.form, []).append(line)
    tables = [
        FormTable(title, tuple(by_form[code])) for code, title in titles.items() if code in by_form
    ]
    if adjustments:
        beside = [
            StatementLine(one.reference, str(one.get_kind_display()), one.why)
            for one in adjustments
        ]
        tables.append(FormTable(_("Corrections after disputes, and interest"), tuple(beside)))
    if plans:
        parts = [StatementLine(f"plan-{one.key}", _("Recovery plan"), one.why) for one in plans]
        tables.append(FormTable(_("Recovery plans"), tuple(parts)))
    sender = party_of(frame.sender)
    return StatementDocument(
        number=frame.number,
        month=frame.month,
        issued_date=frame.issued_date,
        sender=sender,
        receiver=party_of(frame.receiver, frame.iban),
        tables=tuple(tables),
        held=tuple(
            HeldAmount(one.reference, one.reason, one.clause, one.way_out, one.amount, one.due_date)
            for one in held
        ),
        totals=totals,
        pay_date=frame.pay_date,
        object_before=frame.object_before,
        object_to=", ".join([sender.name, *sender.address]),
        vat=vat,
        methods=tuple(dict.fromkeys(_methods(entitlements))),
    )


def _methods(entitlements: Sequence[Entitlement]) -> Iterable[str]:
    """How the years are settled of which something is stated."""
    for one in entitlements:
        if hasattr(one, "settlement"):
            yield str(NAMES[one.settlement.way])


def _subject(entitlement: Entitlement, month: Month) -> str:
    """What it is for, without names: product, placement number, and the month where it is older."""
    parts = [entitlement.subject]
    if entitlement.placement:
        parts.append(_("placement %(number)s") % {"number": entitlement.placement.number})
    if entitlement.month != month.first:
        parts.append(str(Month.of(entitlement.month)))
    return " · ".join(parts)


def party_of(organisation: Organisation, iban: str = "") -> Party:
    """An organisation as a letter names it."""
    town = " ".join(part for part in (organisation.postcode, organisation.city) if part)
    lines = tuple(part for part in (organisation.street, town) if part)
    return Party(organisation.name, lines, organisation.kvk, organisation.agb, iban)


def rendered(made: StatementDocument) -> bytes:
    """The PDF in the language of letters."""
    with translation.override(LANGUAGE):
        return statement_pdf(made)


def to_json(made: StatementDocument) -> dict[str, Any]:
    """For a JSON column; amounts and dates as text."""
    return {
        "number": made.number,
        "month": str(made.month),
        "issued_date": made.issued_date.isoformat(),
        "sender": asdict(made.sender),
        "receiver": asdict(made.receiver),
        "tables": [
            {
                "title": table.title,
                "lines": [[one.reference, one.subject, one.why.as_dict()] for one in table.lines],
            }
            for table in made.tables
        ],
        "held": [
            {
                **asdict(one),
                "amount": str(one.amount),
                "due_date": one.due_date.isoformat() if one.due_date else None,
            }
            for one in made.held
        ],
        "totals": _totals_json(made.totals),
        "pay_date": made.pay_date.isoformat() if made.pay_date else None,
        "object_before": made.object_before.isoformat(),
        "object_to": made.object_to,
        "methods": list(made.methods),
        "vat": list(made.vat),
    }


_SUMS: Final = ("entitled", "corrected", "held", "released", "carried_in")
#: Statements from before there were recovery plans and adjustments do not have them.
_BESIDE: Final = ("deferred", "set_off", "adjusted")


def _totals_json(totals: Totals) -> dict[str, Any]:
    return {
        **{name: str(getattr(totals, name)) for name in (*_SUMS, *_BESIDE)},
        "by_form": {name: str(amount) for name, amount in totals.by_form.items()},
        "open_holds": {name: str(amount) for name, amount in totals.open_holds.items()},
    }


def from_json(stored: Mapping[str, Any]) -> StatementDocument:
    """The document back; rendered again it gives the same bytes."""
    return StatementDocument(
        number=stored["number"],
        month=Month.parse(stored["month"]),
        issued_date=date.fromisoformat(stored["issued_date"]),
        sender=_party_back(stored["sender"]),
        receiver=_party_back(stored["receiver"]),
        tables=tuple(
            FormTable(
                table["title"],
                tuple(
                    StatementLine(reference, subject, Explanation.from_dict(why))
                    for reference, subject, why in table["lines"]
                ),
            )
            for table in stored["tables"]
        ),
        held=tuple(
            HeldAmount(
                **{
                    **one,
                    "amount": Decimal(one["amount"]),
                    "due_date": date.fromisoformat(one["due_date"]) if one["due_date"] else None,
                }
            )
            for one in stored["held"]
        ),
        totals=totals_from_json(stored["totals"]),
        pay_date=date.fromisoformat(stored["pay_date"]) if stored["pay_date"] else None,
        object_before=date.fromisoformat(stored["object_before"]),
        object_to=stored["object_to"],
        methods=tuple(stored["methods"]),
        # Statements from before it was said do not say it when they are made again.
        vat=tuple(stored.get("vat", ())),
    )


def _party_back(stored: Mapping[str, Any]) -> Party:
    return Party(**{**stored, "address": tuple(stored["address"])})


def totals_from_json(stored: Mapping[str, Any]) -> Totals:
    """The totals of a statement as issued."""
    return Totals(
        **{name: Decimal(stored[name]) for name in _SUMS},
        **{name: Decimal(stored.get(name, ZERO)) for name in _BESIDE},
        by_form={name: Decimal(amount) for name, amount in stored["by_form"].items()},
        open_holds={name: Decimal(amount) for name, amount in stored["open_holds"].items()},
    )
