"""What opens when: rules for authors; for instructors the dates of their group, and longer for one learner."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from base.forms import posted
from courses.models import Lesson, Module, ReleaseRule
from courses.services.release import save_release
from enrollment import rules
from enrollment.models import Enrollment
from learning.forms.release import DatesForm, ExtensionForm, ReleaseForm, ShiftForm
from learning.models import DueExtension, LessonDate
from learning.queries.teaching import dates_of_group
from learning.services.release import extend_due, set_dates, shift_dates
from learning.views.teach_lessons import find_lesson, find_module
from learning.views.teach_quizzes import find_group, form_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_release_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    return _release_page(request, find_lesson(request, uuid))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def module_release_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    return _release_page(request, find_module(request, uuid))


def _release_page(request: AuthenticatedRequest, target: Lesson | Module) -> HttpResponse:
    own = {"lesson": target} if isinstance(target, Lesson) else {"module": target}
    rule = ReleaseRule.objects.filter(**own).select_related("after_lesson", "after_module").first()
    back = reverse("learning:teach_version", args=[target.version.uuid])
    form = ReleaseForm(posted(request), target=target, rule=rule)
    if form.saved(lambda: [save_release(target, form.release_fields(), by=request.user)]):
        messages.success(request, _("Saved."))
        return redirect(back)
    title = _("When “%(name)s” opens") % {"name": target}
    return form_page(form, request, title=title, course=target.version.course, back=back)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def group_dates_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The lessons of a group: when each opens and is due; all of them are moved at once here."""
    group = find_group(request, uuid)
    form = ShiftForm(posted(request))
    if (moved := form.saved(lambda: shift_dates(group, days=form.cleaned_data["days"], by=request.user))) is not None:
        words = ngettext("The dates of %(count)d lesson moved.", "The dates of %(count)d lessons moved.", moved)
        messages.success(request, words % {"count": moved})
        return redirect("learning:teach_group_dates", uuid)
    context = {"group": group, "lessons": dates_of_group(group), "form": form}
    return render(request, "teach/group_dates.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_dates_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    group = find_group(request, uuid)
    found = get_object_or_404(Lesson, version_id=group.version_id, uuid=lesson)
    back = reverse("learning:teach_group_dates", args=[uuid])
    form = DatesForm(posted(request), lesson=found, dates=LessonDate.objects.filter(cohort=group, lesson=found).first())

    def save() -> list[LessonDate | None]:
        dates = {"opens_at": None} | form.cleaned_data
        return [set_dates(group, found, by=request.user, **dates)]

    if form.saved(save):
        messages.success(request, _("Saved."))
        return redirect(back)
    title = _("Dates of “%(lesson)s” in %(group)s") % {"lesson": found.name, "group": group.code}
    return form_page(form, request, title=title, course=group.course, back=back)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extension_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Give one learner until another day for a lesson; what was given stands above."""
    rows = Enrollment.objects.visible_to(request.user).select_related("cohort__course", "person")
    enrollment = get_object_or_404(rows, uuid=uuid)
    if not rules.can_teach(request.user, enrollment.cohort):
        raise PermissionDenied
    dates = LessonDate.objects.filter(cohort=enrollment.cohort_id, due_at__isnull=False)
    is_dated = Q(pk__in=dates.values("lesson")) | Q(assignment_rules__due_days__isnull=False)
    lessons = Lesson.objects.filter(is_dated, version=enrollment.cohort.version_id).defer("body")
    form = ExtensionForm(posted(request), lessons=lessons)

    def save() -> list[DueExtension | None]:
        values = form.cleaned_data | {"lesson": form.lessons[form.cleaned_data["lesson"]]}
        return [extend_due(enrollment, by=request.user, **values)]

    if form.saved(save):
        messages.success(request, _("Saved."))
        return redirect("learning:teach_due_extension", uuid)
    context = {
        "enrollment": enrollment,
        "given": DueExtension.objects.filter(enrollment=enrollment).select_related("lesson").order_by("due_at"),
        "has_dates": bool(form.lessons),
        "form": form,
    }
    return render(request, "teach/due_extension.html", context, status=422 if form.errors else 200)
