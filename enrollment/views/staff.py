"""Own staff: who learns what, and letting them learn more."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Employment, User
from accounts.services import audit
from base.errors import DomainError
from base.forms import told
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.forms.staff import StaffEnrollForm, StaffFilterForm
from enrollment.models import Cohort, TrainingAssignment
from enrollment.queries.staff import STAFF_MANAGER, list_staff, own_organizations, posts_of, with_learning
from enrollment.queries.training import ORDER, with_people
from enrollment.services.enrollments import enroll_person, find_enrollment


@login_required
@require_safe
@transaction.atomic
def staff_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """Own staff and what they learn; the reading is audited."""
    check_manager(request.user)
    return _list(request, StaffEnrollForm(user=request.user))


@login_required
@require_safe
@transaction.atomic
def staff_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """One of the staff: courses, how far, certificates; the reading is audited."""
    check_manager(request.user)
    post = get_object_or_404(with_learning(posts_of(request.user)), uuid=uuid)
    audit.record("staff.read", post.person, by=request.user)
    held = Employment.objects.filter(person=post.person, organization__in=own_organizations(request.user))
    values = {
        "post": post,
        "form": StaffEnrollForm(user=request.user),
        "held": held.select_related("organization").order_by("-starts_on", "-pk"),
        "required": with_people(TrainingAssignment.objects.managed_by(request.user).filter(person=post.person))
        .exclude(status=TrainingAssignment.Status.ENDED)
        .order_by(*ORDER),
    }
    return render(request, "enrollment/staff_detail.html", values)


@login_required
@require_POST
def staff_enroll_view(request: AuthenticatedRequest) -> HttpResponse:
    """Let those who were chosen into a group; who is in it already stays in it."""
    check_manager(request.user)
    form = StaffEnrollForm(request.POST, user=request.user)
    if not form.is_valid():
        with transaction.atomic():
            return _list(request, form)
    posts, cohort = form.cleaned_data["post"], form.cleaned_data["cohort"]
    if not rules.can_enroll_others(request.user, cohort):
        raise PermissionDenied
    _enroll(request, posts, cohort)
    return redirect("enrollment:staff_detail", posts[0].uuid) if len(posts) == 1 else redirect("enrollment:staff_list")


def _enroll(request: AuthenticatedRequest, posts: list[Employment], cohort: Cohort) -> None:
    """Let one after the other in, and say how many came in, who could not, and why."""
    fresh = 0
    for post in posts:
        if find_enrollment(cohort, post.person):
            continue
        try:
            enroll_person(cohort=cohort, person=post.person, by=request.user)
            fresh += 1
        except DomainError as error:
            messages.error(request, format_html("{}: {}", post.person.name, told(error)))
    said = ngettext("%(n)d person learns “%(course)s” now.", "%(n)d people learn “%(course)s” now.", fresh)
    if fresh:
        messages.success(request, said % {"n": fresh, "course": cohort.course.name})
    elif all(find_enrollment(cohort, post.person) for post in posts):
        messages.info(request, _("All whom you chose are in this group already."))


def _list(request: AuthenticatedRequest, form: StaffEnrollForm) -> HttpResponse:
    filters = StaffFilterForm(request.GET, user=request.user)
    filters.is_valid()
    asked = {name: value for name, value in filters.cleaned_data.items() if value}
    staff = list_staff(request.user, **asked)
    page = requested_page(request, with_learning(staff))
    words = {name: str(value) for name, value in asked.items()}
    audit.record("staff.listed", by=request.user, filter=words, count=len(page.items))
    values = {"filters": filters, "form": form, "page": page, "count": count_up_to(staff)}
    values["chosen"] = set(request.POST.getlist("post"))
    return render(request, "enrollment/staff_list.html", values, status=422 if form.errors else 200)


def check_manager(user: User) -> None:
    """Raise PermissionDenied unless the user manages the staff of an organization."""
    if not user.standing.has(STAFF_MANAGER):
        raise PermissionDenied
