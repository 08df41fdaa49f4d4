"""Files that people handed in are kept for some time, and then erased; what was declared stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from billing.models import DeclarationFile, OfficeFile, OfficeFileFinding
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope

Status = DeclarationFile.Status


@transaction.atomic
def erase(*, scope: Scope) -> int:
    """Erase what is past its term at the moment of the scope; returns how many files that were.

    Of a file that was handed in the row stays, with its figures and what was left out. A file that
    was not goes as a whole: nothing rests on it.
    """
    limit = scope.at - timedelta(days=settings.DECLARATION_FILE_DAYS)
    return _sent(scope, limit) + _left(scope, limit) + _of_offices(scope, limit)


def _sent(scope: Scope, limit: datetime) -> int:
    rows = DeclarationFile.objects.visible_to(scope).light()
    found = list(
        rows.filter(status=Status.SENT, sent_at__lt=limit, erased_at=None)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    DeclarationFile.objects.filter(pk__in=[one.pk for one in found]).update(
        content="", erased_at=scope.at
    )
    audit.record_many(scope, "declaration_file.erased", found)
    return len(found)


def _left(scope: Scope, limit: datetime) -> int:
    """What a worker is at is not past its term: it was asked for since."""
    rows = DeclarationFile.objects.visible_to(scope).light()
    found = list(
        rows.filter(status__in=[Status.MAPPING, Status.CHECKED], uploaded_at__lt=limit)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    audit.record_many(scope, "declaration_file.deleted", found)
    DeclarationFile.objects.filter(pk__in=[one.pk for one in found]).delete()
    return len(found)


def _of_offices(scope: Scope, limit: datetime) -> int:
    """A file of which something was handed in was erased then."""
    rows = OfficeFile.objects.visible_to(scope).light()
    kept = (OfficeFile.Status.MAPPING, OfficeFile.Status.DIVIDED)
    found = list(
        rows.filter(status__in=kept, handed_in_at=None, uploaded_at__lt=limit)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    keys = [one.pk for one in found]
    OfficeFile.objects.filter(pk__in=keys).update(content="", status=OfficeFile.Status.DISCARDED)
    OfficeFileFinding.objects.visible_to(scope).filter(file__in=keys).delete()
    audit.record_many(scope, "office_file.erased", found)
    return len(found)
