"""A round about tariffs: proposed, reacted on, decided by a second person, and published."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from subcontracts.models.buildups import READERS, BuildupParameter, TariffBuildup
from subcontracts.models.contracts import Subcontract, Tariff
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned
from subcontracts.models.parties import Product, Subcontractor
from subcontracts.rules.tariff_changes import LeftOut


class TariffRoundQuerySet(OwnedQuerySet["TariffRound"]):
    """Reads of rounds."""

    readers = READERS
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """A subcontractor sees those in which it was asked something, so no drafts."""
        if scope.role in SUBCONTRACTOR:
            asked = TariffInvitation.objects.visible_to(scope)
            return self.filter(pk__in=asked.values("round"))
        return super().visible_to(scope)


class TariffRound(MainContractorOwned):
    """A proposal for the tariffs of some products, from the first draft to its publication."""

    class Status(models.TextChoices):
        """Life of a round; a decided one is published, and in force from its day on."""

        DRAFT = "draft", _("draft")
        OPEN = "open", pgettext_lazy("tariff round", "open")
        SUBMITTED = "submitted", _("to be decided")
        DECIDED = "decided", pgettext_lazy("tariff round", "published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNDONE = "undone", _("undone")

    TRANSITIONS = {
        Status.DRAFT: {Status.OPEN, Status.WITHDRAWN},
        Status.OPEN: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.OPEN, Status.DECIDED, Status.WITHDRAWN},
        Status.DECIDED: {Status.UNDONE},
        Status.WITHDRAWN: set(),
        Status.UNDONE: set(),
    }

    title = models.CharField(_("title"), max_length=120)
    #: What subcontractors read above the proposal.
    text = models.TextField(_("explanation"), blank=True)
    effective_date = models.DateField(_("takes effect on"))
    #: Last day on which subcontractors react.
    closes_on = models.DateField(_("reactions until"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.DRAFT
    )
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    opened_at = models.DateTimeField(_("opened"), null=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = TariffRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("tariff round")
        verbose_name_plural = _("tariff rounds")
        ordering = ["-effective_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="tariff_round_closes_first", condition=Q(effective_date__gt=F("closes_on"))
            ),
            models.CheckConstraint(
                name="tariff_round_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="tariff_round_decided",
                condition=Q(status__in=["decided", "undone"], decided_at__isnull=False)
                | (~Q(status__in=["decided", "undone"]) & Q(decided_at=None)),
            ),
            models.CheckConstraint(
                name="tariff_round_opened",
                condition=Q(status__in=["draft", "withdrawn"]) | Q(opened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def takes_reactions_on(self, day: date) -> bool:
        """Whether subcontractors may react on a day."""
        return self.status == self.Status.OPEN and day <= self.closes_on


class TariffRoundLineQuerySet(OwnedQuerySet["TariffRoundLine"]):
    """Reads of the products of rounds."""

    readers = READERS
    provider_column = ""

    def visible_to(self, scope: Scope) -> Self:
        """A subcontractor sees the products about which it was asked."""
        if scope.role in SUBCONTRACTOR:
            asked = TariffInvitation.objects.visible_to(scope)
            return self.filter(pk__in=asked.values("line"))
        return super().visible_to(scope)


class TariffRoundLine(MainContractorOwned):
    """A product in a round: the build-up that was proposed, and the one that was decided."""

    round = models.ForeignKey(TariffRound, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    proposed = models.ForeignKey(
        TariffBuildup, on_delete=models.PROTECT, related_name="proposed_tariff_lines"
    )
    #: After the reactions; the proposed one until somebody chooses another.
    final = models.ForeignKey(
        TariffBuildup, on_delete=models.PROTECT, related_name="final_tariff_lines"
    )
    #: What was done with the reactions; published.
    explanation = models.TextField(_("what we did with the reactions"), blank=True)
    #: How many reacted in which way, as it was published; `selectors.tariff_reactions` makes it.
    summary = models.JSONField(default=dict)

    objects = TariffRoundLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("product in a tariff round")
        verbose_name_plural = _("products in a tariff round")
        ordering = ["product__code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "product"], name="tariff_round_product_once")
        ]

    def __str__(self) -> str:
        return str(self.product)


class TariffInvitationQuerySet(OwnedQuerySet["TariffInvitation"]):
    """Reads: a provider its own."""

    readers = READERS


class TariffInvitation(ProviderOwned):
    """Whom a round asks about which product: made when it opens."""

    round = models.ForeignKey(TariffRound, on_delete=models.PROTECT, related_name="invitations")
    line = models.ForeignKey(TariffRoundLine, on_delete=models.PROTECT, related_name="invitations")
    subcontractor = models.ForeignKey(Subcontractor, on_delete=models.PROTECT, related_name="+")

    objects = TariffInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to react")
        verbose_name_plural = _("invitations to react")
        ordering = ["provider_organisation__name", "line", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "provider_organisation"], name="tariff_invitation_once"
            )
        ]


class TariffReactionQuerySet(OwnedQuerySet["TariffReaction"]):
    """Reads: a provider its own, never those of others."""

    readers = READERS


class TariffReaction(ProviderOwned):
    """What a subcontractor says of a proposed tariff, or of one parameter in it."""

    class Stance(models.TextChoices):
        """What it says."""

        AGREE = "agree", _("agrees")
        OTHER = "other", _("another value")
        COMMENT = "comment", pgettext_lazy("reaction", "comment")

    line = models.ForeignKey(TariffRoundLine, on_delete=models.PROTECT, related_name="reactions")
    #: Of the proposed build-up; empty: the tariff as a whole.
    parameter = models.ForeignKey(
        BuildupParameter, on_delete=models.PROTECT, null=True, related_name="+"
    )
    stance = models.CharField(_("reaction"), max_length=7, choices=Stance.choices)
    value = models.DecimalField(_("other value"), max_digits=12, decimal_places=4, null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = TariffReactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reaction on a tariff")
        verbose_name_plural = _("reactions on tariffs")
        ordering = ["provider_organisation__name", "parameter__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "parameter", "provider_organisation"],
                nulls_distinct=False,
                name="tariff_reaction_once",
            ),
            models.CheckConstraint(
                name="tariff_reaction_says_what",
                condition=Q(stance="agree", value=None)
                | (Q(stance="other", value__gte=0) & ~Q(reason=""))
                | (Q(stance="comment", value=None) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="tariff_reaction_answered",
                condition=Q(answer="") | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.parameter or _("the tariff as a whole"))


class TariffChangeQuerySet(OwnedQuerySet["TariffChange"]):
    """Reads: who reads rounds; a subcontractor reads its contract."""

    readers = READERS
    provider_column = ""

    def taking_part(self) -> TariffChangeQuerySet:
        """Those that get a new tariff."""
        return self.filter(left_out="")


class TariffChange(MainContractorOwned):
    """What a round does to the tariff of one contract; worked out anew until it is submitted."""

    class Reason(models.TextChoices):
        """Why the tariff stays."""

        NONE = LeftOut.NONE.value, _("no tariff on that day")
        LATER = LeftOut.LATER.value, _("begins after that day")
        SET_BY_HAND = LeftOut.SET_BY_HAND.value, _("set by hand from that day on")
        OTHER_UNIT = LeftOut.OTHER_UNIT.value, _("contract has another unit")
        NOT_ASKED = LeftOut.NOT_ASKED.value, _("was not asked in this round")
        UNCHANGED = LeftOut.UNCHANGED.value, _("has this tariff already")
        ENDED = "ended", _("contract ends before that day")

    round = models.ForeignKey(TariffRound, on_delete=models.PROTECT, related_name="changes")
    line = models.ForeignKey(TariffRoundLine, on_delete=models.PROTECT, related_name="changes")
    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="+")
    #: Goes where it came from another decision that was undone since.
    tariff = models.ForeignKey(Tariff, on_delete=models.SET_NULL, null=True, related_name="+")
    old_amount = models.DecimalField(_("old"), max_digits=12, decimal_places=4)
    #: As it was, so that it can be put back exactly.
    old_end_date = models.DateField(null=True)
    new_amount = models.DecimalField(_("new"), max_digits=12, decimal_places=4, null=True)
    left_out = models.CharField(_("left out"), max_length=9, choices=Reason.choices, blank=True)
    #: Euros a year at the old tariff and at the new one, of what was approved in the twelve months
    #: before; empty where nothing is known.
    yearly_old = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    yearly_new = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    is_applied = models.BooleanField(default=False)
    new_tariff = models.OneToOneField(
        Tariff, on_delete=models.PROTECT, null=True, related_name="published_by"
    )

    objects = TariffChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("effect of a tariff round")
        verbose_name_plural = _("effects of a tariff round")
        ordering = ["subcontract__number", "line", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "subcontract"], name="tariff_change_once"),
            models.CheckConstraint(
                name="tariff_change_new_or_left_out",
                condition=Q(left_out="", new_amount__gt=0) | (~Q(left_out="") & Q(new_amount=None)),
            ),
            models.CheckConstraint(
                name="tariff_change_applied",
                condition=Q(is_applied=False, new_tariff=None)
                | Q(is_applied=True, left_out="", new_tariff__isnull=False),
            ),
        ]
