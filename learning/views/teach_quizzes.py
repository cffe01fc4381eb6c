"""How quizzes are taken: rules for authors; for instructors when their group may, and who gets more time."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.forms import ServiceForm, posted
from courses.models import Course, Lesson
from courses.queries import rules_of
from courses.services.quiz_rules import save_rules
from enrollment import rules
from enrollment.models import Cohort, Enrollment
from learning.forms.quizzes import ExtraTimeForm, QuizRulesForm, WindowForm
from learning.models import ExtraTime
from learning.queries.teaching import quizzes_of_group
from learning.services.times import give_extra_time, set_window, window_of
from learning.views.teach_questions import find_quiz


def find_group(request: AuthenticatedRequest, uuid: UUID) -> Cohort:
    """A group whose learners the user teaches."""
    group = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("course"), uuid=uuid)
    if not rules.can_teach(request.user, group):
        raise PermissionDenied
    return group


def form_page(
    form: ServiceForm, request: AuthenticatedRequest, *, title: str, course: Course, back: str
) -> HttpResponse:
    context = {"form": form, "title": title, "course": course, "back": back}
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quiz_rules_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    quiz = find_quiz(request, uuid)
    back = reverse("learning:teach_lesson", args=[uuid])
    form = QuizRulesForm(posted(request), rules=rules_of(quiz))
    if form.saved(lambda: save_rules(quiz, form.rule_fields(), by=request.user)):
        messages.success(request, _("Saved."))
        return redirect(back)
    return form_page(form, request, title=_("How this quiz is taken"), course=quiz.version.course, back=back)


@login_required
@require_safe
def group_quizzes_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The quizzes of a group: when each is open, how many took it."""
    group = find_group(request, uuid)
    return render(request, "teach/group_quizzes.html", {"group": group, "quizzes": quizzes_of_group(group)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quiz_window_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    group = find_group(request, uuid)
    quiz = get_object_or_404(Lesson, version_id=group.version_id, uuid=lesson, kind=Lesson.Kind.QUIZ)
    back = reverse("learning:teach_group_quizzes", args=[uuid])
    form = WindowForm(posted(request), window=window_of(group, quiz))
    if form.saved(lambda: set_window(group, quiz, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect(back)
    title = _("When %(group)s takes “%(quiz)s”") % {"group": group.code, "quiz": quiz.name}
    return form_page(form, request, title=title, course=group.course, back=back)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extra_time_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    rows = Enrollment.objects.visible_to(request.user).select_related("cohort__course", "person")
    enrollment = get_object_or_404(rows, uuid=uuid)
    if not rules.can_teach(request.user, enrollment.cohort):
        raise PermissionDenied
    back = reverse("enrollment:enrollment_detail", args=[uuid])
    form = ExtraTimeForm(posted(request), given=ExtraTime.objects.filter(enrollment=enrollment).first())
    if form.saved(lambda: [give_extra_time(enrollment, by=request.user, **form.cleaned_data)]):
        messages.success(request, _("Saved."))
        return redirect(back)
    title = _("More time in quizzes: %(learner)s") % {"learner": enrollment.person.name}
    return form_page(form, request, title=title, course=enrollment.cohort.course, back=back)
