"""Return messages (302, 306, 308, 316, 318, 320) and the declaration answer (325).

Sources: IV028, IV032 for returns; IV087, IV088 for the declaration answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from .lines import ServiceRow, declaration_rows
from .model.declaration import DeclarationAnswer, DeclarationClient, ServiceLine
from .model.header import DeclarationAnswerHeader, Header, Part, ReturnHeader
from .model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    AllocationRequestReturn,
    AllocationReturn,
    AnswerMessage,
    AnswerReturn,
    ChangeRequestMessage,
    ChangeRequestReturn,
    DeclarationAnswerMessage,
    DeclarationMessage,
    Message,
    ReturnMessage,
    StartMessage,
    StartReturn,
    StopMessage,
    StopReturn,
)
from .model.values import Amount, ClosedPeriod, LineReference, MessageId, TotalAmount, XsdVersion
from .parts import mapped, parts
from .rules.registry import REJECTED, Finding

NO_REMARKS: Final = "0200"
NOT_ASSESSED: Final = "0233"
FULLY_AWARDED: Final = "8001"
_HEADER: Final = "/Bericht/Header"
_DECLARATION: Final = "/Bericht/Declaratie"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIdentity:
    """What an answer says of itself: its number, its date, the versions it was made with."""

    number: str
    day: date
    xslt_version: str = ""
    xsd_version: XsdVersion = field(default_factory=XsdVersion)


def answer(
    message: Message,
    findings: Iterable[Finding],
    *,
    identification: str,
    date: date,
    not_assessed: Collection[str] = (),
) -> ReturnMessage:
    """The return message to a 301, 305, 307, 315, 317 or 319.

    Without findings a header, which is full acceptance. An error within the message (0001) or in
    the header gives a header with its code. Otherwise everything is copied and each class has its
    codes: those of its findings, 0233 where its path is in `not_assessed`, else 0200.

    Raises ValueError for a message that has no return message.
    """
    made = _RETURNS.get(type(message))
    if made is None:
        raise ValueError(f"{message.type} has no return message")
    found = list(findings)
    header_codes = _header_codes(message, found)
    content: Part | None = None
    if found and not header_codes:
        header_codes = (NO_REMARKS,)
        content = _judged(message, found, not_assessed)
    identity = OwnIdentity(number=identification, day=date)
    return made(message, _return_header(message.header, identity, header_codes), content)


def _header_codes(message: Message, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The codes that leave only a header: 0001 for level 2, else those found in the header."""
    if any(finding.code == REJECTED for finding in findings):
        return (REJECTED,)
    whole = ("", "/Bericht")
    in_header = [
        finding.code
        for finding in findings
        if finding.path in whole or _is_at_or_below(finding.path, _HEADER)
    ]
    return tuple(dict.fromkeys(in_header))


def _is_at_or_below(path: str, parent: str) -> bool:
    return path == parent or path.startswith(parent + "/")


def _judged(
    message: Message, findings: Sequence[Finding], not_assessed: Collection[str]
) -> Part | None:
    codes = _codes_by_class(message, findings)

    def judge(path: str, part: Part) -> Part:
        default = (NOT_ASSESSED if path in not_assessed else NO_REMARKS,)
        return replace(part, return_codes=tuple(codes.get(path, default)))

    return mapped(message, judge)


def _codes_by_class(message: Message, findings: Sequence[Finding]) -> dict[str, list[str]]:
    """Codes per path of a class; a finding about an element counts for its nearest class."""
    classes = {path for path, _part in parts(message)}
    codes: dict[str, list[str]] = {}
    for finding in findings:
        path = finding.path
        while path and path not in classes:
            path = path.rpartition("/")[0]
        if not path:
            raise ValueError(f"{finding.path} is no place in this {message.type}")
        known = codes.setdefault(path, [])
        if finding.code not in known:
            known.append(finding.code)
    return codes


def _return_header(header: Header, identity: OwnIdentity, codes: tuple[str, ...]) -> ReturnHeader:
    return ReturnHeader(
        sender=header.sender,
        receiver=header.receiver,
        message_id=header.message_id,
        xsd_version=header.xsd_version,
        return_id=identity.number,
        return_date=identity.day,
        xslt_version=identity.xslt_version,
        return_xsd_version=identity.xsd_version,
        return_codes=codes,
    )


_Maker = Callable[[Message, ReturnHeader, "Part | None"], ReturnMessage]


def _with_client(made: Callable[..., ReturnMessage]) -> _Maker:
    return lambda message, header, content: made(
        family=message.family, header=header, client=content
    )


