"""Work at declaration files: the dry run with its findings, and the declarations made of them.

A worker acts as who uploaded the file or had it handed in, so that it sees no more than that
person. Both steps are one transaction each: a worker that is killed leaves the file as it was, and
the sweep takes it up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing import policies
from billing.findings import sentence
from billing.models import DeclarationFile, DeclarationFileFinding
from billing.models.declaration_files import MOST_ATTEMPTS, DeclarationFileQuerySet
from billing.rules.filecells import Fault
from billing.rules.filecolumns import Layout
from billing.services import declarations, documents
from billing.services.declaration_files import table_of_file
from billing.services.declarations import Head, Verdict
from billing.services.file_lines import Bundle, Understood, understood
from billing.services.judging import findings
from hoofdaannemer.accounts import selectors as accounts
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.background import left_behind
from hoofdaannemer.core.errors import ConflictError, DomainError, RuleError
from hoofdaannemer.core.money import from_cents
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.scope import Role, Scope, acting_as

Status = DeclarationFile.Status
_Kind = DeclarationFileFinding.Kind
#: Rules that a line breaks which is to correct an earlier one in the wrong way.
_CORRECTS: Final = frozenset({"TR314", "TR316", "TR389"})
_LONGEST: Final = 500
#: Euros of a whole file: beyond it numbers were read in another way than they were meant.
_MOST_EUROS: Final = Decimal(10) ** 10
_LONGEST_HEAD: Final = 200


@dataclass(frozen=True)
class Told:
    """What would be said of the lines of one declaration: rules with their facts, by row."""

    verdict: Verdict
    rejected: int
    findings: Sequence[DeclarationFileFinding]


def waiting(scope: Scope) -> list[int]:
    """Files to take up: to be checked or handed in, or left behind by a worker that was killed."""
    with acting_as(scope):
        return list(_to_take_up(scope).order_by("uploaded_at").values_list("pk", flat=True))


def _to_take_up(scope: Scope) -> DeclarationFileQuerySet:
    rows = DeclarationFile.objects.visible_to(scope).light()
    # A file that kills its worker would keep the others waiting for ever.
    rows = rows.filter(status__in=DeclarationFile.BUSY, attempts__lt=MOST_ATTEMPTS)
    return rows.filter(Q(seen_at=None) | left_behind(scope.at))


def take_up(*, scope: Scope, file_id: int) -> DeclarationFile:
    """Check a file, or hand in what was confirmed.

    What an office asked under a mandate that is over is not done: the practice goes on itself.
    Raises ConflictError where another worker has it, or it was thrown away meanwhile.
    """
    row = _claim(scope, file_id)
    with translation.override(documents.LANGUAGE):
        with acting_as(scope):
            acting = _acting(scope, row)
            if not accounts.still_acts(acting) and row.mandate_id:
                return _closed(scope, row)
        return work(scope=acting, file_id=row.pk)


def _acting(scope: Scope, row: DeclarationFile) -> Scope:
    """The person who asked for the work, under the mandate of then where an office asked."""
    person = row.sent_by_id if row.status == Status.SENDING else row.uploaded_by_id
    if row.mandate is not None:
        return accounts.scope_under(row.mandate, person or 0, scope.at)
    return replace(
        scope,
        role=Role.SUBCONTRACTOR_USER,
        user_id=person or 0,
        organisation_id=row.provider_organisation_id,
    )


def _closed(scope: Scope, row: DeclarationFile) -> DeclarationFile:
    """Put back what the end of a mandate stopped, for the practice itself to go on with."""
    now = _current(scope, row)
    now.status = Status.CHECKED if row.status == Status.SENDING else Status.MAPPING
    now.problem = _(
        "The mandate of the office ended before this was done. Go on yourself, or throw the file"
        " away. (BIL-287)"
    )
    now.seen_at = None
    now.save(update_fields=["status", "problem", "seen_at"])
    return now


def work(*, scope: Scope, file_id: int) -> DeclarationFile:
    """Check or hand in a claimed file, as the person in `scope`."""
    with acting_as(scope):
        row = DeclarationFile.objects.visible_to(scope).get(pk=file_id)
    is_sending = row.status == Status.SENDING
    try:
        sheet = table_of_file(row)
        _show(scope, row, 1)
        with acting_as(scope):
            found = understood(scope, sheet, Layout.of_json(row.layout))
        _check_total(found)
        _show(scope, row, 2)
        with acting_as(scope):
            now = _current(scope, row)
            return _hand_in(scope, now, found) if is_sending else _check(scope, now, found)
    except ConflictError:
        raise
    except DomainError as refusal:
        with acting_as(scope):
            now = _current(scope, row)
            now.status = Status.CHECKED if is_sending else Status.MAPPING
            now.problem, now.seen_at = str(refusal), None
            now.save(update_fields=["status", "problem", "seen_at"])
            return now


def _check_total(found: Understood) -> None:
    """Raises RuleError BIL-158 for more than all care together can cost."""
    total = sum(abs(line.signed) for bundle in found.bundles for line in bundle.lines)
    if from_cents(total) > _MOST_EUROS:
        raise RuleError(
            "BIL-158",
            _("The amounts of this file are above ten billion euros. Check how numbers are read."),
        )


def _claim(scope: Scope, file_id: int) -> DeclarationFile:
    with acting_as(scope):
        rows = _to_take_up(scope).filter(pk=file_id)
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            raise ConflictError(_("Another worker is at this file."))
        row.attempts += 1
        row.seen_at, row.handled = scope.at, 0
        row.save(update_fields=["attempts", "seen_at", "handled"])
        return row


def _show(scope: Scope, row: DeclarationFile, done: int) -> None:
    """A sign of life is about the worker, so it is the clock's, not the scope's."""
    with acting_as(scope):
        rows = DeclarationFile.objects.visible_to(scope).filter(pk=row.pk)
        rows.update(handled=done, seen_at=timezone.now())


def _current(scope: Scope, row: DeclarationFile) -> DeclarationFile:
    """The row, while it is still to be done: it may be thrown away, or done by another."""
    rows = DeclarationFile.objects.visible_to(scope).light().filter(pk=row.pk, status=row.status)
    now = rows.select_for_update(of=("self",)).first()
    if now is None:
        raise ConflictError(_("This file was thrown away, or another worker did it."))
    return now


def _check(scope: Scope, row: DeclarationFile, found: Understood) -> DeclarationFile:
    """The dry run: nothing is declared, and what would be said is kept."""
    layout = Layout.of_json(row.layout)
    row.findings.visible_to(scope).delete()
    kept = [_unreadable(row, layout, line, fault) for line, fault in found.faults]
    told = [_told(scope, row, bundle) for bundle in found.bundles]
    DeclarationFileFinding.objects.bulk_create(
        [*kept, *(one for said in told for one in said.findings)], batch_size=2000
    )
    row.good_count, row.wrong_count = found.good, found.wrong
    row.rejected_count = sum(one.rejected for one in told)
    row.submitted = sum((one.verdict.submitted for one in told), from_cents(0))
    row.granted = sum((one.verdict.granted for one in told), from_cents(0))
    return _done(row, Status.CHECKED)


def _told(scope: Scope, row: DeclarationFile, bundle: Bundle) -> Told:
    verdict = declarations.check(
        scope=scope,
        subcontractor=bundle.subcontractor,
        head=Head(bundle.family, "", bundle.month),
        lines=bundle.referred("new"),
    )
    kept = [
        DeclarationFileFinding(
            file=row,
            kind=_Kind.REJECTED,
            line=bundle.rows[line - 1],
            rule=rule,
            text=_advice(rule, facts)[:_LONGEST],
        )
        for line, rule, facts in findings(bundle.family)
    ]
    return Told(verdict, len(verdict.broken), kept)


def _advice(rule: str, facts: dict[str, Any]) -> str:
    text = sentence(rule, facts)
    return f"{text} {_how_to_correct()}" if rule in _CORRECTS else text


def _how_to_correct() -> str:
    return _(
        "To correct a line: add a row that takes the whole earlier line back (point out a column"
        " for the credit), and one with the right numbers under a reference of its own."
    )


def _unreadable(
    row: DeclarationFile, layout: Layout, line: int, fault: Fault
) -> DeclarationFileFinding:
    return DeclarationFileFinding(
        file=row,
        kind=_Kind.UNREADABLE,
        line=line,
        column=layout.head(fault.field)[:_LONGEST_HEAD] if fault.field else "",
        rule=fault.rule,
        text=(f"{fault.text} {_how_to_correct()}" if fault.rule in _CORRECTS else fault.text)[
            :_LONGEST
        ],
    )


def _hand_in(scope: Scope, row: DeclarationFile, found: Understood) -> DeclarationFile:
    """A declaration for each main contractor and law, all of them or none.

    Raises RuleError BIL-155 where nothing is left to declare, ConflictError as `submit`.
    """
    row.good_count, row.wrong_count = found.good, found.wrong
    policies.check_has_good_rows(row)
    submitted = granted = Decimal(0)
    rejected = 0
    for bundle in found.bundles:
        number = _number(bundle)
        submission = declarations.submit(
            scope=scope,
            subcontractor=bundle.subcontractor,
            head=Head(bundle.family, number, bundle.month, file=row),
            lines=bundle.referred(number),
        )
        submitted += submission.verdict.submitted
        granted += submission.verdict.granted
        rejected += submission.declaration.rejected_count
    row.submitted, row.granted, row.rejected_count = submitted, granted, rejected
    # What stands in the declarations is not said twice; cells that were left out stay.
    row.findings.visible_to(scope).filter(kind=_Kind.REJECTED).delete()
    row.sent_at = scope.at
    audit.record(
        scope, "declaration_file.handed_in", row, lines=found.good, left_out=found.wrong,
        rejected=rejected,
    )  # fmt: skip
    nudge("billing.tasks.entitle_declared")
    return _done(row, Status.SENT)


def _number(bundle: Bundle) -> str:
    """From the same series as the month page."""
    series = f"declaration:{bundle.subcontractor.pk}"
    return f"B{next_number(bundle.subcontractor.main_contractor_id, series):08d}"


def _done(row: DeclarationFile, status: str) -> DeclarationFile:
    row.status, row.seen_at, row.handled = status, None, DeclarationFile.STEPS
    row.save(
        update_fields=[
            "status", "seen_at", "handled", "good_count", "wrong_count", "rejected_count",
            "submitted", "granted", "sent_at",
        ]
    )  # fmt: skip
    return row
