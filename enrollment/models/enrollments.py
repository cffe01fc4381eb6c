"""Who learns in which cohort, and how far."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Employment, Membership, Organization, Person, User
from base.models import Record
from courses.models import Lesson
from enrollment.models.cohorts import TEACHING, Cohort
from enrollment.models.lookups import WithdrawalReason
from enrollment.models.referrals import FOLLOWING, Referral

GRADE_ORDER = Coalesce("grade", Value(-1), output_field=models.DecimalField(max_digits=5, decimal_places=2))
"""The grade, below all others where there is none: what is ordered by holds no null."""


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def visible_to(self, user: User) -> Self:
        """Keep the user's own, those of the user's provider, mahallas (by the referral) and staff."""
        standing = user.standing
        seen = (
            standing.in_territory(*FOLLOWING, path="referral__mahalla", stored=True)
            | Q(organization_id__in=standing.organizations(*TEACHING))
            | (Q(person_id=user.person_id) if user.person_id else Q(pk__in=[]))
        )
        if employers := standing.organizations(Membership.Role.STAFF_MANAGER):
            seen |= Q(person__in=Employment.objects.current().filter(organization__in=employers).values("person"))
        return self.filter(seen)


class Enrollment(Record):
    """A person learns in a cohort.

    Moves (enrollment.services.enrollments.TRANSITIONS): active → completed | failed | withdrawn; a correction of the
    completion moves between completed and failed. `progress`, `attendance` and `grade` are stored when they change.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("Learning")
        COMPLETED = "completed", _("Completed")
        FAILED = "failed", _("Not completed")
        WITHDRAWN = "withdrawn", _("Left the course")

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrollments")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrollments")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, help_text="The cohort's, which never changes."
    )
    referral = models.OneToOneField(Referral, models.PROTECT, related_name="enrollment", null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    enrolled_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    withdrawal_reason = models.ForeignKey(WithdrawalReason, models.PROTECT, related_name="+", null=True, blank=True)
    progress = models.FloatField(default=0, help_text="Share of required lessons done, 0 to 1.")
    attendance = models.FloatField(default=1, help_text="Attendance share, 0 to 1.")
    grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0 to 100.")
    category_grades = models.JSONField(
        default=dict, db_default={}, help_text="The means of the course's categories that have one, by their ids."
    )
    last_lesson = models.ForeignKey(Lesson, models.SET_NULL, related_name="+", null=True)
    evaluated_on = models.DateField(null=True, help_text="When the learner said how it was; what, stands apart.")
    credential_code = models.CharField(max_length=40, blank=True, help_text="Pushed down by certificates.")
    credential_issued_on = models.DateField(null=True)
    credential_revoked_on = models.DateField(null=True, help_text="It is not valid any more, and none took its place.")

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cohort"], condition=Q(status="active"), name="enrollment_active_once_in_cohort"
            )
        ]
        indexes = [
            models.Index(fields=["cohort", "-id"], name="enrollment_of_cohort"),
            models.Index(fields=["person", "-id"], name="enrollment_of_person"),
            models.Index(fields=["organization", "-id"], name="enrollment_of_organization"),
            models.Index(fields=["organization", "person"], name="enrollment_of_learners"),
            models.Index(fields=["updated_at", "id"], name="enrollment_updated_at"),
            # A gradebook in the order of the grades, those without one first.
            models.Index("cohort", GRADE_ORDER, "id", name="enrollment_by_grade"),
            # What the sweep for certificates looks through, so that it does not slow down as enrollments grow.
            models.Index(
                fields=["id"], name="enrollment_uncertified", condition=Q(status="completed", credential_code="")
            ),
            models.Index(
                fields=["organization", "-id"],
                name="enrollment_to_confirm",
                condition=Q(status="completed", credential_code=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.cohort_id}"

    @property
    def progress_percent(self) -> int:
        """Rounded down, so that 100 means all of it."""
        return int(100 * self.progress)

    @property
    def attendance_percent(self) -> int:
        return int(100 * self.attendance)

    @property
    def attendance_needed(self) -> int | None:
        """The smallest attendance that the course asks for, in percent; None: it asks for none."""
        share = self.cohort.version.min_attendance
        return None if share is None else round(100 * share)


class EnrollmentMove(models.Model):
    """An enrollment went from one state to another; append-only."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=Enrollment.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class LessonProgress(models.Model):
    """How far one enrollment is in one lesson; stored when it happens, never computed for a list."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="lesson_progress")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)
    score = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        help_text="What counts, 0 to 100: the override, else what was earned.",
    )
    attempt_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="The best attempt.")
    hand_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="What a teacher recorded.")
    override = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="What counts whatever was earned: see GradeChange."
    )
    minutes = models.IntegerField(default=0, help_text="Credited: the sum of the ledger, not capped.")
    position = models.PositiveIntegerField(default=0, help_text="Where to resume, in seconds.")
    by_hand = models.BooleanField(default=False, help_text="A result that a teacher recorded.")
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "lesson"], name="lessonprogress_once")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id}"

    @property
    def earned(self) -> Decimal | None:
        """The better of the attempts and of what a teacher recorded; it counts unless it is overridden."""
        return max((one for one in (self.attempt_score, self.hand_score) if one is not None), default=None)

    def count_score(self) -> None:
        """Let count what counts now."""
        self.score = self.earned if self.override is None else self.override


class GradeChange(models.Model):
    """Somebody overrode the result of a learner in a lesson, or took that back, for a reason; append-only."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="grade_changes")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    before = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="The score that counted.")
    after = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="The score that counts then.")
    override = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="What is to count; null: again what was earned."
    )
    earned_at = models.DateTimeField(null=True, help_text="When the lesson was done by what was earned.")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="gradechange_has_reason")]
        indexes = [models.Index(fields=["enrollment", "lesson", "-id"], name="gradechange_of_lesson")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class AttendanceEntry(models.Model):
    """Minutes of one learner in one lesson from one source; append-only, corrected by a further entry with a reason."""

    class Source(models.TextChoices):
        LIVE = "live", _("Live class")
        ON_SITE = "on-site", _("On site")
        ONLINE = "online", _("On line")

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="attendance_entries")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    source = models.CharField(max_length=8, choices=Source.choices)
    minutes = models.IntegerField(help_text="Negative: a correction.")
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=300, blank=True)
    key = models.CharField(
        max_length=120,
        unique=True,
        null=True,
        help_text="What makes this entry itself, if a machine wrote it.",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=0) | ~Q(reason=""), name="attendanceentry_correction_has_reason"
            )
        ]
        indexes = [models.Index(fields=["enrollment", "lesson"], name="attendanceentry_of_lesson")]

    def __str__(self) -> str:
        return f"{self.minutes} min"


class Completion(Record):
    """The decision that a learner met, or did not meet, a course's rules, with the figures it rests on; immutable.

    A correction is a further row that `supersedes` it; the one in force has `superseded_by=None`.
    """

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="completions")
    is_met = models.BooleanField()
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        help_text="Null: the rules themselves.",
    )
    grade = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    attendance = models.FloatField()
    progress = models.FloatField()
    reason = models.CharField(max_length=300, blank=True, help_text="Of a decision by hand or a correction.")
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)

    class Meta:
        constraints = [
            # With each row superseded once at most, exactly one of an enrollment is in force.
            models.UniqueConstraint(fields=["enrollment"], condition=Q(supersedes=None), name="completion_one_first")
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {'met' if self.is_met else 'not met'}"