_RETURNS: Final[Mapping[type[Message], _Maker]] = {
    AllocationMessage: _with_client(AllocationReturn),
    StartMessage: _with_client(StartReturn),
    StopMessage: _with_client(StopReturn),
    AllocationRequestMessage: _with_client(AllocationRequestReturn),
    ChangeRequestMessage: _with_client(ChangeRequestReturn),
    AnswerMessage: lambda message, header, content: AnswerReturn(
        family=message.family,
        header=header,
        answer=content,  # type: ignore[arg-type]
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found of a declaration.

    `header` and `declaration` are codes that refuse it as a whole. `lines` are the rejected lines
    with their codes, in document order; of a client with codes in `clients` (Bsn → codes) they
    must be all lines, and they are answered 0233.
    """

    header: tuple[str, ...] = ()
    declaration: tuple[str, ...] = ()
    clients: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Sequence[tuple[ServiceRow, tuple[str, ...]]] = ()


def declaration_answer(
    message: DeclarationMessage,
    verdict: Verdict,
    *,
    identification: str,
    date: date,
) -> DeclarationAnswerMessage:
    """The 325 to a 323. The clients of `message` are not read, so a head without lines will do.

    Awarded is submitted minus the signed sum of the rejected lines (TR342); nothing where the
    declaration as a whole is refused.
    """
    answer_part: DeclarationAnswer | None = None
    if not verdict.header:
        answer_part = _declaration_part(message, verdict)
    return DeclarationAnswerMessage(
        family=message.family,
        header=DeclarationAnswerHeader(
            sender=message.header.receiver,
            receiver=message.header.sender,
            message_id=MessageId(number=identification, message_date=date),
            declaration_id=message.header.message_id,
            declaration_xsd_version=message.header.xsd_version,
            return_codes=verdict.header or (NO_REMARKS,),
        ),
        answer=answer_part,
    )


def verdict_of(message: DeclarationMessage, findings: Iterable[Finding]) -> Verdict:
    """The verdict that findings with paths amount to.

    Raises ValueError for a finding whose path is no place in the declaration.
    """
    found = list(findings)
    if header := _header_codes(message, found):
        return Verdict(header=header)
    rows = declaration_rows(message)
    codes = _codes_by_class(message, found)
    if refused := codes.get(_DECLARATION):
        return Verdict(declaration=tuple(refused))
    clients: dict[str, tuple[str, ...]] = {}
    lines: list[tuple[ServiceRow, tuple[str, ...]]] = []
    for row in rows:
        of_client = codes.get(f"{_DECLARATION}/Clienten/Client[{row.client}]")
        of_line = codes.get(f"{_DECLARATION}/{row.path}")
        if of_client:
            clients[row.bsn] = tuple(of_client)
            lines.append((row, (NOT_ASSESSED,)))
        elif of_line:
            lines.append((row, tuple(of_line)))
    return Verdict(clients=clients, lines=lines)


def _declaration_part(message: DeclarationMessage, verdict: Verdict) -> DeclarationAnswer:
    submitted = message.declaration.total_submitted
    rejected = 0 if verdict.declaration else sum(row.signed for row, _codes in verdict.lines)
    awarded = TotalAmount.of(0 if verdict.declaration else submitted.signed - rejected)
    codes = verdict.declaration or ((NO_REMARKS,) if verdict.lines else (FULLY_AWARDED,))
    return DeclarationAnswer(
        declaration_number=message.declaration.declaration_number,
        total_submitted=submitted,
        total_awarded=awarded,
        clients=() if verdict.declaration else _rejected_clients(verdict),
        return_codes=codes,
    )


def _rejected_clients(verdict: Verdict) -> tuple[DeclarationClient, ...]:
    lines: dict[str, list[ServiceLine]] = {}
    for row, codes in verdict.lines:
        answered = (NOT_ASSESSED,) if row.bsn in verdict.clients else codes
        lines.setdefault(row.bsn, []).append(_line(row, answered))
    return tuple(
        DeclarationClient(
            bsn=bsn,
            service_lines=tuple(of_client),
            return_codes=verdict.clients.get(bsn, (NO_REMARKS,)),
        )
        for bsn, of_client in lines.items()
    )


def _line(row: ServiceRow, codes: tuple[str, ...]) -> ServiceLine:
    return ServiceLine(
        reference=LineReference(number=row.reference, previous=row.previous_reference),
        allocation_number=row.allocation_number,
        category=row.category,
        code=row.code,
        product_period=ClosedPeriod(start=row.start, end=row.end),
        delivered_volume=row.volume,
        unit=row.unit,
        tariff=row.tariff,
        submitted_amount=Amount(cents=row.amount, debit_credit=row.debit_credit),
        return_codes=codes,
    )
