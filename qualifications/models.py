"""Requirements, the evidence for them, and the reviews of evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.crypto import EncryptedTextField
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


class Requirement(MainContractorOwned):
    """What an organisation or professional must show to deliver some products."""

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
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["main_contractor", "code"], name="requirement_once"),
            models.CheckConstraint(
                name="requirement_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
