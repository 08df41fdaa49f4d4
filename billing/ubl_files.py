"""An e-invoice as it comes in: UBL 2.1 after EN 16931, an invoice or a credit note.

Bytes in, plain values out. Only what is judged here is read. The reference of an indication stands
with the line as an object identifier (BT-128), a line of an order (BT-132), or a property of the
item named as in `_REFERENCES`; what a credit takes back as a reference to an invoice and its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from billing.models import ReceivedInvoice
from billing.services.invoices import PLACES, InvoicedLine
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_cents, round_to
from hoofdaannemer.core.numbers import clean_iban
from messaging.istandaard.policy import Rejection, admit

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_PREFIXES: Final = {
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "cac": f"{_UBL}CommonAggregateComponents-2",
}
_ROOTS: Final = {
    f"{{{_UBL}Invoice-2}}Invoice": (ReceivedInvoice.Kind.INVOICE, "Invoice", "Invoiced"),
    f"{{{_UBL}CreditNote-2}}CreditNote": (ReceivedInvoice.Kind.CREDIT, "CreditNote", "Credited"),
}
#: Names of a property of the item, in small letters.
_REFERENCES: Final = frozenset({"indicatie", "bepaling", "kenmerk", "indication", "reference"})
_CLIENTS: Final = frozenset({"client", "cliënt", "cliëntnummer", "clientnummer", "bsn"})
_ITEM: Final = "cac:Item/cac:AdditionalItemProperty"


@dataclass(frozen=True, slots=True)
class UblInvoice:
    """What one says of itself; `kvk` is empty where it gives none of the supplier."""

    kind: ReceivedInvoice.Kind
    number: str
    invoice_date: date
    total: Decimal
    iban: str
    kvk: str
    lines: tuple[InvoicedLine, ...]


def read(data: bytes) -> UblInvoice:
    """Read an e-invoice.

    Raises RuleError INV-21 for bytes that are no safe XML or no UBL invoice, and for an amount, day
    or number that is none, with its place.
    """
    root = admit(data)
    if isinstance(root, Rejection):
        raise RuleError("INV-21", str(root.message))
    if str(root.tag) not in _ROOTS:
        raise RuleError(
            "INV-21", _("This is no e-invoice in UBL. Ask for one, or hand in a table.")
        )
    kind, name, verb = _ROOTS[str(root.tag)]
    node = _Node(root)
    if (currency := node.text("cbc:DocumentCurrencyCode")) not in ("", "EUR"):
        raise node.wrong(currency)
    period = node.period("cac:InvoicePeriod")
    return UblInvoice(
        kind=kind,
        number=node.text("cbc:ID")[:40],
        invoice_date=node.day("cbc:IssueDate"),
        total=node.number("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
        iban=_iban(node.text("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID")),
        kvk=_kvk(node),
        lines=tuple(
            _line(one, f"cbc:{verb}Quantity", period, node) for one in node.all(f"cac:{name}Line")
        ),
    )


def _iban(text: str) -> str:
    """The account; what is no IBAN stays as written, so that it is not the known one."""
    try:
        return clean_iban(text) if text else ""
    except ValueError:
        return text[:34]


def _kvk(node: _Node) -> str:
    party = "cac:AccountingSupplierParty/cac:Party"
    for path in (f"{party}/cac:PartyLegalEntity/cbc:CompanyID", f"{party}/cbc:EndpointID"):
        for one in node.all(path):
            text = one.text(".")
            if one.element.get("schemeID") == "0106" and text.isascii() and text.isdigit():
                return text
    return ""


def _line(
    node: _Node, quantity: str, period: tuple[date, date] | None, root: _Node
) -> InvoicedLine:
    days = node.period("cac:InvoicePeriod") or period
    if days is None:
        raise RuleError(
            "INV-21",
            _("Line %(line)s: the period of the care is missing.") % {"line": node.text("cbc:ID")},
        )
    amount = node.number("cbc:LineExtensionAmount")
    percent = node.number("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", ZERO)
    base = node.number("cac:Price/cbc:BaseQuantity", Decimal(1))
    if not base:
        raise node.wrong("0")
    named = {one.text("cbc:Name").casefold(): one.text("cbc:Value") for one in node.all(_ITEM)}
    return InvoicedLine(
        start=days[0],
        end=days[1],
        quantity=round_to(node.number(quantity), PLACES),
        price=round_to(node.number("cac:Price/cbc:PriceAmount") / base, PLACES),
        amount=amount,
        vat=round_cents(amount * percent / 100),
        reference=node.text("cac:DocumentReference/cbc:ID")
        or node.text("cac:OrderLineReference/cbc:LineID")
        or _named(named, _REFERENCES),
        client=_named(named, _CLIENTS),
        product=node.text("cac:Item/cac:SellersItemIdentification/cbc:ID"),
        credits=_credited(node, root),
    )


def _named(properties: dict[str, str], names: frozenset[str]) -> str:
    return next((value for name, value in properties.items() if name in names), "")


def _credited(node: _Node, root: _Node) -> str:
    """Number and line of what it takes back: of the line, or of the invoice with the same line."""
    of = "cac:BillingReference"
    number = node.text(f"{of}/cac:InvoiceDocumentReference/cbc:ID") or root.text(
        f"{of}/cac:InvoiceDocumentReference/cbc:ID"
    )
    line = node.text(f"{of}/cac:BillingReferenceLine/cbc:ID") or node.text("cbc:ID")
    return f"{number}/{line}" if number else ""


@dataclass(frozen=True, slots=True)
class _Node:
    """An element whose paths read as the standard writes them."""

    element: Any

    def all(self, path: str) -> Iterator[_Node]:
        return (_Node(one) for one in self.element.findall(path, _PREFIXES))

    def text(self, path: str) -> str:
        """The text of the first that has one, without spaces around it."""
        texts = ((one.element.text or "").strip() for one in self.all(path))
        return next((text for text in texts if text), "")

    def number(self, path: str, otherwise: Decimal | None = None) -> Decimal:
        text = self.text(path)
        if not text and otherwise is not None:
            return otherwise
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise self.wrong(text) from error
        if not value.is_finite() or abs(value) >= Decimal(10) ** 9:
            raise self.wrong(text)
        return value

    def day(self, path: str) -> date:
        text = self.text(path)
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            raise self.wrong(text) from error

    def period(self, path: str) -> tuple[date, date] | None:
        if not (self.text(f"{path}/cbc:StartDate") or self.text(f"{path}/cbc:EndDate")):
            return None
        return self.day(f"{path}/cbc:StartDate"), self.day(f"{path}/cbc:EndDate")

    def wrong(self, text: str) -> RuleError:
        return RuleError(
            "INV-21",
            _("Line %(line)s of the file: “%(text)s” cannot be read. Ask for a good e-invoice.")
            % {"line": self.element.sourceline, "text": text[:40]},
        )
