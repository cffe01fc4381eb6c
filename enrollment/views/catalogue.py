"""The catalogue: what can be learned, and where one may begin."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import User
from base.errors import DomainError
from base.paging import count_up_to, requested_page
from courses.models import Course
from courses.queries import catalogue, outline
from enrollment.forms.catalogue import CatalogueForm
from enrollment.models import Enrollment, Referral, Resident
from enrollment.queries.cohorts import with_counts
from enrollment.queries.places import suitable_places
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import enroll_self
from enrollment.services.referrals import make_referral


@require_safe
def course_list_view(request: HttpRequest) -> HttpResponse:
    """The published courses, found in any spelling."""
    form = CatalogueForm(request.GET)
    courses = catalogue(request.user, **form.asked())
    values = {"page": requested_page(request, courses), "count": count_up_to(courses), "form": form}
    return render(request, "enrollment/course_list.html", values)


@require_safe
def course_detail_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A course, its lessons, and the groups in which one may learn it."""
    course = get_object_or_404(catalogue(request.user), slug=slug)
    assert course.current_version is not None, "the catalogue shows published courses"
    cohorts = with_counts(course.cohorts.visible_to(request.user).open()).filter(is_standing=False)
    values = {
        "course": course,
        "modules": outline(course.current_version),
        "cohorts": cohorts.select_related("organization__district").order_by("starts_on", "pk")[:20],
        "enrollment": _own(request, course).first(),
        "may_apply": not course.self_paced and _home(request) is not None,
    }
    return render(request, "enrollment/course_detail.html", values)


@login_required
@require_POST
def course_start_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Start a self-paced course at once; who has started goes on."""
    course = get_object_or_404(catalogue(request.user), slug=slug)
    try:
        enrollment = enroll_self(cohort=standing_cohort(course), user=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("enrollment:course_detail", slug)
    return redirect("learning:player", enrollment.uuid)


@login_required
@require_POST
def course_apply_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """A resident asks for a place at the nearest provider; the assistant or a counter confirms it."""
    course = get_object_or_404(catalogue(request.user), slug=slug)
    resident = _home(request)
    if resident is None:
        raise PermissionDenied
    nearest = next(iter(suitable_places(resident, course=course, limit=1)), None)
    try:
        referral = make_referral(
            resident=resident,
            course=course,
            organization=nearest.cohort.organization if nearest else course.provider,
            cohort=nearest.cohort if nearest else None,
            door=Referral.Door.SELF,
            by=request.user,
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("enrollment:course_detail", slug)
    messages.success(request, _("Asked for. The assistant of your mahalla or the counter confirms it."))
    return redirect("enrollment:referral_detail", referral.uuid)


def _home(request: HttpRequest) -> Resident | None:
    """Where the reader lives, as far as it is written down."""
    if not (isinstance(request.user, User) and request.user.person_id):
        return None
    rows = Resident.objects.filter(person=request.user.person_id, ends_on=None)
    return rows.select_related("household", "mahalla__district").first()


def _own(request: HttpRequest, course: Course) -> QuerySet[Enrollment]:
    """One's own enrollments in a course, the newest first."""
    if not (isinstance(request.user, User) and request.user.person_id):
        return Enrollment.objects.none()
    rows = Enrollment.objects.filter(person=request.user.person_id, cohort__course=course)
    return rows.exclude(status=Enrollment.Status.WITHDRAWN).order_by("-pk")
