"""Moving the care under a subcontract to others: one action, with what became of each placement."""

from __future__ import annotations

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.scope import CARE
from subcontracts.models.contracts import Subcontract
from subcontracts.models.owned import MainContractorOwned, OwnedQuerySet
from subcontracts.models.parties import Subcontractor
from subcontracts.models.placements import Placement


class CareMoveQuerySet(OwnedQuerySet["CareMove"]):
    """Reads: who looks after clients. A subcontractor sees its placements instead."""

    readers = CARE
    provider_column = ""

    def with_counts(self) -> CareMoveQuerySet:
        """With how many placements it is about: all, waiting, moved, refused, and to settle."""
        states = CareMoveItem.Status
        return self.annotate(
            total=Count("items"),
            waiting=Count("items", filter=Q(items__status=states.WAITING)),
            moved=Count("items", filter=Q(items__status=states.MOVED)),
            refused=Count("items", filter=Q(items__status=states.REFUSED)),
            remaining=Count("items", filter=Q(items__status__in=CareMoveItem.REMAINING)),
        )


class CareMove(MainContractorOwned):
    """Placements of one subcontract that go to others from a day on: prepared, then carried out."""

    class Status(models.TextChoices):
        """Life of a move."""

        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        REMAINDER = "remainder", _("finished with remainder")
        DISCARDED = "discarded", _("discarded")

    TRANSITIONS = {
        Status.DRAFT: {Status.RUNNING, Status.DISCARDED},
        Status.RUNNING: {Status.FINISHED, Status.REMAINDER},
        Status.REMAINDER: {Status.RUNNING, Status.FINISHED},
        Status.FINISHED: set(),
        Status.DISCARDED: set(),
    }

    class Reason(models.TextChoices):
        """Why the care is moved; movements are counted by it."""

        CONTRACT_END = "contract_end", _("end of the contract")
        MERGER = "merger", _("merger or takeover")
        OWN_TEAM = "own_team", _("joins our own team")
        OTHER = "other", _("other reason")

    subcontract = models.ForeignKey(Subcontract, on_delete=models.PROTECT, related_name="moves")
    #: First day of care at the others; the day before is the last one here.
    day = models.DateField(_("first day elsewhere"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    note = models.CharField(_("explanation"), max_length=200, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.DRAFT
    )
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    #: Last sign of life of the worker; empty while it waits for one.
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished on"), null=True)

    objects = CareMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of care")
        verbose_name_plural = _("moves of care")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="care_move_confirmed",
                condition=Q(status__in=["draft", "discarded"], confirmed_at=None)
                | Q(
                    status__in=["running", "finished", "remainder"],
                    confirmed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="care_move_other_explained", condition=~Q(reason="other", note="")
            ),
            # Two drafts for one contract would move the same care twice on paper.
            models.UniqueConstraint(
                fields=["subcontract"],
                condition=Q(status__in=["draft", "running"]),
                name="care_move_one_at_a_time",
            ),
        ]
        indexes = [
            # What a worker takes up.
            models.Index(
                fields=["seen_at"], condition=Q(status="running"), name="care_move_running"
            )
        ]

    def __str__(self) -> str:
        return _("Move from %(contract)s") % {"contract": self.subcontract}


class CareMoveItemQuerySet(OwnedQuerySet["CareMoveItem"]):
    """Reads, as of moves."""

    readers = CARE
    provider_column = ""

    def remaining(self) -> CareMoveItemQuerySet:
        """What somebody still has to do something about."""
        return self.filter(status__in=CareMoveItem.REMAINING)

    def standing(self) -> CareMoveItemQuerySet:
        """Moved, and the care is still where it went, or went on from there by another move."""
        gone = Q(new_placement__status__in=[Placement.Status.DECLINED, Placement.Status.WITHDRAWN])
        on = CareMoveItem.objects.filter(
            placement=OuterRef("new_placement"), status=CareMoveItem.Status.MOVED
        )
        return self.filter(~gone | Exists(on), status=CareMoveItem.Status.MOVED)


class CareMoveItem(MainContractorOwned):
    """One placement in a move: where it goes, and what became of it."""

    class Status(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("to be moved")
        MOVED = "moved", _("moved")
        REFUSED = "refused", _("could not be moved")
        LEFT = "left", _("stays for now")
        SETTLED = "settled", _("settled otherwise")

    TRANSITIONS = {
        Status.WAITING: {Status.MOVED, Status.REFUSED, Status.LEFT, Status.SETTLED},
        Status.REFUSED: {Status.WAITING, Status.SETTLED},
        Status.LEFT: {Status.WAITING, Status.SETTLED},
        Status.MOVED: set(),
        Status.SETTLED: set(),
    }
    REMAINING = (Status.REFUSED, Status.LEFT)

    move = models.ForeignKey(CareMove, on_delete=models.PROTECT, related_name="items")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="move_items")
    #: Empty: it stays where it is, for now.
    destination = models.ForeignKey(
        Subcontractor,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("goes to"),
    )
    #: First day elsewhere: of the move, or of a placement that begins later.
    day = models.DateField(_("from"))
    #: What the next one gets of a volume or budget for the whole period; empty: by days.
    volume = models.PositiveIntegerField(_("volume"), null=True)
    budget = models.DecimalField(_("budget"), max_digits=12, decimal_places=2, null=True)
    status = models.CharField(
        _("status"), max_length=7, choices=Status.choices, default=Status.WAITING
    )
    #: Why it was refused: the rule's code and the sentence; or how it was settled.
    code = models.CharField(max_length=10, blank=True)
    text = models.CharField(_("explanation"), max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    new_placement = models.OneToOneField(
        Placement, on_delete=models.PROTECT, null=True, related_name="moved_from"
    )
    handled_at = models.DateTimeField(null=True)

    objects = CareMoveItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement in a move")
        verbose_name_plural = _("placements in moves")
        ordering = ["placement__product__name", "placement__number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["move", "placement"], name="care_move_item_once"),
            # Nothing moves twice, whatever the move and however often it is taken up.
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(status="moved"),
                name="care_move_placement_once",
            ),
            models.CheckConstraint(
                name="care_move_item_moved",
                condition=Q(status="moved", new_placement__isnull=False)
                | (~Q(status="moved") & Q(new_placement=None)),
            ),
            models.CheckConstraint(
                name="care_move_item_elsewhere",
                condition=Q(new_placement=None) | ~Q(new_placement=F("placement")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.placement)
