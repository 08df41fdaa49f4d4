"""What became of each part of an office's file, read under the mandate of its practice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from billing.models import DeclarationFile, OfficeFile, OfficeFilePart
from billing.models.declaration_files import MOST_ATTEMPTS
from billing.rules.officefile import OfficeLayout, part_digest
from billing.selectors.offices import mandates_of
from hoofdaannemer.accounts import selectors as accounts
from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.scope import Scope, acting_as


@dataclass(frozen=True)
class Part:
    """The rows of one practice; without a scope once its mandate is over: then it is closed."""

    mandate: OfficeMandate
    row_count: int
    scope: Scope | None
    #: What the practice has of it; None where it was thrown away, and where the part is closed.
    file: DeclarationFile | None

    @property
    def is_open(self) -> bool:
        """Whether the office may act for the practice still."""
        return self.scope is not None

    @property
    def acting(self) -> Scope:
        """The scope of acting for the practice. Only of a part that is open."""
        if self.scope is None:
            raise ValueError("this part is closed")
        return self.scope

    @property
    def declared(self) -> DeclarationFile:
        """What the practice has of it. Only of a part of which something is left."""
        if self.file is None:
            raise ValueError("nothing is left of this part")
        return self.file

    @property
    def is_sent(self) -> bool:
        """Whether it was, or is being, handed in."""
        sent = (DeclarationFile.Status.SENDING, DeclarationFile.Status.SENT)
        return self.file is not None and self.file.status in sent

    @property
    def is_ready(self) -> bool:
        """Whether it can be handed in as it is."""
        file = self.file
        is_checked = file is not None and file.status == DeclarationFile.Status.CHECKED
        return is_checked and bool(self.declared.good_count) and not self.declared.wrong_count


def declaring(scope: Scope) -> list[OfficeMandate]:
    """The mandates in force under which the office may declare."""
    return [one for one in mandates_of(scope) if Subject.DECLARE in one.subjects]


def numbers(mandates: Iterable[OfficeMandate]) -> Mapping[str, frozenset[int]]:
    """Mandates (keys) by each number of their practice: trade register and AGB code."""
    found: dict[str, set[int]] = {}
    for mandate in mandates:
        practice = mandate.provider_organisation
        for number in filter(None, (practice.kvk, practice.agb)):
            found.setdefault(number, set()).add(mandate.pk)
    return {number: frozenset(keys) for number, keys in found.items()}


def parts_of(scope: Scope, file: OfficeFile) -> list[Part]:
    """The parts of a file, by name of the practice; a fixed number of queries a part."""
    open_now = {one.pk for one in declaring(scope)}
    rows = OfficeFilePart.objects.visible_to(scope).filter(file=file)
    rows = rows.select_related("mandate__provider_organisation").defer("mandate__document")
    rows = rows.order_by("mandate__provider_organisation__name", "pk")
    return [_part(scope, row, is_open=row.mandate_id in open_now) for row in rows]


def to_send(parts: Iterable[Part]) -> list[Part]:
    """Those that can be handed in as they are."""
    return [one for one in parts if one.is_ready]


def _part(scope: Scope, row: OfficeFilePart, *, is_open: bool) -> Part:
    if not is_open:
        return Part(row.mandate, row.row_count, None, None)
    acting = accounts.scope_under(row.mandate, scope.user_id, scope.at)
    with acting_as(acting):
        mine = DeclarationFile.objects.visible_to(acting).light().filter(office_file=row.file_id)
        return Part(row.mandate, row.row_count, acting, mine.first())


def taken_before(acting: Scope, file: OfficeFile) -> DeclarationFile | None:
    """What a practice has, or handed in, of the same bytes that the office uploaded before."""
    digest = part_digest(file.digest, acting.organisation_id)
    rows = DeclarationFile.objects.visible_to(acting).light().filter(digest=digest)
    return rows.exclude(office_file=file.pk).order_by("uploaded_at", "pk").first()


def waiting_files(scope: Scope) -> int:
    """How many files of an office wait for it: to be pointed out, or with a part not handed in.

    A part whose mandate is over waits for its practice. A query for each mandate to declare under.
    """
    rows = OfficeFile.objects.visible_to(scope).exclude(status=OfficeFile.Status.DISCARDED)
    states = rows.values_list("pk", "status", "attempts")
    undone = {
        pk
        for pk, status, attempts in states
        if status == OfficeFile.Status.MAPPING
        or (status == OfficeFile.Status.DIVIDING and attempts >= MOST_ATTEMPTS)
    }
    for mandate in declaring(scope):
        acting = accounts.scope_under(mandate, scope.user_id, scope.at)
        with acting_as(acting):
            parts = DeclarationFile.objects.visible_to(acting).filter(
                status__in=DeclarationFile.UNSENT, office_file__isnull=False
            )
            undone |= set(parts.values_list("office_file", flat=True))
    return len(undone & {pk for pk, _status, _attempts in states})


def layout_of_last(scope: Scope, file: OfficeFile) -> OfficeLayout | None:
    """How the last file of the office with the same headings was read; None for the first."""
    rows = OfficeFile.objects.visible_to(scope).light().filter(signature=file.signature)
    before = rows.exclude(layout={}).exclude(pk=file.pk).first()
    return OfficeLayout.of_json(before.layout) if before else None
