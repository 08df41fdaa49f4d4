"""What a municipality gets of subcontractors: published with a report, shown as the contract says.

What was published does not change. Which of it is shown follows the contract of today, for the
page, the files and the database alike: one function says it.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.models.releases import (
    PublishedFile,
    Release,
    Released,
    ReleasedQuerySet,
)
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import MunicipalContract
from subcontracts.rules.visibility import Visibility

_M_co = TypeVar("_M_co", bound=models.Model, covariant=True)


class ShowsSubcontractors(models.Func):
    """Whether a municipal contract shows subcontractors at a level, on a day."""

    function = "subcontracts_shows_subs"
    arity = 3
    output_field: Any = models.BooleanField()


class AsAgreedQuerySet(ReleasedQuerySet[_M_co]):
    """Reads of what was published of subcontractors."""

    def visible_to(self, scope: Scope) -> Self:
        """For a municipal viewer only as far as the contract shows it today."""
        rows = super().visible_to(scope)
        if scope.role != Role.MUNICIPAL_VIEWER:
            return rows
        today = Value(scope.today, models.DateField())
        return rows.filter(ShowsSubcontractors(F("contract"), F("level"), today))


class AsAgreed(Released):
    """A row for one municipality that the contract shows at a level."""

    class Level(models.TextChoices):
        """From which level on it is shown."""

        LIST = Visibility.LIST.value, _("a list of them")
        FIGURES = Visibility.FIGURES.value, _("their figures")

    contract = models.ForeignKey(MunicipalContract, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=7, choices=Level.choices)

    class Meta:
        abstract = True


class SubcontractorReleaseQuerySet(AsAgreedQuerySet["SubcontractorRelease"]):
    """Reads of what was published of subcontractors."""

    def fullest_first(self) -> Self:
        """What shows most before what shows less."""
        return self.order_by(
            models.Case(models.When(level=AsAgreed.Level.FIGURES, then=0), default=1)
        )


class SubcontractorRelease(AsAgreed):
    """Of one release, what is shown of subcontractors at one level.

    Where figures were published there is a row with the list alone too: the contract may come to
    show less.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="subcontractors")
    #: `[{kvk, name, products, since}]`.
    listed = models.JSONField()
    #: Names of what the codes in the cells stand for; of own teams it is empty.
    labels = models.JSONField(default=dict)
    #: Published cells by table, as those of `ReleaseTable`; empty for a list.
    cells = models.JSONField(default=dict)
    #: SHA-256 of what is published here.
    fingerprint = models.CharField(max_length=64, db_collation="C")

    objects = SubcontractorReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("published list of subcontractors")
        verbose_name_plural = _("published lists of subcontractors")
        ordering = ["-release", "level"]
        constraints = [
            models.UniqueConstraint(fields=["release", "level"], name="subcontractor_release_once")
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.level}"

    def get_absolute_url(self) -> str:
        """Its page; which level it shows, the contract of the day says."""
        return reverse("release_subcontractors", args=[self.release_id])


class SubcontractorFileQuerySet(AsAgreedQuerySet["SubcontractorFile"]):
    """Reads of its files."""

    def light(self) -> Self:
        """Without the bytes, for lists."""
        return self.defer("content")


class SubcontractorFile(PublishedFile, AsAgreed):
    """A file of what was published of subcontractors at one level."""

    of = models.ForeignKey(SubcontractorRelease, on_delete=models.PROTECT, related_name="files")

    objects = SubcontractorFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a list of subcontractors")
        verbose_name_plural = _("files of lists of subcontractors")
        ordering = ["of", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["of", "kind"], name="subcontractor_file_once")
        ]
