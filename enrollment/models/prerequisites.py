"""Who may learn a course without what it asks for."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organization, Person, User
from base.models import Record
from courses.models import Course
from enrollment.models.cohorts import ANSWERING


class PrerequisiteExceptionQuerySet(models.QuerySet["PrerequisiteException"]):
    def visible_to(self, user: User) -> Self:
        """Keep those of the providers that the user leads."""
        return self.filter(organization__in=user.standing.organizations(*ANSWERING))

    def in_force(self) -> Self:
        return self.filter(revoked_at=None)


class PrerequisiteException(Record):
    """A provider lets a person learn a course without what comes before it, for a reason, until it takes that back."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="prerequisite_exceptions")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = PrerequisiteExceptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course", "organization"],
                condition=Q(revoked_at=None),
                name="prerequisiteexception_one_in_force",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="prerequisiteexception_has_reason"),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="prerequisiteexception_of_org")]

    def __str__(self) -> str:
        return f"{self.person_id} without what {self.course_id} asks for"
