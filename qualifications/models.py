"""Requirements, the evidence for them, and the reviews of evidence."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.crypto import EncryptedTextField
from hoofdaannemer.core.periods import InclusiveDateRange, SameId
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.models import Product, Professional, Subcontractor
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet, ProviderOwned

#: Who reads requirements and outcomes; files are the quality officer's alone.
READERS = frozenset(
    {Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR, Role.CONTROLLER, Role.QUALITY_OFFICER}
)


class RequirementQuerySet(OwnedQuerySet["Requirement"]):
    """Reads of requirements; a provider sees those of the main contractors it works for."""

    readers = READERS

    def visible_to(self, scope: Scope) -> RequirementQuerySet:
        """Rows this scope may see."""
        if scope.role in SUBCONTRACTOR:
            return self.filter(
                main_contractor__in=Subcontractor.objects.visible_to(scope).values(
                    "main_contractor"
                )
            )
        return super().visible_to(scope)

    def standing(self) -> RequirementQuerySet:
        """Not taken back before they began."""
        return self.filter(withdrawn_at=None)

    def newest(self) -> RequirementQuerySet:
        """Of each requirement the version that nothing follows."""
        later = Requirement.objects.standing().filter(
            Q(first=OuterRef("root")) | Q(pk=OuterRef("root")),
            start_date__gt=OuterRef("start_date"),
        )
        return self.standing().annotate(root=Coalesce("first", "pk")).filter(~Exists(later))

    def versions_of(self, requirement: Requirement) -> RequirementQuerySet:
        """All versions of one requirement, those that were taken back too; the newest first."""
        root = requirement.root_id
        return self.filter(Q(first=root) | Q(pk=root)).order_by("-start_date", "-pk")

    def to_show(self, day: date) -> RequirementQuerySet:
        """Those of which a proof is of use from this day on: they hold, or will."""
        return self.standing().filter(Q(end_date=None) | Q(end_date__gte=day))


class Requirement(MainContractorOwned):
    """What an organisation or professional must show to deliver some products.

    A row is one version: from its first day to its last it never changes. What is demanded
    otherwise from a day on is a new row with the same code, which names the first.
    """

    class AppliesTo(models.TextChoices):
        """Who must show it."""

        ORGANISATION = "organisation", _("organisation")
        PROFESSIONAL = "professional", _("professional")

    class Proof(models.TextChoices):
        """How it is shown."""

        REGISTER = "register", _("register entry")
        DIPLOMA = "diploma", _("diploma")
        CERTIFICATE = "certificate", _("certificate")
        STATEMENT = "statement", _("statement")

    class OnLapse(models.TextChoices):
        """What follows when it lapses; a hold also blocks new placements."""

        SIGNAL = "signal", _("signal only")
        NO_PLACEMENTS = "no_placements", _("no new placements")
        HOLD = "hold", _("no new placements, payment held")

    class Level(models.TextChoices):
        """Lowest level of a diploma."""

        MBO_2 = "mbo_2", _("mbo level 2")
        MBO_3 = "mbo_3", _("mbo level 3")
        MBO_4 = "mbo_4", _("mbo level 4")
        HBO = "hbo", _("hbo")
        WO = "wo", _("university")

    BLOCKING = (OnLapse.NO_PLACEMENTS, OnLapse.HOLD)

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    applies_to = models.CharField(_("applies to"), max_length=12, choices=AppliesTo.choices)
    proof = models.CharField(_("proof"), max_length=12, choices=Proof.choices)
    on_lapse = models.CharField(_("when it lapses"), max_length=14, choices=OnLapse.choices)
    #: The clause of the subcontract that demands it; printed on holds.
    clause = models.CharField(_("clause"), max_length=80)
    #: A certificate of conduct: after review only outcome and dates are kept.
    keeps_file = models.BooleanField(default=True)
    #: Of a diploma; empty where the name says enough.
    level = models.CharField(_("lowest level"), max_length=5, choices=Level.choices, blank=True)
    #: Jobs of professionals for whom it holds, as their organisations write them; empty for all.
    jobs = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    #: Until this day a lack is signalled only; empty where it counts from the first day.
    grace_until = models.DateField(_("time to comply until"), null=True)
    #: The first version; empty for that itself.
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    #: The version from which on proofs count for this one too; empty where that is this one.
    proofs_since = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    #: Taken back before it began, so that it never held.
    withdrawn_at = models.DateTimeField(null=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "code"],
                condition=Q(first=None, withdrawn_at=None),
                name="requirement_once",
            ),
            ExclusionConstraint(
                name="requirement_one_version_at_a_time",
                expressions=[
                    (InclusiveDateRange(), RangeOperators.OVERLAPS),
                    (SameId(Coalesce("first", "id")), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="requirement_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="requirement_grace_within",
                condition=Q(grace_until=None) | Q(grace_until__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="requirement_level_of_diploma", condition=Q(level="") | Q(proof="diploma")
            ),
            models.CheckConstraint(
                name="requirement_jobs_of_professionals",
                condition=Q(jobs=[]) | Q(applies_to="professional"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Address of its page."""
        return reverse("requirement_detail", args=[self.pk])

    @property
    def root_id(self) -> int:
        """Key of the first version, which all versions share."""
        return self.first_id or self.pk

    @property
    def pool_id(self) -> int:
        """Key of the version from which on proofs count for this one."""
        return self.proofs_since_id or self.pk


