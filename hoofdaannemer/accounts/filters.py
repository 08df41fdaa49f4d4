"""Filters over people and log rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import AccessKey, ApiToken, Membership, User
from hoofdaannemer.audit.models import AccessRecord, ChangeRecord, RefusedAttempt
from hoofdaannemer.core.filters import DayFilter, FilterSet, PrefixFilter, ScopedModelChoiceFilter


class MembershipFilter(FilterSet):
    """By address, role and status."""

    email = PrefixFilter(label=_("E-mail address begins with"), field_name="user__email")
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Membership.ROLE_CHOICES)
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Membership.Status.choices)

    class Meta:
        model = Membership
        fields = ()


class TokenFilter(FilterSet):
    """By whether the key works."""

    working = django_filters.BooleanFilter(
        label=_("Stopped"), field_name="revoked_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = ApiToken
        fields = ()


class AccessKeyFilter(TokenFilter):
    """The same of keys of the own access."""

    class Meta:
        model = AccessKey
        fields = ()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class RecordFilter(FilterSet):
    """By person and day."""

    user = ScopedModelChoiceFilter(model=User, label=_("Who"))
    since = DayFilter(label=_("From"), method="from_day")
    until = DayFilter(label=_("Up to and including"), method="to_day")

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        """Rows of this local day and later."""
        return rows.filter(at__gte=_midnight(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        """Rows of this local day and earlier."""
        return rows.filter(at__lt=_midnight(value + timedelta(days=1)))


class AccessRecordFilter(RecordFilter):
    """Also by client and purpose."""

    client = django_filters.NumberFilter(label=_("Client (row number)"))
    purpose = PrefixFilter(label=_("Purpose begins with"))

    class Meta:
        model = AccessRecord
        fields = ()


class ChangeRecordFilter(RecordFilter):
    """Also by verb."""

    verb = PrefixFilter(label=_("What begins with"))

    class Meta:
        model = ChangeRecord
        fields = ()


class RefusedAttemptFilter(RecordFilter):
    """Also by address."""

    path = PrefixFilter(label=_("Address begins with"))

    class Meta:
        model = RefusedAttempt
        fields = ()
