"""Lists of people, keys and log rows."""

from __future__ import annotations

import json

import django_tables2
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import AccessKey, ApiToken, Membership
from hoofdaannemer.audit.models import AccessRecord, ChangeRecord, RefusedAttempt
from hoofdaannemer.audit.words import said
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.tables import CodeColumn, MomentColumn, Table

Status = Membership.Status
STATUS_TONES = {
    Status.INVITED: "information",
    Status.ACTIVE: "positive",
    Status.BLOCKED: "negative",
    Status.ENDED: "neutral",
}


def status_badge(status: str) -> str:
    """The status of a role as word, icon and colour."""
    context = {"label": Status(status).label, "tone": STATUS_TONES[Status(status)]}
    return render_to_string("components/badge.html", context)


class MembershipTable(Table):
    """Who holds which role, for whom. The rows come with `with_status`."""

    user = django_tables2.Column(
        verbose_name=_("E-mail address"),
        accessor="user__email",
        linkify=lambda record: reverse("user_detail", args=[record.user_id]),
    )
    shown_name = django_tables2.Column(verbose_name=_("Name"))
    role = django_tables2.Column(verbose_name=_("Role"))
    party = django_tables2.Column(verbose_name=_("For"))
    status = django_tables2.Column(verbose_name=_("Status"))

    class Meta:
        model = Membership
        fields = ()

    def render_status(self, value: str) -> str:
        return status_badge(value)

    def value_status(self, value: str) -> str:
        return str(Status(value).label)


class TokenTable(Table):
    """The keys of an organisation, with a link to the page that stops one."""

    label = django_tables2.Column(
        verbose_name=_("What for"), linkify=lambda record: reverse("token_revoke", args=[record.pk])
    )
    may_send = django_tables2.BooleanColumn(verbose_name=_("Sends"), yesno=(_("yes"), _("no")))
    may_fetch = django_tables2.BooleanColumn(verbose_name=_("Fetches"), yesno=(_("yes"), _("no")))
    created_at = MomentColumn(verbose_name=_("Made"))
    created_by = django_tables2.Column(verbose_name=_("Made by"), accessor="created_by__email")
    used_at = MomentColumn(verbose_name=_("Last used"))
    revoked_at = MomentColumn(verbose_name=_("Stopped"))

    class Meta:
        model = ApiToken
        fields = ()


class AccessKeyTable(TokenTable):
    """The same of keys of the own access, which are for one thing."""

    may_send = None
    may_fetch = None

    label = django_tables2.Column(
        verbose_name=_("What for"),
        linkify=lambda record: reverse("access_key_revoke", args=[record.pk]),
    )

    class Meta:
        model = AccessKey
        fields = ()


class RecordTable(Table):
    """What the three logs share: when, who, in which role."""

    at = MomentColumn(verbose_name=_("When"))
    user = django_tables2.Column(verbose_name=_("Who"), accessor="user__email")
    role = django_tables2.Column(verbose_name=_("Role"))
    #: For an organisation that is not one's own: the number of the mandate under which.
    mandate = CodeColumn(
        verbose_name=_("Under mandate"),
        linkify=lambda record: (
            reverse("office_mandate_detail", args=[record.mandate]) if record.mandate else None
        ),
    )

    def render_mandate(self, value: int) -> str:
        return str(value) if value else "–"

    value_mandate = render_mandate

    def render_role(self, value: str) -> str:
        return str(Role(value).label) if value in Role.values else value

    value_role = render_role


class AccessRecordTable(RecordTable):
    """Looks at clients: by number of the row, never by name."""

    client = django_tables2.Column(verbose_name=_("Client (row number)"))
    purpose = django_tables2.Column(verbose_name=_("Purpose"))
    reason = django_tables2.Column(verbose_name=_("Reason"))

    class Meta:
        model = AccessRecord
        fields = ()

    def render_purpose(self, value: str) -> str:
        return said(value)

    value_purpose = render_purpose


class ChangeRecordTable(RecordTable):
    """Changes: verb, row, and the codes that were recorded with it."""

    verb = django_tables2.Column(verbose_name=_("What"))
    table = django_tables2.Column(verbose_name=_("Kind of row"))
    row = django_tables2.Column(verbose_name=_("Row number"))
    details = django_tables2.Column(verbose_name=_("Details"))

    class Meta:
        model = ChangeRecord
        fields = ()

    def render_verb(self, value: str) -> str:
        return said(value)

    value_verb = render_verb

    def render_details(self, value: dict[str, object]) -> str:
        return ", ".join(f"{key}: {json.dumps(one)}" for key, one in sorted(value.items()))

    value_details = render_details


class RefusedAttemptTable(RecordTable):
    """What was refused."""

    path = django_tables2.Column(verbose_name=_("Address"))
    status = django_tables2.Column(verbose_name=_("Answer"))

    class Meta:
        model = RefusedAttempt
        fields = ()
