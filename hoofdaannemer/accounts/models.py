"""Organisations and the people who act for them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reads of organisations."""

    def visible_to(self, scope: Scope) -> OrganisationQuerySet:
        """Staff see who works for their main contractor, others their own organisation."""
        if scope.is_system:
            return self
        if scope.role in STAFF:
            return self.filter(
                Q(main_contractor_links__main_contractor=scope.main_contractor_id)
                | Q(main_contractor__pk=scope.main_contractor_id)
            ).distinct()
        return self.filter(pk=scope.organisation_id)


class Organisation(models.Model):
    """A legal person, or an own team of a main contractor; shared by all main contractors."""

    class Kind(models.TextChoices):
        """What sort of party it is."""

        INSTITUTION = "institution", _("institution")
        PRACTICE = "practice", _("independent practice")
        OWN_TEAM = "own_team", _("own team")
        MAIN_CONTRACTOR = "main_contractor", _("main contractor")

    name = models.CharField(_("name"), max_length=120)
    #: Trade register: 8 digits, or 12 (establishment number) for an own team.
    kvk = models.CharField(
        _("trade register number"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^(\d{8}|\d{12})$", _("Enter 8 or 12 digits."))],
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Under this code it sends and receives messages; an own team has none.
    agb = models.CharField(
        _("AGB code"),
        max_length=8,
        blank=True,
        db_collation="C",
        validators=[RegexValidator(r"^\d{8}$", _("Enter 8 digits."))],
    )
    street = models.CharField(_("street and number"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agb"], condition=~Q(agb=""), name="organisation_agb_once"
            )
        ]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class MainContractor(models.Model):
    """A main contractor on this installation; several may live side by side."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="main_contractor"
    )
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("main contractor")
        verbose_name_plural = _("main contractors")

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def agb(self) -> str:
        """AGB code under which it receives from and sends to municipalities."""
        return self.organisation.agb


class MainContractorLink(models.Model):
    """An organisation works, or worked, for a main contractor: lets staff see its name."""

    main_contractor = models.ForeignKey(MainContractor, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="main_contractor_links"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["main_contractor", "organisation"], name="main_contractor_link_once"
            )
        ]


class Municipality(models.Model):
    """A municipality by its CBS code. Public reference data."""

    code = models.CharField(_("municipality code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail address is the name to log in with."""

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
        """Memberships that give access now."""
        return self.filter(ended_at=None, user__is_active=True)

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

    ROLE_CHOICES: ClassVar = [c for c in Role.choices if c[0] not in (Role.SYSTEM, Role.NOBODY)]

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=32, choices=ROLE_CHOICES)
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
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
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
                    | Q(role__in=sorted(SUBCONTRACTOR), organisation__isnull=False)
                    | Q(role=Role.MUNICIPAL_VIEWER, municipality__isnull=False)
                ),
            ),
        ]

    @property
    def party(self) -> str:
        """Name of the party one acts for."""
        if self.role == Role.MUNICIPAL_VIEWER and self.municipality:
            return self.municipality.name
        if self.role in SUBCONTRACTOR and self.organisation:
            return self.organisation.name
        return str(self.main_contractor)


class Invitation(models.Model):
    """A mailed, one-time link with which a new user sets a password. Only its hash is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)


class OpenSession(models.Model):
    """One browser a user is logged in with; the user sees and ends them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens."""

    def visible_to(self, scope: Scope) -> ApiTokenQuerySet:
        """The delegate sees those of its organisation."""
        if scope.is_system:
            return self
        if scope.role == Role.SUBCONTRACTOR_ADMIN:
            return self.filter(organisation=scope.organisation_id)
        return self.none()


class ApiToken(models.Model):
    """Opens the HTTPS mailbox for the software of one organisation. Only its hash is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(_("label"), max_length=60)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
