"""Learners who contest a figure, and what was decided."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.models import Record
from courses.models import Lesson
from enrollment.models.cohorts import ANSWERING, TEACHING
from enrollment.models.enrollments import Enrollment


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: User) -> Self:
        """Keep the user's own, and those of learners of providers where the user teaches or leads."""
        return self.filter(
            Q(enrollment__cohort__organization_id__in=user.standing.organizations(*TEACHING))
            | Q(enrollment__person_id=user.person_id or 0)
        )

    def to_decide(self, user: User) -> Self:
        """Keep what waits for the user's decision: at providers that the user leads, and not about oneself."""
        led = self.filter(
            status="contested", enrollment__cohort__organization_id__in=user.standing.organizations(*ANSWERING)
        )
        return led.exclude(enrollment__person_id=user.person_id or 0)


class Objection(Record):
    """A learner contests a figure; the provider decides by a day, with a reason.

    Moves (enrollment.services.objections.TRANSITIONS): contested → upheld | rejected | withdrawn.
    """

    class About(models.TextChoices):
        ATTENDANCE = "attendance", _("Attendance")
        GRADE = "grade", _("Grade")
        COMPLETION = "completion", _("Completion")

    class Status(models.TextChoices):
        CONTESTED = "contested", _("Waits for a decision")
        UPHELD = "upheld", _("Corrected")
        REJECTED = "rejected", _("Stays as it is")
        WITHDRAWN = "withdrawn", _("Taken back")

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="objections")
    about = models.CharField(max_length=10, choices=About.choices)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+", null=True, blank=True)
    words = models.CharField(max_length=1000, help_text="What is wrong, as the learner says it.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CONTESTED)
    due_at = models.DateTimeField(help_text="By when it is to be decided.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was decided so.")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "about"], condition=Q(status="contested"), name="objection_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["upheld", "rejected"])
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
                name="objection_decided_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="objection_due", condition=Q(status="contested"))]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.about}"

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.CONTESTED and self.due_at < timezone.now()
