"""Whoever lacks what a course asks for is refused, unless its provider makes an exception for a reason."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Person, User
from accounts.services import audit
from accounts.services.people import lock_person
from base.errors import DomainError, InvalidInput
from courses.models import Course
from enrollment.models import PrerequisiteException
from enrollment.queries.prerequisites import Prerequisites


class PrerequisitesLacking(DomainError):
    """Somebody has not learned what a course asks for; `missing` goes to programs, `links` to pages."""

    code = "prerequisites-lacking"

    def __init__(self, course: Course, missing: Sequence[Course], *, field: str | None = None) -> None:
        message = _("“%(course)s” is for those who have learned %(missing)s before.")
        if course.prerequisites_asked == Course.Asked.ANY:
            message = _("“%(course)s” is for those who have learned one of these before: %(missing)s.")
        names = {"course": course.name, "missing": ", ".join(f"“{one.name}”" for one in missing)}
        told = [{"slug": one.slug, "title": one.name} for one in missing]
        super().__init__(message, field=field, values=names, missing=told)
        self.links = [(one.name, reverse("enrollment:course_detail", args=[one.slug])) for one in missing]


class OwnException(DomainError):
    code = "own-exception"
    status = 403
    message = _("Nobody makes an exception for oneself; somebody else of the provider has to.")


def check_prerequisites(course: Course, *, person_id: int, organization_id: int) -> None:
    """Raise PrerequisitesLacking where a person may not learn this course at this provider."""
    if missing := Prerequisites([course], [person_id]).lacking(course.pk, person_id, organization_id):
        raise PrerequisitesLacking(course, missing)


@transaction.atomic
def grant_exception(
    *, course: Course, organization: Organization, person: Person, reason: str, by: User | None
) -> PrerequisiteException:
    """Let a person learn a course without what it asks for; one exception that is in force stays.

    Raises InvalidInput, OwnException.
    """
    if by and by.person_id == person.pk:
        raise OwnException
    person = lock_person(person.pk)
    rows = PrerequisiteException.objects.in_force()
    if known := rows.filter(person=person, course=course, organization=organization).first():
        return known
    if not reason.strip():
        raise InvalidInput(_("Say why an exception is made."), field="reason")
    exception = PrerequisiteException.objects.create(
        person=person, course=course, organization=organization, reason=reason.strip(), granted_by=by
    )
    audit.record("prerequisite-exception.granted", exception, by=by, course=course.slug)
    return exception


@transaction.atomic
def revoke_exception(exception: PrerequisiteException, *, by: User | None) -> PrerequisiteException:
    """Take an exception back; who has begun to learn by it goes on."""
    lock_person(exception.person_id)
    exception = PrerequisiteException.objects.select_for_update(no_key=True).get(pk=exception.pk)
    if exception.revoked_at is None:
        exception.revoked_at, exception.revoked_by = timezone.now(), by
        exception.save(update_fields=["revoked_at", "revoked_by", "updated_at"])
        audit.record("prerequisite-exception.revoked", exception, by=by)
    return exception
