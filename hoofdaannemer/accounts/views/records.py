"""The logs: who looked at which client, who changed what, what was refused."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.accounts.filters import (
    AccessRecordFilter,
    ChangeRecordFilter,
    RefusedAttemptFilter,
)
from hoofdaannemer.accounts.tables import (
    AccessRecordTable,
    ChangeRecordTable,
    RefusedAttemptTable,
)
from hoofdaannemer.audit.models import AccessRecord, ChangeRecord, RefusedAttempt
from hoofdaannemer.core.pages import ListPage
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR

#: Whom the access policy gives a part of the log: at least one's own actions.
READERS = STAFF | SUBCONTRACTOR
EMPTY_TITLE = gettext_lazy("The log is empty")
EMPTY_TEXT = gettext_lazy("What you may see here is written from the first action on.")


class _RecordList(ListPage):
    related = ("user",)
    roles = READERS
    template_name = "accounts/records.html"
    empty_title = EMPTY_TITLE
    empty_text = EMPTY_TEXT

    def tabs(self) -> Sequence[dict[str, object]]:
        """The three logs as links."""
        names = [
            ("access_record_list", _("Looks at clients")),
            ("change_record_list", _("Changes")),
            ("refused_attempt_list", _("Refused")),
        ]
        return [
            {"label": label, "url": reverse(name), "active": self.request.path == reverse(name)}
            for name, label in names
        ]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(tabs=self.tabs(), **kwargs)


class AccessRecordList(_RecordList):
    """Looks at clients (NEN 7513), without names."""

    model = AccessRecord
    table_class = AccessRecordTable
    filterset_class = AccessRecordFilter
    title = gettext_lazy("Log: looks at clients")
    lead = gettext_lazy("Who saw data of which client, and for what.")
    export_name = "looks"


class ChangeRecordList(_RecordList):
    """Changes, as codes and numbers."""

    model = ChangeRecord
    table_class = ChangeRecordTable
    filterset_class = ChangeRecordFilter
    title = gettext_lazy("Log: changes")
    lead = gettext_lazy("Who changed what, and when.")
    export_name = "changes"


class RefusedAttemptList(_RecordList):
    """What was tried and refused."""

    model = RefusedAttempt
    table_class = RefusedAttemptTable
    filterset_class = RefusedAttemptFilter
    title = gettext_lazy("Log: refused")
    lead = gettext_lazy("What somebody tried and may not do.")
    export_name = "refused"
