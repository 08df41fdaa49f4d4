"""A payment run as a SEPA credit transfer file (pain.001), in the version that a bank takes.

Frozen values in, bytes out: the same order gives the same bytes. The library builds the document
and checks it against the schema; names and texts are brought into the SEPA character set here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import sepaxml
from django.utils import timezone
from django.utils.translation import gettext as _
from sepaxml import SepaTransfer

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.letters import without_accents
from hoofdaannemer.core.money import ZERO, to_cents
from hoofdaannemer.core.numbers import bic_of, clean_iban, is_bic
from hoofdaannemer.core.working_days import is_bank_day

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9+?:().,' -]{0,34}")
# EPC217-08: the basic Latin set that every bank of the SEPA area takes.
_OUTSIDE: Final = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
_NAME_LENGTH: Final = 70
_REMITTANCE_LENGTH: Final = 140


class Version(StrEnum):
    """The two versions in use: of 2009, and of 2019, to which banks move."""

    V03 = "pain.001.001.03"
    V09 = "pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is; the BIC is looked up from the IBAN where it is left out."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment in euros; the end-to-end id (at most 35 signs) comes back on the statement."""

    end_to_end_id: str
    creditor: Account
    amount: Decimal
    remittance: str


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One batch from one account on one day. `message_id` (at most 35 signs) never comes again.

    `created_at` is the moment of the release; the bank books the batch as one amount.
    """

    message_id: str
    created_at: datetime
    debtor: Account
    execution_date: date
    transfers: tuple[Transfer, ...] = field(default=())
    version: Version = Version.V03

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.transfers), ZERO)

    @property
    def local_moment(self) -> datetime:
        """The moment of the release as the clock on the wall showed it."""
        return timezone.make_naive(self.created_at)


def sanitised(text: str, length: int) -> str:
    """The text in the SEPA character set, at most so many signs; letters lose their accents."""
    spelled = text.replace("&", "+").replace("_", "-").replace("€", "EUR ")
    allowed = _OUTSIDE.sub(" ", without_accents(spelled))
    # The rulebook has no slash at either end and none twice.
    return re.sub("/{2,}", "/", " ".join(allowed.split())).strip("/ ")[:length].strip("/ ")


def payment_file(order: PaymentOrder) -> bytes:
    """The order as a checked document of its version.

    Raises RuleError SEP-01 for an account or name that no bank takes, SEP-02 for an amount that
    is not above zero (it is carried to the next statement), SEP-03 where banks do not work on
    the execution date or it lies before the release, SEP-04 for ids that are wrong or come twice,
    SEP-05 where there is nothing to pay. ValueError for a part of a cent.
    """
    _check(order)
    document = _Document(order)
    for one in order.transfers:
        document.add_payment(_payment(order, one))
    exported: bytes = document.export(validate=False)
    _schema(order.version).validate(exported.decode())
    return exported


@cache
def _schema(version: Version) -> Any:
    """The bank's schema, compiled once a process: the library would compile it for every file."""
    # Imported here: this package changes the standard library's XML parser when it is imported.
    import xmlschema

    return xmlschema.XMLSchema(Path(sepaxml.__file__).parent / "schemas" / f"{version}.xsd")


def _check(order: PaymentOrder) -> None:
    if not order.transfers:
        raise RuleError("SEP-05", _("There is nothing to pay. Leave this payment run."))
    if any(one.amount <= 0 for one in order.transfers):
        raise RuleError(
            "SEP-02",
            _("An amount is not above zero. Take it out: it is set off on the next statement."),
        )
    if not is_bank_day(order.execution_date) or order.execution_date < order.local_moment.date():
        raise RuleError(
            "SEP-03",
            _("Banks do not pay on this day. Choose a working day, today or later."),
        )
    ids = [one.end_to_end_id for one in order.transfers]
    if len(set(ids)) != len(ids) or not all(_ID.fullmatch(one) for one in [order.message_id, *ids]):
        raise RuleError(
            "SEP-04",
            _("A payment has no number of its own of at most 35 plain signs. Number it again."),
        )


def _account(account: Account) -> dict[str, Any]:
    """Name, IBAN and BIC as the library wants them. Raises RuleError SEP-01."""
    name = sanitised(account.name, _NAME_LENGTH)
    try:
        iban = clean_iban(account.iban)
        bic = account.bic or bic_of(iban)
    except ValueError:
        iban, bic = "", ""
    if not name or not iban or (bic and not is_bic(bic)):
        raise RuleError(
            "SEP-01",
            _("The name or account number of a party is not right. Check the IBAN and the BIC."),
        )
    # Within the SEPA area the IBAN is enough; the BIC is given where it is known.
    return {"name": name, "IBAN": iban, **({"BIC": bic} if bic else {})}


def _payment(order: PaymentOrder, transfer: Transfer) -> dict[str, Any]:
    remittance = sanitised(transfer.remittance, _REMITTANCE_LENGTH)
    return {
        **_account(transfer.creditor),
        "amount": to_cents(transfer.amount),
        "execution_date": order.execution_date,
        "description": remittance or transfer.end_to_end_id,
        "endtoend_id": transfer.end_to_end_id,
    }


class _Document(SepaTransfer):  # type: ignore[misc]  # the library has no types
    """The library's document with our ids and moment, where it draws them at random."""

    def __init__(self, order: PaymentOrder) -> None:
        self._order = order
        debtor = {**_account(order.debtor), "batch": True, "currency": "EUR"}
        super().__init__(debtor, schema=order.version.value, clean=False)

    def _create_header(self) -> None:
        self.msg_id = self._order.message_id
        super()._create_header()
        self._write("CreDtTm", self._order.local_moment.strftime("%Y-%m-%dT%H:%M:%S"))

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        # One execution date makes one batch, so the run's own id names it.
        self._write("PmtInfId", self._order.message_id)

    def _write(self, element: str, text: str) -> None:
        for found in self._xml.iter(element):
            found.text = text
