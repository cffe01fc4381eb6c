"""The catalogue: what can be learned, and where one may begin."""

from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import User
from base.errors import DomainError
from base.forms import told
from base.languages import localized
from base.paging import count_up_to, requested_page
from courses.queries import catalogue, syllabus
from enrollment.forms.catalogue import CatalogueForm
from enrollment.models import Cohort, Referral, Resident
from enrollment.queries.cohorts import open_groups, with_own_requests
from enrollment.queries.enrollments import own_enrollment
from enrollment.queries.places import Sought, suitable_places
from enrollment.queries.prerequisites import Prerequisites
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import enroll_self
from enrollment.services.referrals import make_referral

SHOWN = ("id", "slug", "title", "summary", "provider__names", "current_version__hours", "self_paced")


CARD = '<article class="card card-link"><h2><a href="{}{}/">{}</a></h2><p>{}</p><p class="muted">{}</p></article>'


def _draw_cards(rows: Iterable[tuple[Any, ...]]) -> SafeString:
    """The courses of a page: who teaches each, how long it takes, and whether one may begin at any time.

    Drawn here, since a page holds many.
    """
    address, language, at_any_time = reverse("enrollment:course_list"), get_language(), " · " + _("Start at any time")
    say_hours = cache(lambda hours: ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours})
    cards = []
    for _pk, slug, title, summary, provider, hours, self_paced in rows:
        facts = f"{localized(provider, language)} · {say_hours(hours)}{at_any_time if self_paced else ''}"
        texts = (localized(title, language), localized(summary, language), facts)
        cards.append(CARD.format(address, slug, *map(escape, texts)))
    return mark_safe("".join(cards))  # noqa: S308  # escaped above


@require_safe
def course_list_view(request: HttpRequest) -> HttpResponse:
    """The published courses, found in any spelling."""
    form = CatalogueForm(request.GET)
    courses = catalogue(**form.asked())
    page = requested_page(request, courses.values_list(*SHOWN, named=True), same_for_all=True)
    values = {
        "page": page,
        "cards": _draw_cards(page.items),
        "count": count_up_to(courses, same_for_all=True),
        "form": form,
    }
    return render(request, "enrollment/course_list.html", values)


@require_safe
def course_detail_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A course, its lessons, and the groups in which one may learn it."""
    course = get_object_or_404(catalogue(), slug=slug)
    assert course.current_version is not None, "the catalogue shows published courses"
    person = request.user.person_id if isinstance(request.user, User) else None
    asked = Prerequisites([course], [person] if person else [])
    values = {
        "course": course,
        "prerequisites": asked.of(course.pk, person),
        "is_closed": bool(person and asked.lacking(course.pk, person, course.provider_id)),
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
        messages.error(request, told(error))
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
        messages.error(request, told(error))
        return redirect("enrollment:course_detail", slug)
    messages.success(request, _("Asked for. The assistant of your mahalla or the counter confirms it."))
    return redirect("enrollment:referral_detail", referral.uuid)


def _home(request: HttpRequest) -> Resident | None:
    """Where the reader lives, as far as it is written down."""
    if not (isinstance(request.user, User) and request.user.person_id):
        return None
    rows = Resident.objects.filter(person=request.user.person_id, ends_on=None)
    return rows.select_related("household", "mahalla__district").first()
