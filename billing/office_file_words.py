"""How an office's file is called on pages: facts, how each part stands, what handing in does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.declaration_file_words import TONES
from billing.models import DeclarationFile, OfficeFile
from billing.selectors.office_files import Part
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl


def facts_of(row: OfficeFile) -> list[tuple[str, Any]]:
    """When it came and went, and how long it is kept as a whole."""
    facts: list[tuple[str, Any]] = [(_("Uploaded"), moment_nl(row.uploaded_at))]
    if row.handed_in_at:
        facts.append((_("Handed in on"), moment_nl(row.handed_in_at)))
        kept = _("erased when it was handed in: each practice has its own rows")
    else:
        last = row.uploaded_at + timedelta(days=settings.DECLARATION_FILE_DAYS)
        kept = _("kept until it is handed in, up to and including %(day)s at most") % {
            "day": date_nl(timezone.localdate(last))
        }
    return [*facts, (_("The file itself"), kept)]


def shown(part: Part) -> dict[str, Any]:
    """A part as the page shows it; of one whose mandate is over nothing but that."""
    label, tone = _state(part)
    file = part.file
    return {
        "name": part.mandate.provider_organisation.name,
        "mandate": part.mandate,
        "rows": part.row_count,
        "label": label,
        "tone": tone,
        "file": file,
        "amount": format_euro(file.submitted) if file else "–",
        "next": file.get_absolute_url() if file else "",
    }


def _state(part: Part) -> tuple[str, str]:
    if not part.is_open:
        return _("closed: the mandate is not in force"), "neutral"
    file = part.file
    if file is None:
        return _("thrown away"), "neutral"
    if file.problem:
        return _("could not be done"), "negative"
    if file.status == DeclarationFile.Status.CHECKED and file.wrong_count:
        text = ngettext("%(count)s row to mend", "%(count)s rows to mend", file.wrong_count)
        return text % {"count": file.wrong_count}, "warning"
    return file.get_status_display(), TONES[DeclarationFile.Status(file.status)]


def told(part: Part) -> str:
    file = part.declared
    values = {
        "name": part.mandate.provider_organisation.name,
        "good": file.good_count,
        "amount": format_euro(file.submitted),
        "rejected": file.rejected_count,
    }
    if file.rejected_count:
        text = _("%(name)s: %(good)s lines, %(amount)s; %(rejected)s would be rejected.")
    else:
        text = _("%(name)s: %(good)s lines, %(amount)s.")
    return text % values
