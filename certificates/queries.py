"""What is due, and what lists show."""

import re

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import User
from accounts.models.people import called
from base.folding import fold
from certificates.codes import read_code
from certificates.models import Credential
from certificates.rules import CONFIRMERS, READERS
from courses.models import Course
from enrollment.models import Cohort, Completion, Enrollment

# From one address.
LOOKUPS_A_MINUTE = 120
NUMBERS_A_MINUTE = 20
TO_CONFIRM = ("-enrollment_id",)
NUMBER_MARK = re.compile(r"^\s*(№|N[o°]?\.?)\s+", re.IGNORECASE)


def uncertified_completions() -> QuerySet[Completion]:
    """Completions in force without a certificate; rests on the partial index enrollment_uncertified."""
    later = Completion.objects.filter(supersedes=OuterRef("pk"))
    return Completion.objects.filter(
        ~Exists(later),  # a join instead, of which PostgreSQL expects nothing, makes it read every completion
        enrollment__status=Enrollment.Status.COMPLETED,
        enrollment__credential_code="",
        is_met=True,
    )


def completions_to_issue() -> QuerySet[Completion]:
    """Those whose course issues by itself."""
    return uncertified_completions().filter(enrollment__cohort__course__issuing=Course.Issuing.AUTOMATIC)


def completions_to_confirm(user: User) -> QuerySet[Completion]:
    """Those that wait for the confirmation of an organization that the user may speak for, oneself left out.

    Ordered by TO_CONFIRM, on index enrollment_to_confirm: an enrollment has one completion in force.
    """
    return (
        uncertified_completions()
        .alias(issuing=_issuing("enrollment__cohort"))
        .filter(issuing=Course.Issuing.CONFIRMED, enrollment__organization__in=user.standing.organizations(*CONFIRMERS))
        .exclude(enrollment__person=user.person_id)
        .select_related("enrollment__person", "enrollment__cohort__course")
    )


def enrollments_to_confirm(user: User) -> QuerySet[Enrollment]:
    """The enrollments of the same, to be counted: that one is completed says that its completion is in force and met.

    Rests on the partial index enrollment_to_confirm.
    """
    return (
        Enrollment.objects.filter(status=Enrollment.Status.COMPLETED, credential_code="")
        .alias(issuing=_issuing("cohort"))
        .filter(issuing=Course.Issuing.CONFIRMED, organization__in=user.standing.organizations(*CONFIRMERS))
        .exclude(person=user.person_id)
    )


def _issuing(cohort: str) -> Subquery:
    """How the course of a row's cohort issues, looked up for each row.

    Of a join PostgreSQL expects so little that it reads all of them to sort them.
    """
    course = Cohort.objects.filter(pk=OuterRef(OuterRef(cohort))).values("course")
    return Subquery(Course.objects.filter(pk=Subquery(course[:1])).values("issuing")[:1])


def completions_visible_to(user: User) -> QuerySet[Completion]:
    """Those of the organizations that the user works for."""
    organizations = user.standing.organizations(*READERS)
    return Completion.objects.filter(enrollment__organization__in=organizations).select_related("enrollment__cohort")


def completions_taken_back() -> QuerySet[Completion]:
    """Superseded completions whose certificate still stands; few, found by the index on superseded_by."""
    return Completion.objects.filter(superseded_by__isnull=False, credentials__status=Credential.Status.ISSUED)


def credentials_without_pdf() -> QuerySet[Credential]:
    """Rests on the partial index credential_without_pdf."""
    return Credential.objects.filter(pdf="")


def credentials_of(user: User) -> QuerySet[Credential]:
    """One's own certificates."""
    return Credential.objects.filter(completion__enrollment__person=user.person_id)


def credentials_issued_by(user: User, *, q: str = "", status: str = "") -> QuerySet[Credential]:
    """What the organizations that the user works for have issued; rests on the index credential_of_issuer.

    Who is looked for is found by the printed name, whatever the person is called today; on credential_search_words.
    """
    credentials = Credential.objects.filter(issuer__in=user.standing.organizations(*READERS))
    if status:  # by what a partial index holds; a state would be a parameter, of which a kept plan knows nothing
        credentials = credentials.filter(revoked_at__isnull=status != Credential.Status.REVOKED)
    if q:
        numbered = credentials.filter(number=q.strip().upper())
        if not fold(q) or numbered.exists():  # one or the other: no index serves both
            return numbered
        credentials = credentials.filter(called(q))
    return credentials


def find_credential(typed: str, *, surname: str = "") -> Credential | None:
    """The certificate with this code, or with this number if the holder's surname comes with it.

    A number is easily guessed, so that alone it opens nothing.
    """
    credentials = Credential.objects.with_enrollment()
    code = read_code(typed)
    if code and (credential := credentials.filter(code=code).first()):
        return credential
    asked = fold(surname)
    number = NUMBER_MARK.sub("", typed).strip().upper()
    credential = credentials.filter(number=number).first() if asked and number else None
    if credential and f"{fold(credential.words.holder)} ".startswith(f"{asked} "):
        return credential
    return None
