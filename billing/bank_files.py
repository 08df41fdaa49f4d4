"""What a bank tells of our payments: pain.002 (status) and camt.052, .053 and .054 (account).

Bytes in, plain values out. Banks fill these messages in differently, so only what identifies a
payment and its fate is read, whatever the version; an element that is not known says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from messaging.istandaard.policy import Rejection, admit

_NAMESPACE: Final = re.compile(
    r"urn:iso:std:iso:20022:tech:xsd:(pain\.002|camt\.05[234])\.001\.[0-9]{2}"
)
#: External codes of ISO 20022: what a status of a payment or of a whole file comes to.
_ACCEPTED: Final = frozenset({"ACCC", "ACCP", "ACSC", "ACSP", "ACTC", "ACWC"})
_REJECTED: Final = frozenset({"RJCT", "CANC"})


class Outcome(StrEnum):
    """What became of a payment, as far as one line tells."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BOOKED = "booked"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Heard:
    """One line: about a payment, or about all payments of a file where `reference` is that file's.

    `amount` (euros) and `day` are given by account messages; `code` is the bank's reason.
    """

    outcome: Outcome
    reference: str
    is_whole: bool = False
    amount: Decimal | None = None
    day: date | None = None
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class BankFile:
    """A message of a bank; `kind` such as `pain.002`."""

    kind: str
    message_id: str
    lines: tuple[Heard, ...]


def read(data: bytes) -> BankFile:
    """Read a message of a bank.

    Raises RuleError BNK-01 for bytes that are no safe XML, BNK-02 for another kind of document,
    BNK-03 for an amount or date that is none, with its place.
    """
    root = admit(data)
    if isinstance(root, Rejection):
        raise RuleError("BNK-01", str(root.message))
    namespace, _brace, _name = str(root.tag).removeprefix("{").partition("}")
    if not (found := _NAMESPACE.fullmatch(namespace)):
        raise RuleError(
            "BNK-02", _("This is no pain.002, camt.052, camt.053 or camt.054. Choose another file.")
        )
    kind = found[1]
    document = _Node(root, namespace)
    lines = _statuses(document) if kind == "pain.002" else _entries(document)
    return BankFile(kind, document.text("*/GrpHdr/MsgId")[:35], tuple(lines))


@dataclass(frozen=True, slots=True)
class _Node:
    """An element with its namespace, so that paths read as the standard writes them."""

    element: Any
    namespace: str

    def all(self, path: str) -> Iterator[_Node]:
        steps = "/".join(
            step if step in {"*", "."} else f"{{{self.namespace}}}{step}"
            for step in path.split("/")
        )
        return (_Node(one, self.namespace) for one in self.element.findall(steps))

    def text(self, path: str) -> str:
        """The text of the first that has one, without spaces around it."""
        texts = ((one.element.text or "").strip() for one in self.all(path))
        return next((text for text in texts if text), "")

    def amount(self, path: str) -> Decimal | None:
        if not (text := self.text(path)):
            return None
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise self._wrong(text) from error
        if not value.is_finite():
            raise self._wrong(text)
        return value

    def day(self, path: str) -> date | None:
        """A date, or the date of a moment."""
        if not (text := self.text(f"{path}/Dt") or self.text(f"{path}/DtTm")):
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            raise self._wrong(text) from error

    def _wrong(self, text: str) -> RuleError:
        return RuleError(
            "BNK-03",
            _("Line %(line)s: “%(text)s” is no amount or date. Ask the bank for a good file.")
            % {"line": self.element.sourceline, "text": text[:40]},
        )


def _statuses(document: _Node) -> Iterator[Heard]:
    """A pain.002: the most precise level that speaks of a payment counts."""
    for report in document.all("CstmrPmtStsRpt"):
        group = report.text("OrgnlGrpInfAndSts/OrgnlMsgId")
        if one := _status(report, "OrgnlGrpInfAndSts", "GrpSts", group, is_whole=True):
            yield one
        for batch in report.all("OrgnlPmtInfAndSts"):
            name = batch.text("OrgnlPmtInfId") or group
            if one := _status(batch, ".", "PmtInfSts", name, is_whole=True):
                yield one
            for transaction in batch.all("TxInfAndSts"):
                reference = transaction.text("OrgnlEndToEndId")
                if one := _status(transaction, ".", "TxSts", reference):
                    yield one


def _status(
    node: _Node, path: str, element: str, reference: str, *, is_whole: bool = False
) -> Heard | None:
    code = node.text(f"{path}/{element}")
    if code in _ACCEPTED:
        outcome = Outcome.ACCEPTED
    elif code in _REJECTED:
        outcome = Outcome.REJECTED
    else:
        return None  # pending, or partly: the lines below say which
    why = f"{path}/StsRsnInf"
    return Heard(
        outcome,
        reference,
        is_whole=is_whole,
        code=node.text(f"{why}/Rsn/Cd") or node.text(f"{why}/Rsn/Prtry"),
        text=node.text(f"{why}/AddtlInf")[:200],
    )


def _entries(document: _Node) -> Iterator[Heard]:
    """A camt: what was booked; what is only pending is told again once it is."""
    for message in document.all("*"):
        for account in (*message.all("Stmt"), *message.all("Rpt"), *message.all("Ntfctn")):
            for entry in account.all("Ntry"):
                if "BOOK" in {entry.text("Sts"), entry.text("Sts/Cd")}:
                    yield from _entry(entry)


def _entry(entry: _Node) -> Iterator[Heard]:
    is_debit = entry.text("CdtDbtInd") == "DBIT"
    day = entry.day("BookgDt")
    details = list(entry.all("NtryDtls/TxDtls"))
    for one in details:
        yield _transaction(one, entry, day, is_debit=is_debit)
    batch = entry.text("NtryDtls/Btch/PmtInfId") or entry.text("NtryDtls/Btch/MsgId")
    if is_debit and not details and batch:
        yield Heard(Outcome.BOOKED, batch, is_whole=True, amount=entry.amount("Amt"), day=day)


def _transaction(one: _Node, entry: _Node, day: date | None, *, is_debit: bool) -> Heard:
    own = one.text("CdtDbtInd")
    amount = one.amount("Amt") or one.amount("AmtDtls/TxAmt/Amt") or entry.amount("Amt")
    return Heard(
        Outcome.BOOKED if (own == "DBIT" if own else is_debit) else Outcome.RETURNED,
        one.text("Refs/EndToEndId"),
        amount=amount,
        day=day,
        code=one.text("RtrInf/Rsn/Cd") or one.text("RtrInf/Rsn/Prtry"),
        text=(one.text("RtrInf/AddtlInf") or one.text("AddtlTxInf"))[:200],
    )
