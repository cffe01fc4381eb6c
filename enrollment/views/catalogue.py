"""The catalogue: what can be learned, and where one may begin."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import User
from base.errors import DomainError
from base.languages import Texts, localized
from base.paging import count_up_to, requested_page
from courses.queries import catalogue, syllabus
from enrollment.forms.catalogue import CatalogueForm
from enrollment.models import Cohort, Referral, Resident
from enrollment.queries.cohorts import open_groups, with_own_requests
from enrollment.queries.enrollments import own_enrollment
from enrollment.queries.places import Sought, suitable_places
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import enroll_self
from enrollment.services.referrals import make_referral

SHOWN = ("id", "slug", "title", "summary", "provider__names", "current_version__hours", "self_paced")


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course in the list; `facts` say who teaches it, how long it takes and whether one may begin at any time."""

    slug: str
    name: str
    about: str
    facts: str

    @classmethod
    def of(cls, slug: str, title: Texts, summary: Texts, provider: Texts, hours: int, self_paced: bool) -> "CourseCard":
        facts = [localized(provider), ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}]
        if self_paced:
            facts.append(_("Start at any time"))
        return cls(slug, localized(title), localized(summary), " · ".join(facts))


@require_safe
def course_list_view(request: HttpRequest) -> HttpResponse:
    """The published courses, found in any spelling."""
    form = CatalogueForm(request.GET)
    courses = catalogue(**form.asked())
    page = requested_page(request, courses.values_list(*SHOWN, named=True))
    values = {
        "page": page,
        "cards": [CourseCard.of(*row[1:]) for row in page.items],
        "count": count_up_to(courses),
        "form": form,
    }
    return render(request, "enrollment/course_list.html", values)


@require_safe
def course_detail_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A course, its lessons, and the groups in which one may learn it."""
    course = get_object_or_404(catalogue(), slug=slug)
    assert course.current_version is not None, "the catalogue shows published courses"
    values = {
        "course": course,
        "modules": syllabus(course.current_version.pk),
        "groups": with_own_requests(open_groups(course), request.user),
        "enrollment": own_enrollment(request.user, course),
        "may_apply": not course.self_paced and _home(request) is not None,
    }
    return render(request, "enrollment/course_detail.html", values)


@login_required
@require_POST
def course_start_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Start a self-paced course at once; who has started goes on."""
    course = get_object_or_404(catalogue(), slug=slug)
    try:
        enrollment = enroll_self(cohort=standing_cohort(course), user=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("enrollment:course_detail", slug)
    return redirect("learning:player", enrollment.uuid)


@login_required
@require_POST
def course_apply_view(request: AuthenticatedRequest, slug: str, cohort: UUID | None = None) -> HttpResponse:
    """A resident asks for a place in a group, or at the nearest provider; the assistant or a counter confirms it."""
    course = get_object_or_404(catalogue(), slug=slug)
    resident = _home(request)
    if resident is None:
        raise PermissionDenied
    place: Cohort | None
    if cohort:
        place = get_object_or_404(course.cohorts.visible_to(request.user).open(), uuid=cohort, is_standing=False)
    else:
        nearest = suitable_places(resident, Sought(course=course), limit=1)
        place = nearest[0].cohort if nearest else None
    try:
        referral = make_referral(
            resident=resident,
            course=course,
            organization=place.organization if place else course.provider,
            cohort=place,
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