class RequirementStepQuerySet(OwnedQuerySet["RequirementStep"]):
    """Reads of what was done with requirements: the main contractor's own affair."""

    readers = READERS
    provider_column = ""


class RequirementStep(MainContractorOwned):
    """One thing that a quality officer did with a requirement. Append-only."""

    class Kind(models.TextChoices):
        """What was done."""

        MADE = "made", _("made")
        CHANGED = "changed", _("changed")
        ENDED = "ended", _("ended")
        RESUMED = "resumed", _("end taken back")
        WITHDRAWN = "withdrawn", _("taken back before it began")

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    #: The first day of a version, or the last day of one that ends.
    day = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = RequirementStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a requirement")
        verbose_name_plural = _("steps of requirements")
        ordering = ["at", "pk"]


class RequirementProductQuerySet(OwnedQuerySet["RequirementProduct"]):
    """Reads of the products of requirements."""

    readers = READERS
    provider_column = ""


class RequirementProduct(MainContractorOwned):
    """A product for which a requirement holds; a requirement without any holds for all."""

    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="requirement_products"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")

    objects = RequirementProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "product"], name="requirement_product_once"
            )
        ]


class EvidenceQuerySet(OwnedQuerySet["Evidence"]):
    """Reads of evidence."""

    readers = READERS

    def to_review(self) -> EvidenceQuerySet:
        """Uploaded and not yet judged, oldest first."""
        return self.filter(outcome=Evidence.Outcome.AWAITING).order_by("uploaded_at", "pk")


class Evidence(ProviderOwned):
    """One proof, uploaded by a subcontractor. Never changed: a new proof is a new row."""

    class Outcome(models.TextChoices):
        """What the last review said."""

        AWAITING = "awaiting", _("awaiting review")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="evidence")
    #: Empty where the requirement is the organisation's.
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, related_name="evidence"
    )
    #: Register, certificate or document number.
    number = EncryptedTextField(_("number"), default="")
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    #: Encrypted; emptied after review where only the outcome is kept.
    file_content = models.BinaryField(null=True)
    file_digest = models.BinaryField(max_length=32, null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    #: Copy of the last review's outcome, for lists and the work list.
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=Outcome.choices, default=Outcome.AWAITING
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="evidence_period_forward",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="evidence_awaits_with_file",
                condition=Q(file_content__isnull=False) | ~Q(outcome="awaiting"),
            ),
        ]
        indexes = [
            models.Index(fields=["main_contractor", "outcome", "uploaded_at"]),
            models.Index(fields=["requirement", "provider_organisation"]),
        ]

    def __str__(self) -> str:
        return str(self.requirement)


class ReviewQuerySet(OwnedQuerySet["Review"]):
    """Reads of reviews."""

    readers = frozenset({Role.QUALITY_OFFICER, Role.CONTRACT_MANAGER})


class Review(ProviderOwned):
    """One judgement of one proof. Append-only."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="reviews")
    approved = models.BooleanField()
    reason = models.TextField(_("reason"), blank=True)
    #: Rejected: the first day on which the proof no longer counts.
    effective_from = models.DateField(_("rejected from"), null=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField()

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["reviewed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="review_rejection_says_why_and_when",
                condition=Q(approved=True, effective_from=None)
                | (Q(approved=False, effective_from__isnull=False) & ~Q(reason="")),
            )
        ]
