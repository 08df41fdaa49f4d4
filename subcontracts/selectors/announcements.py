"""Who read an announcement and who did not, and what waits to be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models import Announcement, AnnouncementAddressee, ReadConfirmation
from subcontracts.worklist import WorkItem

KIND: Final = gettext_lazy("Announcements to read")


@dataclass(frozen=True)
class Proof:
    """One addressee: who confirmed, and which of its people did not, by name."""

    organisation: str
    read: list[ReadConfirmation]
    unread: list[str]


def proofs(scope: Scope, row: Announcement) -> list[Proof]:
    """All addressees, in three queries. People are those who may log in today."""
    addressees = list(
        AnnouncementAddressee.objects.visible_to(scope)
        .filter(announcement=row)
        .select_related("provider_organisation")
    )
    read: defaultdict[int, list[ReadConfirmation]] = defaultdict(list)
    for one in ReadConfirmation.objects.visible_to(scope).filter(announcement=row):
        read[one.provider_organisation_id].append(one)
    people: defaultdict[int | None, dict[int, str]] = defaultdict(dict)
    members = Membership.objects.active().filter(
        organisation__in=[one.provider_organisation_id for one in addressees],
        role__in=SUBCONTRACTOR,
    )
    for organisation, user, name in members.values_list("organisation", "user", "user__name"):
        people[organisation][user] = name
    return [
        Proof(
            one.provider_organisation.name,
            read[one.provider_organisation_id],
            _unread(people[one.provider_organisation_id], read[one.provider_organisation_id]),
        )
        for one in addressees
    ]


def _unread(people: dict[int, str], read: list[ReadConfirmation]) -> list[str]:
    done = {one.user_id for one in read}
    return sorted(name for pk, name in people.items() if pk not in done)


def items(scope: Scope) -> Iterator[WorkItem]:
    """For people of a subcontractor: what is told today and they have not confirmed."""
    if scope.role not in SUBCONTRACTOR:
        return
    done = ReadConfirmation.objects.visible_to(scope).filter(
        announcement=OuterRef("pk"), user=scope.user_id
    )
    rows = Announcement.objects.visible_to(scope).standing_on(scope.today).light()
    for row in rows.exclude(Exists(done)):
        reminded = row.reminded_at is not None
        yield WorkItem(
            kind=KIND,
            text=row.title,
            url=reverse("announcement_detail", args=[row.pk]),
            verb=_("Read"),
            due=scope.today if reminded else row.end_date,
            detail=_("reminder") if reminded else "",
        )
