"""A self-billed invoice in UBL 2.1 after EN 16931: type 389, or 261 for a credit note.

Frozen values in, bytes out: the same invoice gives the same bytes. The standard's own business
rules are held against it in the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from billing.rules.invoice import RATES, Sums, Vat
from hoofdaannemer.core.periods import Period

# What XML cannot hold.
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class InvoiceParty:
    """A side of the invoice; a tax number is a VAT number (`NL…`) or the nine digits of an RSIN."""

    name: str
    street: str
    postcode: str
    city: str
    kvk: str
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """What stands on it. `due_date` is empty where there is nothing to pay."""

    number: str
    issued: date
    period: Period
    seller: InvoiceParty
    buyer: InvoiceParty
    iban: str
    due_date: date | None
    sums: Sums


def einvoice(invoice: Invoice) -> bytes:
    """The invoice as XML, in the active language."""
    root = "CreditNote" if invoice.sums.is_credit else "Invoice"
    sums = invoice.sums
    text = render_to_string(
        "billing/einvoice.xml",
        {
            "root": root,
            "quantity": "CreditedQuantity" if sums.is_credit else "InvoicedQuantity",
            "type_code": 261 if sums.is_credit else 389,
            "is_credit": sums.is_credit,
            "number": invoice.number,
            "issued": invoice.issued.isoformat(),
            "due_date": invoice.due_date.isoformat() if invoice.due_date else "",
            "note": _("Invoice made out by the buyer: monthly statement %(number)s.")
            % {"number": invoice.number},
            "period": {
                "start": invoice.period.start.isoformat(),
                "end": (invoice.period.end or invoice.issued).isoformat(),
            },
            "parties": [_party("Supplier", invoice.seller), _party("Customer", invoice.buyer)],
            "iban": invoice.iban,
            "terms": _("Set off against the next monthly statement.") if sums.is_credit else "",
            "tax": sums.tax,
            "parts": [_part(part.vat, part.net, part.tax) for part in sums.parts],
            "net": sums.net,
            "total": sums.total,
            "prepaid": sums.prepaid,
            "rounding": sums.rounding,
            "due": sums.due,
            "lines": [
                {
                    "reference": one.posting.reference,
                    "name": _UNWRITABLE.sub("", one.posting.text)[:_LONGEST_NAME],
                    "net": one.net,
                    # A price is never below zero (BR-27), a quantity may be.
                    "quantity": -1 if one.net < 0 else 1,
                    "price": abs(one.net),
                    **_treated(one.posting.vat),
                }
                for one in sums.lines
            ],
        },
    )
    return text.encode()


def _party(role: str, party: InvoiceParty) -> tuple[str, InvoiceParty, str, str]:
    """With its tax number and whose scheme that is of: an RSIN is none of VAT (BT-32)."""
    scheme = "VAT" if party.tax_number.startswith("NL") else "TAX"
    return role, party, party.tax_number, scheme


def _treated(vat: Vat) -> dict[str, Any]:
    return {"category": "E" if vat is Vat.EXEMPT else "S", "rate": RATES[vat]}


def _part(vat: Vat, net: Decimal, tax: Decimal) -> dict[str, Any]:
    exemption = _("Exempt: art. 11(1) Wet op de omzetbelasting 1968")
    return {
        "net": net,
        "tax": tax,
        "exemption": exemption if vat is Vat.EXEMPT else "",
        **_treated(vat),
    }
