"""Lists of an office's files, and of the rows that went to no practice."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from billing.models import OfficeFile, OfficeFileFinding
from hoofdaannemer.core.tables import (
    BadgeColumn,
    CodeColumn,
    MomentColumn,
    NumberColumn,
    Table,
)

TONES = {
    OfficeFile.Status.MAPPING: "warning",
    OfficeFile.Status.DIVIDING: "information",
    OfficeFile.Status.DIVIDED: "positive",
    OfficeFile.Status.DISCARDED: "neutral",
}


class OfficeFileTable(Table):
    """Files with how far they are."""

    name = django_tables2.Column(linkify=True, verbose_name=_("File"))
    status = BadgeColumn(tones=TONES, verbose_name=_("Status"))
    refused_count = NumberColumn(verbose_name=_("Refused rows"))
    uploaded_at = MomentColumn(verbose_name=_("Uploaded"), orderable=True)
    handed_in_at = MomentColumn(verbose_name=_("Handed in on"))

    class Meta:
        model = OfficeFile
        fields = ()


class RefusedRowTable(Table):
    """Rows that went to no practice, in the order of the file."""

    line = NumberColumn(verbose_name=_("Row"))
    column = django_tables2.Column(verbose_name=_("Column"))
    rule = CodeColumn(verbose_name=_("Rule"))
    text = django_tables2.Column(verbose_name=_("What is wrong, and what to do"))

    class Meta:
        model = OfficeFileFinding
        fields = ()
