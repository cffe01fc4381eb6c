"""Learning groups and their seats."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, Person, User
from base.models import Record
from courses.models import Course, CourseVersion, Reader

ANSWERING = (Membership.Role.CENTRE_MANAGER, Membership.Role.ACADEMY_ADMIN)
"""Who leads a provider: answers referrals, runs cohorts."""
TEACHING = (*ANSWERING, Membership.Role.INSTRUCTOR)
FOR_EVER = date.max


class CohortQuerySet(models.QuerySet["Cohort"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep what is published, to anybody; drafts, to those who teach or lead at the provider."""
        teaching = user.standing.organizations(*TEACHING) if isinstance(user, User) else ()
        return self.exclude(~Q(organization_id__in=teaching), status=Cohort.Status.DRAFT)

    def with_seats_taken(self) -> Self:
        """Annotate `taken`: seats held or taken."""
        seats = Seat.objects.filter(cohort=models.OuterRef("pk"), status__in=Seat.OCCUPIED).order_by()
        counted = seats.values("cohort").annotate(n=models.Count("pk")).values("n")
        return self.annotate(taken=models.functions.Coalesce(models.Subquery(counted), 0))

    def open(self, day: date | None = None) -> Self:
        """Keep those that take learners on `day` (today): published, neither enrolment nor group over, a seat free."""
        today = day or timezone.localdate()
        return self.with_seats_taken().filter(
            Q(seats=None) | Q(taken__lt=F("seats")), takes_until__gte=today, status=Cohort.Status.PUBLISHED
        )


class Cohort(Record):
    """One group taught one course version by one provider.

    Stored moves (enrollment.services.cohorts.TRANSITIONS): draft → published → cancelled, draft → cancelled. Planned,
    open, running, full and finished are derived from dates and seats. A standing cohort (of a self-paced course) has
    no dates and no limit.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled")

    class State(models.TextChoices):
        """What a cohort is today, by what is stored, its dates and its seats."""

        DRAFT = "draft", _("Draft")
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Open")
        FULL = "full", _("Full")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    class Mode(models.TextChoices):
        ONLINE = "online", _("On line")
        ON_SITE = "on-site", _("On site")
        BLENDED = "blended", _("On line and on site")

    course = models.ForeignKey(Course, models.PROTECT, related_name="cohorts")
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="cohorts")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="cohorts")
    code = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    is_standing = models.BooleanField(default=False)
    open_to_all = models.BooleanField(default=False, help_text="Whoever is signed in may enrol oneself.")
    on_request = models.BooleanField(
        default=False, db_default=False, help_text="Whoever is signed in may ask for a place; neither: by others alone."
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The last day.")
    enrol_until = models.DateField(null=True, blank=True, help_text="The last day on which learners may join.")
    takes_until = models.GeneratedField(
        expression=Least(Coalesce("enrol_until", Value(FOR_EVER)), Coalesce("ends_on", Value(FOR_EVER))),
        output_field=models.DateField(),
        db_persist=True,
        help_text="The last day on which its dates let learners join.",
    )
    seats = models.PositiveIntegerField(null=True, blank=True, help_text="Null: no limit.")
    language = models.CharField(max_length=7, choices=settings.LANGUAGES, default="uz")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.ON_SITE)
    venue = models.CharField(max_length=300, blank=True)
    instructors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="taught_cohorts", blank=True)
    next_session_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-starts_on", "-id"], name="cohort_of_organization"),
            models.Index(fields=["course", "starts_on", "id"], name="cohort_of_course"),
            models.Index(fields=["course", "-id"], name="cohort_newest_of_course"),
            models.Index(fields=["organization", "course"], name="cohort_of_provider"),
            models.Index(fields=["updated_at", "id"], name="cohort_updated_at"),
            # By these a choice of groups leaves out those that are over.
            models.Index(fields=["organization", "status", "takes_until"], name="cohort_taking_learners"),
            models.Index(fields=["takes_until"], name="cohort_open_to_all", condition=Q(open_to_all=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="cohort_code_once"),
            models.UniqueConstraint(fields=["version"], condition=Q(is_standing=True), name="cohort_one_standing"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(is_standing=False) | Q(starts_on=None, ends_on=None, seats=None),
                name="cohort_standing_without_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @cached_property
    def seats_taken(self) -> int:
        """Seats held or taken; from `with_seats_taken` where the list was read with it."""
        taken: int | None = getattr(self, "taken", None)
        return self.seat_rows.filter(status__in=Seat.OCCUPIED).count() if taken is None else taken

    @property
    def seats_free(self) -> int | None:
        """None: no limit."""
        return None if self.seats is None else max(0, self.seats - self.seats_taken)

    @property
    def takes_learners(self) -> bool:
        """Whether its dates let learners join today; a seat may still be lacking."""
        today = timezone.localdate()
        return self.status == self.Status.PUBLISHED and all(
            day is None or today <= day for day in (self.enrol_until, self.ends_on)
        )

    @property
    def state(self) -> "Cohort.State":
        today = timezone.localdate()
        if self.status != self.Status.PUBLISHED:
            return self.State(self.status)
        if self.ends_on and self.ends_on < today:
            return self.State.FINISHED
        if self.takes_learners:
            return self.State.FULL if self.seats_free == 0 else self.State.OPEN
        return self.State.RUNNING if self.starts_on is None or self.starts_on <= today else self.State.PLANNED


class Seat(models.Model):
    """A numbered place in a cohort, held by a referral until a day or taken by an enrollment.

    Given out under the cohort's row lock; the constraints refuse the one too many. A cohort without limit has no seat
    rows. Moves: held → taken | released, taken → released. `capacity` is the cohort's number of seats when this one
    was given out.
    """

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        TAKEN = "taken", _("Taken")
        RELEASED = "released", _("Released")

    OCCUPIED = (Status.HELD, Status.TAKEN)

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="seat_rows")
    number = models.PositiveIntegerField()
    capacity = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats")
    referral = models.ForeignKey("Referral", models.PROTECT, related_name="seats", null=True)
    enrollment = models.ForeignKey("Enrollment", models.PROTECT, related_name="seats", null=True)
    held_until = models.DateField(null=True, help_text="The last day of the hold.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "number"], condition=Q(status__in=["held", "taken"]), name="seat_number_once"
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(status="held"), name="seat_one_held_per_person"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=F("capacity")), name="seat_number_within_capacity"
            ),
            models.CheckConstraint(
                condition=~Q(status="taken") | Q(enrollment__isnull=False), name="seat_taken_by_enrollment"
            ),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(referral__isnull=False, held_until__isnull=False),
                name="seat_held_by_referral",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} {self.number}"


class FreedSeat(models.Model):
    """Seats of a cohort have become free, and its waiting list was not asked yet; gone as soon as it was."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="freed_seats")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.cohort_id} at {self.at:%Y-%m-%d %H:%M:%S}"
