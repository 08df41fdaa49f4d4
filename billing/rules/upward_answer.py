"""Rules of a declaration answer (325) against the declaration (323) that it answers.

A 325 is an answer itself, so nothing goes back to the municipality. One that breaks a rule changes
nothing, and is kept for a person with its codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from django.utils.translation import gettext_lazy as _

from messaging.istandaard import Finding, ServiceRow, declaration_rows
from messaging.istandaard.answers import FULLY_AWARDED, NO_REMARKS, NOT_ASSESSED
from messaging.istandaard.model.messages import DeclarationAnswerMessage, DeclarationMessage

_HEADER: Final = "/Bericht/Header"
_ROOT: Final = "/Bericht/DeclaratieAntwoord"
_REPEATED: Final = attrgetter(
    "reference",
    "previous_reference",
    "allocation_number",
    "category",
    "code",
    "start",
    "end",
    "volume",
    "unit",
    "tariff",
    "amount",
    "debit_credit",
)


@dataclass(frozen=True)
class AnswerVerdict:
    """What an answer says: codes that refuse the whole, or the refused lines by reference."""

    codes: tuple[str, ...]
    refused: Mapping[str, tuple[str, ...]]

    @property
    def is_refused(self) -> bool:
        """Whether the declaration counts as never sent."""
        return bool(self.codes)


def verdict_of(answer: DeclarationAnswerMessage) -> AnswerVerdict:
    """Read an answer (IV087): refused whole in the header or the declaration, or line by line.

    A line that was not assessed (0233) has the codes of its client.
    """
    header = set(answer.header.return_codes) - {NO_REMARKS}
    content = answer.answer
    whole = header if content is None else header | set(content.return_codes)
    if codes := tuple(sorted(whole - {NO_REMARKS, FULLY_AWARDED})):
        return AnswerVerdict(codes, {})
    if content is None:
        # A header without codes and without a verdict says nothing that we could record.
        return AnswerVerdict((NOT_ASSESSED,), {})
    refused: dict[str, tuple[str, ...]] = {}
    for client in content.clients:
        of_client = tuple(code for code in client.return_codes if code != NO_REMARKS)
        for line in client.service_lines:
            own = tuple(
                code for code in line.return_codes if code not in {NO_REMARKS, NOT_ASSESSED}
            )
            refused[line.reference.number] = own or of_client or tuple(line.return_codes)
    return AnswerVerdict((), refused)


def findings(sent: DeclarationMessage, answer: DeclarationAnswerMessage) -> Iterator[Finding]:
    """What is wrong with an answer to this declaration; within the message it is right already."""
    yield from _of_header(sent, answer)
    content = answer.answer
    if content is None:
        return
    if content.declaration_number.strip() != sent.declaration.declaration_number.strip():
        yield Finding(
            "TR376",
            "",
            f"{_ROOT}/DeclaratieNummer",
            _("The answer names another declaration number than the declaration had."),
        )
    if content.total_submitted != sent.declaration.total_submitted:
        yield Finding(
            "BIL-76",
            "",
            f"{_ROOT}/TotaalIngediendBedrag",
            _("The total that the municipality says was declared is not what we declared."),
        )
    yield from _of_lines(declaration_rows(sent), declaration_rows(answer))


def _of_header(sent: DeclarationMessage, answer: DeclarationAnswerMessage) -> Iterator[Finding]:
    named, ours = answer.header.declaration_id, sent.header.message_id
    if (named.number.strip(), named.message_date) != (ours.number.strip(), ours.message_date):
        yield Finding(
            "TR337",
            "",
            f"{_HEADER}/DeclaratieIdentificatie",
            _("The answer names a declaration that we did not send."),
        )
    if answer.header.declaration_xsd_version != sent.header.xsd_version:
        yield Finding(
            "TR371",
            "",
            f"{_HEADER}/XsdVersieDeclaratie",
            _(
                "The answer names another version of the standard than the declaration was made"
                " with."
            ),
        )


def _of_lines(sent: Sequence[ServiceRow], answered: Sequence[ServiceRow]) -> Iterator[Finding]:
    by_reference = {row.reference: row for row in sent}
    refused = {row.reference for row in answered}
    for row in answered:
        path = f"{_ROOT}/{row.path}"
        ours = by_reference.get(row.reference)
        if ours is None or ours.previous_reference != row.previous_reference:
            yield Finding(
                "TR366",
                "9366",
                f"{path}/ProductReferentie",
                _("The answer rejects a line that is not in the declaration."),
            )
        elif ours.bsn != row.bsn:
            yield Finding(
                "TR304", "8187", f"{path}", _("The answer names the line with another client.")
            )
        elif _REPEATED(ours) != _REPEATED(row):
            yield Finding(
                "TR367",
                "9367",
                path,
                _("The answer repeats a line with other values than were declared."),
            )
    yield from _of_changes(sent, refused)


def _of_changes(sent: Sequence[ServiceRow], refused: set[str]) -> Iterator[Finding]:
    """TR389: where the credit is refused, the new debit for the same care cannot be awarded."""
    key = attrgetter("bsn", "allocation_number", "category", "code", "start")
    kept = {key(row) for row in sent if row.previous_reference and row.reference in refused}
    for row in sent:
        if not row.previous_reference and row.reference not in refused and key(row) in kept:
            yield Finding(
                "TR389",
                "9389",
                _ROOT,
                _("The answer awards a new line and rejects the credit of the line before it."),
            )
