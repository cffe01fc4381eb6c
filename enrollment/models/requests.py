"""Asking for a place in a group that takes learners on request."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Employment, Membership, Person, User
from base.models import Record
from enrollment.models.cohorts import ANSWERING, Cohort
from enrollment.models.enrollments import Enrollment


class EnrollmentRequestQuerySet(models.QuerySet["EnrollmentRequest"]):
    def visible_to(self, user: User) -> Self:
        """Keep the user's own, and those the user decides upon."""
        return self.filter(Q(person_id=user.person_id or 0) | _decided_by(user))

    def to_decide(self, user: User) -> Self:
        """Keep those of own staff and into own groups that wait for an answer; nobody answers oneself."""
        asked = self.filter(_decided_by(user), status=EnrollmentRequest.Status.ASKED)
        return asked.exclude(person_id=user.person_id or 0)


class EnrollmentRequest(Record):
    """A person asks to learn in a group; the own staff manager or the group's provider answers, once.

    Moves (enrollment.services.requests.TRANSITIONS): asked → approved | refused (reason) | withdrawn.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Waits for an answer")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="requests")
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrollment_requests")
    status = models.CharField(max_length=9, choices=Status.choices)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was refused.")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="+", null=True)

    objects = EnrollmentRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cohort"], condition=Q(status="asked"), name="enrollmentrequest_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="enrollmentrequest_refused_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="enrollmentrequest_of_person"),
            models.Index(fields=["cohort", "-id"], name="enrollmentrequest_of_cohort"),
            models.Index(fields=["id"], name="enrollmentrequest_asked", condition=Q(status="asked")),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} asks for {self.cohort_id}"


def _decided_by(user: User) -> Q:
    standing = user.standing
    decides = Q(cohort__organization__in=standing.organizations(*ANSWERING))
    if employers := standing.organizations(Membership.Role.STAFF_MANAGER):
        decides |= Q(person__in=Employment.objects.current().filter(organization__in=employers).values("person"))
    return decides
