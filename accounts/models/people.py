"""Human beings, the ways they sign in, and what they may do."""

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import Organization
from accounts.models.territory import District, Mahalla, Region
from accounts.pinfl import Pinfl, decrypt_pinfl, parse_pinfl
from accounts.standing import Standing
from base.compiled import CompiledQuery
from base.folding import fold
from base.models import Record

SEARCH_KEY_LENGTH = 320  # folding makes some names longer
SHORT = 2  # letters that make no trigram
LOOSE = str.maketrans("qu", "ko")  # Russian has к for q, and у for oʻ: Кулжураев is Quljoʻrayev


def match_key(folded: str, birth_date: date | str | None) -> str:
    """What two records of one person have in common: `folded` surname and given name, and the day of birth.

    Equal keys mean "may be the same person". Empty without a birth date: a name alone says too little.
    """
    return f"{folded[:200].translate(LOOSE)} {birth_date}" if birth_date else ""


def called(words: str, *, path: str = "") -> Q:
    """Keep people in whose name each of `words` stands, in any spelling; on the trigrams of person_search_words.

    One or two letters are the beginning of a name. `path` leads to the person, such as "person__".
    """
    where, key = Q(), f"{path}search_key"
    for word in fold(words).split():
        if len(word) > SHORT:
            where &= Q(**{f"{key}__contains": word})
        else:
            where &= Q(**{f"{key}__startswith": word}) | Q(**{f"{key}__contains": f" {word}"})
    return where


def full_name(*parts: str) -> str:
    """A name as it is written: surname, given name, patronymic, as far as they are known."""
    return " ".join(filter(None, parts))


class Person(Record):
    """One human being, known by name and, where given, by PINFL.

    A record that was merged with another of the same human being stays, names the other in `merged_into`, and is in no
    list.
    """

    class Gender(models.TextChoices):
        MALE = "male", _("Male")
        FEMALE = "female", _("Female")

    surname = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    search_key = models.CharField(max_length=SEARCH_KEY_LENGTH, blank=True, editable=False)
    match_key = models.CharField(max_length=220, blank=True, editable=False)
    birth_date = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=6, choices=Gender.choices, blank=True)
    pinfl_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    pinfl_cipher = models.TextField(blank=True, editable=False)
    phone = models.CharField(max_length=20, blank=True, help_text="To call; households share one, so not unique.")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=7, default="uz")
    external_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged_records", null=True, blank=True, editable=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["search_key"], name="person_search"),
            models.Index(fields=["match_key"], name="person_match"),
            models.Index(fields=["updated_at", "id"], name="person_updated_at"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Surname, given name, patronymic."""
        return full_name(self.surname, self.given_name, self.patronymic)

    @property
    def pinfl(self) -> Pinfl | None:
        """The PINFL, masked as a text; None where none was given."""
        return parse_pinfl(decrypt_pinfl(self.pinfl_cipher)) if self.pinfl_cipher else None


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by user name in any case."""
        return self.get(username__iexact=username)


class User(Record, AbstractBaseUser, PermissionsMixin):
    """A way to sign in; its phone and e-mail are verified and unique, apart from the contact ones of the person."""

    username = models.CharField(
        max_length=150, unique=True, validators=[UnicodeUsernameValidator()], verbose_name=_("user name")
    )
    person = models.OneToOneField(Person, models.PROTECT, related_name="user", null=True, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    language = models.CharField(max_length=7, default="uz")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="A platform admin, who may enter /admin/.")
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_any_case"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.username

    @property
    def mail_address(self) -> str:
        """Where the user reads e-mail: the address signed in with, else the one to write to; "" for none."""
        return self.email or (self.person.email if self.person else "")

    @cached_property
    def standing(self) -> Standing:
        """The memberships in force today, read once per user object, so once per request."""
        read_standings([self])
        return self.standing


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, day: date | None = None) -> Self:
        """Keep those in force on `day` (today)."""
        day = day or timezone.localdate()
        return self.filter(Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day))


class Membership(Record):
    """A user holds a role at an organization or in a territory, from a day until a day."""

    class Role(models.TextChoices):
        ASSISTANT = "assistant", _("Assistant of the hokim")
        COUNTER = "counter", _("Counter operator")
        CENTRE_MANAGER = "centre-manager", _("Centre manager")
        INSTRUCTOR = "instructor", _("Instructor")
        ACADEMY_ADMIN = "academy-admin", _("Academy administrator")
        STAFF_MANAGER = "staff-manager", _("Staff manager")
        SUPERVISOR = "supervisor", _("Supervisor")
        AUDITOR = "auditor", _("Auditor")
        PLATFORM_ADMIN = "platform-admin", _("Platform administrator")

    AT_ORGANIZATION = (Role.CENTRE_MANAGER, Role.INSTRUCTOR, Role.ACADEMY_ADMIN, Role.STAFF_MANAGER)

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="memberships")
    mahalla = models.ForeignKey(Mahalla, models.PROTECT, null=True, blank=True, related_name="memberships")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="memberships")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="memberships")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_place_fits_role",
                # A role at an organization names it alone; an assistant names a mahalla, a counter a district; who
                # looks over a territory names at most one (none: the republic); a platform admin names nothing.
                condition=(
                    Q(role__in=["centre-manager", "instructor", "academy-admin", "staff-manager"])
                    & Q(organization__isnull=False, mahalla=None, district=None, region=None)
                    | Q(role="assistant", mahalla__isnull=False, organization=None, district=None, region=None)
                    | Q(role="counter", district__isnull=False, organization=None, mahalla=None, region=None)
                    | Q(role__in=["supervisor", "auditor"], organization=None, mahalla=None)
                    & (Q(district=None) | Q(region=None))
                    | Q(role="platform-admin", organization=None, mahalla=None, district=None, region=None)
                ),
            ),
            models.UniqueConstraint(
                "user",
                "role",
                *(Coalesce(f"{place}_id", 0) for place in ("organization", "mahalla", "district", "region")),
                condition=Q(ends_on=None),
                name="membership_current_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"

    @property
    def place(self) -> Organization | Mahalla | District | Region | None:
        """Where the role is held; none for the whole republic or the platform."""
        return self.organization or self.mahalla or self.district or self.region


PLACES_HELD = CompiledQuery(
    lambda users, day: (
        Membership.objects.filter(user__in=users)
        .current(day)
        .values_list("user", "role", "organization", "mahalla", "district", "region")
    )
)


def read_standings(users: Collection[User]) -> None:
    """Let each know its `standing`, by one statement for all."""
    held: dict[int, list[Any]] = {user.pk: [] for user in users}
    for user_id, *row in PLACES_HELD.rows(list(held), timezone.localdate()):
        held[user_id].append(row)
    for user in users:
        user.standing = standing = Standing.from_rows(held[user.pk])
        employers = standing.organizations(Membership.Role.STAFF_MANAGER)
        if employers:  # who manages the staff of an organization does so in its units
            standing.places["organization"][Membership.Role.STAFF_MANAGER] = Organization.objects.with_units(employers)


class ActivationCode(models.Model):
    """A single-use code by which a resident without password signs in; `locator` finds the row, the rest is a hash.

    For a user who has a password it waits without a code until a second person approves and is shown it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="activation_codes")
    locator = models.CharField(max_length=8, unique=True)
    code_hash = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=5)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, revoked_at=None), name="activationcode_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"code for {self.user_id}"


class ApiToken(Record):
    """A bearer token of a user; shown once, kept as a hash."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Write")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
