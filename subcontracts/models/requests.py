"""Requests to a municipality for one client, and the products asked for in one (315).

What a request for change asks (317) stands in `changes`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality, Organisation
from hoofdaannemer.core.crypto import EncryptedTextField
from messaging.models import Family, OutgoingMessage
from subcontracts.models.allocations import CARE_READERS, Extent
from subcontracts.models.clients import Client
from subcontracts.models.contracts import MunicipalContract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Product


class CareRequestQuerySet(OwnedQuerySet["CareRequest"]):
    """Reads of requests; a subcontractor sees those it made."""

    readers = CARE_READERS

    def open(self) -> CareRequestQuerySet:
        """Sent, while something in it waits for an answer."""
        return self.filter(status__in=CareRequest.OPEN)

    def with_goods(self) -> CareRequestQuerySet:
        """With what is asked for, new or changed, as lists name it."""
        return self.prefetch_related(*CareRequest.GOODS)


class CareRequest(MainContractorOwned):
    """One message to a municipality about one client, which may be open once (TR374).

    What is asked stands in the rows below it and is answered there: products one by one, a change
    as a whole. The request is answered when all of them are.
    """

    class Kind(models.TextChoices):
        """What is asked; the value is the number of its message."""

        ALLOCATION = "315", _("new care")
        CHANGE = "317", _("change of care")

    class Status(models.TextChoices):
        """Life of a request."""

        RECEIVED = "received", _("received from the subcontractor")
        SENT = "sent", _("sent")
        CONFIRMED = "confirmed", _("received by the municipality")
        FAULTY = "faulty", _("returned with errors")
        INVESTIGATED = "investigated", _("under investigation")
        ANSWERED = "answered", _("answered")
        DISMISSED = "dismissed", _("not taken up")

    TRANSITIONS = {
        Status.RECEIVED: {Status.SENT, Status.DISMISSED},
        # An answer may overtake the return message; it shows that the request was received.
        Status.SENT: {Status.CONFIRMED, Status.FAULTY},
        Status.CONFIRMED: {Status.INVESTIGATED, Status.ANSWERED},
        Status.INVESTIGATED: {Status.CONFIRMED, Status.ANSWERED},
        Status.FAULTY: {Status.SENT, Status.DISMISSED},
        Status.ANSWERED: set(),
        Status.DISMISSED: set(),
    }
    OPEN = (Status.SENT, Status.CONFIRMED, Status.INVESTIGATED)
    GOODS = (
        "products__product",
        *("lines__product", "lines__allocation__product", "lines__placement__product"),
    )

    kind = models.CharField(_("kind"), max_length=3, choices=Kind.choices, default=Kind.ALLOCATION)
    #: Shown to people; the references of the products begin with it, that of a change is it.
    number = models.CharField(_("number"), max_length=20, db_collation="C")
    #: Our own access's name for the referral behind it, where it was handed in as a file or call.
    referral_reference = models.CharField(
        _("reference of the referral"), max_length=36, blank=True, default="", db_collation="C"
    )
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    #: The subcontractor that asked; empty where the own access did.
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="requests")
    #: Youth: the municipality knows who has parental authority.
    guardian_known = models.BooleanField(null=True)
    comment = EncryptedTextField(_("comment"), default="")
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    recorded_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    message = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = CareRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "number"], name="request_number_once"
            ),
            # A referral that is handed in twice is one request.
            models.UniqueConstraint(
                fields=["main_contractor", "referral_reference"],
                condition=~Q(referral_reference=""),
                name="request_referral_once",
            ),
            # TR374: one open request per client and municipality.
            models.UniqueConstraint(
                fields=["main_contractor", "family", "municipality", "client"],
                condition=Q(status__in=["sent", "confirmed", "investigated"]),
                name="request_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Address of its page."""
        return reverse("request_detail", args=[self.pk])


