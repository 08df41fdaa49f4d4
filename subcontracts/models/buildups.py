"""How tariffs are built up: versions per product, each with its ordered parameters."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Product
from subcontracts.rules.buildup import Kind, Line

#: Who reads build-ups before they are shown to anybody outside.
READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})


class TariffBuildupQuerySet(OwnedQuerySet["TariffBuildup"]):
    """Reads of build-ups."""

    readers = READERS
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """A subcontractor sees what was proposed to it, and what was decided once published."""
        if scope.role in SUBCONTRACTOR:
            own = "tariff_lines__invitations__provider_organisation"
            proposed = self.model.objects.filter(**{f"proposed_{own}": scope.organisation_id})
            decided = self.model.objects.filter(
                **{
                    f"final_{own}": scope.organisation_id,
                    "final_tariff_lines__round__status": "decided",
                }
            )
            return self.filter(Q(pk__in=proposed.values("pk")) | Q(pk__in=decided.values("pk")))
        return super().visible_to(scope)


class TariffBuildup(MainContractorOwned):
    """A version of what a unit of a product costs: drawn up by one person, settled by another."""

    class Status(models.TextChoices):
        """Life of a version; a settled one never changes."""

        DRAFT = "draft", _("draft")
        SETTLED = "settled", _("settled")
        WITHDRAWN = "withdrawn", _("withdrawn")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="buildups")
    number = models.PositiveSmallIntegerField(_("version"))
    #: Unit of code list WJ756, as the product had it.
    unit = models.CharField(_("unit"), max_length=2)
    #: Decimals at which the tariff is rounded, once.
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=2)
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.DRAFT
    )
    #: What it is for, or why it differs from the version before.
    note = models.CharField(_("explanation"), max_length=200, blank=True)
    #: The version from which it was begun.
    like = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    #: Euros a unit that the parameters give; empty while they give none.
    amount = models.DecimalField(_("tariff"), max_digits=12, decimal_places=4, null=True)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("settled on"), null=True)

    objects = TariffBuildupQuerySet.as_manager()

    class Meta:
        verbose_name = _("build-up of a tariff")
        verbose_name_plural = _("build-ups of tariffs")
        ordering = ["product__code", "-number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="tariff_buildup_once"),
            models.CheckConstraint(
                name="tariff_buildup_four_eyes",
                condition=Q(settled_by=None) | ~Q(settled_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="tariff_buildup_settled",
                condition=Q(status="settled", settled_at__isnull=False, amount__gt=0)
                | (~Q(status="settled") & Q(settled_at=None)),
            ),
            models.CheckConstraint(
                name="tariff_buildup_decimals", condition=Q(decimals__gte=2, decimals__lte=4)
            ),
        ]

    def __str__(self) -> str:
        return _("%(product)s, version %(number)s") % {
            "product": self.product,
            "number": self.number,
        }


class BuildupParameterQuerySet(OwnedQuerySet["BuildupParameter"]):
    """Reads of parameters, as of their build-up."""

    readers = READERS
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """As the build-up itself."""
        if scope.role in SUBCONTRACTOR:
            return self.filter(buildup__in=TariffBuildup.objects.visible_to(scope))
        return super().visible_to(scope)


class BuildupParameter(MainContractorOwned):
    """One line of a build-up, with the source from which its value comes."""

    class Element(models.TextChoices):
        """The element of the cost price: Besluit Jeugdwet 2.3, Uitvoeringsbesluit Wmo 5.4."""

        PROFESSIONAL = "professional", _("costs of the professional")
        UNPRODUCTIVE = "unproductive", _("hours that are not productive")
        TRAVEL = "travel", _("travel and training")
        CLIENT = "client", _("other costs of care for the client")
        OVERHEAD = "overhead", _("overhead")
        DUTIES = "duties", _("duties that the municipality sets")
        INDEX = "index", _("indexation")
        MARGIN = "margin", _("risk and margin")
        UNIT = "unit", _("from hour to unit")

    class Does(models.TextChoices):
        """What the line does, as `rules.buildup.Kind` names it."""

        YEARLY = Kind.YEARLY.value, _("amount a year")
        PERCENT = Kind.PERCENT.value, _("percentage on top")
        HOURS = Kind.HOURS.value, _("hours a year")
        HOURS_OFF = Kind.HOURS_OFF.value, _("hours a year that are off")
        HOURS_OFF_PERCENT = Kind.HOURS_OFF_PERCENT.value, _("percentage of the hours that is off")
        PRODUCTIVE = Kind.PRODUCTIVE.value, _("percentage of the hours that is productive")
        HOURLY = Kind.HOURLY.value, _("amount per hour or unit")
        TIMES = Kind.TIMES.value, _("times")
        DIVIDED = Kind.DIVIDED.value, _("divided by")

    buildup = models.ForeignKey(TariffBuildup, on_delete=models.PROTECT, related_name="parameters")
    position = models.PositiveSmallIntegerField(_("line"))
    name = models.CharField(_("parameter"), max_length=80)
    element = models.CharField(_("element"), max_length=12, choices=Element.choices)
    kind = models.CharField(_("kind"), max_length=17, choices=Does.choices)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=4)
    #: The line of whose amount a percentage is taken; empty: of all above it.
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=200)
    source_date = models.DateField(_("date of the source"), null=True)

    objects = BuildupParameterQuerySet.as_manager()

    class Meta:
        verbose_name = _("parameter of a build-up")
        verbose_name_plural = _("parameters of build-ups")
        ordering = ["buildup", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["buildup", "position"],
                name="buildup_parameter_place",
                # Lines change places in one statement.
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["buildup", "name"], name="buildup_parameter_name"),
            models.CheckConstraint(
                name="buildup_parameter_value", condition=Q(value__gte=Decimal(0))
            ),
            models.CheckConstraint(
                name="buildup_parameter_base", condition=Q(base=None) | Q(kind="percent")
            ),
        ]

    def __str__(self) -> str:
        return self.name


def as_lines(parameters: list[BuildupParameter]) -> list[Line]:
    """The parameters of one build-up, in their order, as the rules read them."""
    place = {one.pk: number for number, one in enumerate(parameters)}
    return [
        Line(one.name, Kind(one.kind), one.value, place.get(one.base_id) if one.base_id else None)
        for one in parameters
    ]
