"""People and their roles."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models.organisations import MainContractor, Municipality, Organisation
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope

#: Roles of people who work for an organisation that is no main contractor.
OF_ORGANISATION = SUBCONTRACTOR | {Role.OFFICE_USER}


class UserQuerySet(models.QuerySet["User"]):
    """Reads of people."""

    def visible_to(self, scope: Scope) -> UserQuerySet:
        """Whoever holds a role that the scope may see, and oneself."""
        if scope.is_system:
            return self
        roles = Membership.objects.visible_to(scope)
        return self.filter(Q(pk__in=roles.values("user")) | Q(pk=scope.user_id))


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail address is the name to log in with."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, scope: Scope) -> UserQuerySet:
        """See `UserQuerySet.visible_to`."""
        return self.get_queryset().visible_to(scope)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store a user with a hashed password; without one, the user must set it by mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. What it may do follows from its memberships, never from the person."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    #: Last mail with a link to a new password, so that nobody's mailbox can be flooded.
    reset_mailed_at = models.DateTimeField(null=True)
    #: Whether a mail about the own work list is welcome on Mondays.
    wants_digest = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["email"]
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.email


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def active(self) -> MembershipQuerySet:
        """Memberships that give access now: accepted, not ended, of a person not blocked."""
        return self.filter(
            Q(ended_at=None) | Q(ended_at__gt=Now()),
            started_at__isnull=False,
            user__is_active=True,
        )

    def open(self) -> MembershipQuerySet:
        """Memberships that have not ended, also of people who are blocked or only invited."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=Now()))

    def with_status(self) -> MembershipQuerySet:
        """Adds `status`, one of `Membership.Status`."""
        status = Membership.Status
        return self.annotate(
            status=models.Case(
                models.When(ended_at__lte=Now(), then=models.Value(status.ENDED)),
                models.When(started_at=None, then=models.Value(status.INVITED)),
                models.When(user__is_active=False, then=models.Value(status.BLOCKED)),
                default=models.Value(status.ACTIVE),
                output_field=models.CharField(),
            )
        )

    def visible_to(self, scope: Scope) -> MembershipQuerySet:
        """Administrator: the main contractor's; delegate: the own organisation's; else own."""
        if scope.is_system:
            return self
        if scope.role == Role.ADMINISTRATOR:
            return self.filter(main_contractor=scope.main_contractor_id)
        if scope.role == Role.SUBCONTRACTOR_ADMIN:
            return self.filter(organisation=scope.organisation_id, role__in=SUBCONTRACTOR)
        return self.filter(user=scope.user_id)


class Membership(models.Model):
    """One role of one person for one party. A person may hold several and acts in one."""

    class Status(models.TextChoices):
        """Whether the role gives access now; follows from the columns, see `with_status`."""

        INVITED = "invited", _("invited")
        ACTIVE = "active", _("active")
        BLOCKED = "blocked", _("blocked")
        ENDED = "ended", _("ended")

    ROLE_CHOICES: ClassVar = [c for c in Role.choices if c[0] not in (Role.SYSTEM, Role.NOBODY)]

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=32, choices=ROLE_CHOICES)
    #: Staff and auditors: whose. Subcontractors and municipal viewers: who invited them.
    main_contractor = models.ForeignKey(
        MainContractor, on_delete=models.PROTECT, null=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    #: Empty until the invitation is accepted.
    started_at = models.DateTimeField(null=True)
    #: A moment to come for who has access for a limited time.
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("role of a person")
        verbose_name_plural = _("people and roles")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "main_contractor", "organisation", "municipality"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="membership_once",
            ),
            models.CheckConstraint(
                name="membership_party_fits_role",
                condition=(
                    Q(role__in=[*sorted(STAFF), Role.AUDITOR], main_contractor__isnull=False)
                    | Q(role__in=sorted(OF_ORGANISATION), organisation__isnull=False)
                    | Q(role=Role.MUNICIPAL_VIEWER, municipality__isnull=False)
                ),
            ),
        ]

    @property
    def party(self) -> str:
        """Name of the party one acts for."""
        if self.role == Role.MUNICIPAL_VIEWER and self.municipality:
            return self.municipality.name
        if self.role in OF_ORGANISATION and self.organisation:
            return self.organisation.name
        return str(self.main_contractor)

    @property
    def shown_name(self) -> str:
        """The person's name once the invitation is accepted.

        Before that, a name would tell whoever invites that the address has an account elsewhere.
        """
        return self.user.name if self.started_at else ""
