"""Completions and certificates for tests."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organization, Person
from certificates.models import Credential
from certificates.services.credentials import issue_credential
from courses.models import Course
from enrollment.models import Cohort, Completion, Enrollment
from tests.accounts.factories import make_organization
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment


def make_course_of(provider: Organization, issuing: str = Course.Issuing.AUTOMATIC, **fields: Any) -> Course:
    course = make_published_course(("page",), provider=provider, **fields)
    Course.objects.filter(pk=course.pk).update(issuing=issuing)
    course.refresh_from_db()
    return course


def make_completion(
    *,
    cohort: Cohort | None = None,
    person: Person | None = None,
    issuer: Organization | None = None,
    issuing: str = Course.Issuing.AUTOMATIC,
    is_met: bool = True,
    **fields: Any,
) -> Completion:
    """A decision as the rules leave it behind, without what follows from it."""
    if cohort is None:
        cohort = make_cohort(course=make_course_of(issuer or make_organization(), issuing), seats=None)
    enrollment = make_enrollment(cohort=cohort, person=person)
    status = Enrollment.Status.COMPLETED if is_met else Enrollment.Status.FAILED
    Enrollment.objects.filter(pk=enrollment.pk).update(status=status, ended_at=timezone.now())
    defaults: dict[str, Any] = {"grade": Decimal("91.50"), "attendance": 1, "progress": 1}
    return Completion.objects.create(enrollment=enrollment, is_met=is_met, **defaults | fields)


def make_credential(**fields: Any) -> Credential:
    return issue_credential(make_completion(**fields))
