"""Exceptions from what courses ask to be learned before: the list, making one, taking it back."""

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Organization, Person
from accounts.services import audit
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.pages import press
from base.paging import count_up_to, requested_page
from courses.models import Course
from enrollment import rules
from enrollment.forms.exceptions import ExceptionForm
from enrollment.models import PrerequisiteException, Referral
from enrollment.models.cohorts import ANSWERING
from enrollment.services.prerequisites import grant_exception, revoke_exception


@login_required
@require_safe
@transaction.atomic
def exception_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The exceptions that one's providers have made, the newest first; the reading is audited."""
    if not request.user.standing.has(*ANSWERING):
        raise PermissionDenied
    rows = PrerequisiteException.objects.visible_to(request.user)
    page = requested_page(request, rows.select_related("person", "course", "organization", "granted_by__person"))
    audit.record("prerequisite-exception.listed", by=request.user, count=len(page.items))
    return render(request, "enrollment/exception_list.html", {"page": page, "count": count_up_to(rows)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exception_create_view(request: AuthenticatedRequest, organization: UUID, slug: str) -> HttpResponse:
    """Let somebody learn a course here without what comes before it: whom the address names, or by the PINFL."""
    provider = get_object_or_404(Organization.objects.providers(), uuid=organization)
    if not rules.can_run_cohorts(request.user, provider.pk):
        raise PermissionDenied
    course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
    person = _person(request, provider)
    form = ExceptionForm(posted(request), person=person)
    if form.is_valid():
        try:
            grant_exception(course=course, organization=provider, **form.asked(), by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:exception_list")
    values = {
        "title": _("Make an exception for %(name)s?") % {"name": person.name} if person else _("Make an exception"),
        "text": _("“%(course)s” may then be learned at %(place)s without what comes before it.")
        % {"course": course.name, "place": provider.name},
        "submit": _("Make the exception"),
        "form": form,
        "cancel_url": reverse("enrollment:exception_list"),
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


@login_required
@require_POST
def exception_revoke_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take an exception back."""
    exception = get_object_or_404(PrerequisiteException.objects.visible_to(request.user), uuid=uuid)
    revoke = partial(revoke_exception, exception, by=request.user)
    return press(request, revoke, done=_("The exception is taken back."), back=reverse("enrollment:exception_list"))


def _person(request: AuthenticatedRequest, provider: Organization) -> Person | None:
    """Whom the address names: somebody within reach, or who is referred to the provider."""
    if "person" not in request.GET:
        return None
    try:
        uuid = UUID(request.GET["person"])
    except ValueError:
        uuid = None
    return get_object_or_404(_known_to(request, provider), uuid=uuid)


def _known_to(request: AuthenticatedRequest, provider: Organization) -> QuerySet[Person]:
    referred = Referral.objects.filter(organization=provider, status__in=Referral.OPEN)
    referred = referred.exclude(status=Referral.Status.DRAFT)
    reach = rules.people_within_reach(request.user)
    return Person.objects.filter(Q(pk__in=reach.values("pk")) | Q(pk__in=referred.values("person")))