class Asked(MainContractorOwned):
    """What the municipality answers under one reference: a product, or a change as a whole."""

    class Answer(models.TextChoices):
        """What the municipality said, or we to a subcontractor."""

        AWAITED = "awaited", _("no answer yet")
        INVESTIGATED = "investigated", _("under investigation")
        ALLOCATED = "allocated", _("allocated")
        REFUSED = "refused", _("refused")

    TRANSITIONS = {
        Answer.AWAITED: {Answer.INVESTIGATED, Answer.ALLOCATED, Answer.REFUSED},
        Answer.INVESTIGATED: {Answer.ALLOCATED, Answer.REFUSED},
        Answer.ALLOCATED: set(),
        Answer.REFUSED: set(),
    }
    FINAL = (Answer.ALLOCATED, Answer.REFUSED)

    request: models.ForeignKey[CareRequest, CareRequest]
    request_id: int
    #: Equal to those of the request, so that rules and visibility need no join.
    family = models.CharField(_("law"), max_length=3, choices=Family.choices)
    provider_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: ReferentieAanbieder towards the municipality.
    reference = models.CharField(_("reference"), max_length=36, db_collation="C")
    #: The reference of the subcontractor's own message, for the answer to it.
    provider_reference = models.CharField(max_length=36, blank=True, db_collation="C")
    answer = models.CharField(
        _("answer"), max_length=12, choices=Answer.choices, default=Answer.AWAITED
    )
    #: Code list WJ759, of a refusal.
    rejection_reason = models.CharField(_("reason"), max_length=2, blank=True)
    #: CBS code of the municipality that is responsible instead (reason 8, youth only).
    responsible_code = models.CharField(max_length=4, blank=True, db_collation="C")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference


class RequestedProductQuerySet(OwnedQuerySet["RequestedProduct"]):
    """Reads of what was asked; a subcontractor sees what it asked itself."""

    readers = CARE_READERS


class RequestedProduct(Asked, Extent):
    """One product of a request for allocation, with the municipality's answer to it."""

    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, related_name="products")
    municipal_contract = models.ForeignKey(
        MunicipalContract, on_delete=models.PROTECT, related_name="requested_products"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"), null=True)
    #: Code list COD327, AGB or name of the referrer.
    referrer_type = models.CharField(_("kind of referrer"), max_length=2)
    referrer_agb = models.CharField(_("AGB code of the referrer"), max_length=8, blank=True)
    referrer_name = models.CharField(_("name of the referrer"), max_length=64, blank=True)
    #: The municipality's decision on which the request rests, where there is one (CD043).
    decision_number = models.PositiveIntegerField(_("decision number"), null=True)
    decision_start_date = models.DateField(_("start date of the decision"), null=True)
    #: Code list COD260: yes, no, or nothing said.
    framework_contract = models.CharField(max_length=1, blank=True)
    comment = EncryptedTextField(_("comment"), default="")
    #: The subcontractor that asked was told that somebody else gives what was allocated.
    elsewhere_at = models.DateTimeField(null=True)
    #: What its software was told as reason: code list WJ759.
    elsewhere_reason = models.CharField(max_length=2, blank=True)

    objects = RequestedProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("requested product")
        verbose_name_plural = _("requested products")
        ordering = ["pk"]
        constraints = [
            # TR347, upward and for each subcontractor that sends its own.
            models.UniqueConstraint(
                fields=["main_contractor", "family", "reference"],
                name="requested_product_reference_once",
            ),
            models.UniqueConstraint(
                fields=["main_contractor", "provider_organisation", "family", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="requested_product_provider_reference_once",
            ),
            models.CheckConstraint(
                name="requested_product_period_forward",
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="requested_product_decision_whole",
                condition=Q(decision_number=None, decision_start_date=None)
                | Q(decision_number__isnull=False, decision_start_date__isnull=False),
            ),
            # Only a refusal has a reason.
            models.CheckConstraint(
                name="requested_product_reason_of_refusal",
                condition=Q(rejection_reason="") | Q(answer="refused"),
            ),
            models.CheckConstraint(
                name="requested_product_elsewhere_whole",
                condition=Q(elsewhere_at=None, elsewhere_reason="")
                | (
                    Q(elsewhere_at__isnull=False, answer="allocated")
                    & Q(provider_organisation__isnull=False)
                    & ~Q(elsewhere_reason="")
                ),
            ),
        ]
