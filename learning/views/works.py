"""Assignments as learners hand them in: typed, sent file by file, handed in, looked at again."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.errors import DomainError
from base.models import Upload
from base.pages import press
from base.uploads import SizeLimit, is_too_large
from base.views import begin_upload
from courses.models import Lesson
from courses.queries import assignment_rules_of
from courses.services.assignments import MOST_MEGABYTES
from courses.uploads import MEGABYTE, check_name
from enrollment.models import Enrollment
from learning.models import MarkFile, Work, WorkFile
from learning.queries.works import work_page
from learning.services.works import add_file, add_upload, hand_in, remove_file, save_text
from learning.views.player import find_enrollment, find_lesson

PLAIN = "text/plain; charset=utf-8"


def find_assignment(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> tuple[Enrollment, Lesson]:
    """An assignment of the learner who asks."""
    found = find_enrollment(request, enrollment)
    assignment = find_lesson(found, lesson)
    if assignment.kind != Lesson.Kind.ASSIGNMENT:
        raise Http404
    return found, assignment


def own_files(enrollment: Enrollment, lesson: Lesson) -> QuerySet[WorkFile]:
    rows = WorkFile.objects.filter(work__enrollment=enrollment, work__lesson=lesson)
    return rows.select_related("work__enrollment__cohort", "work__lesson")


@csrf_exempt  # checked below, once the size of the files is limited
@require_POST
def work_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    request.upload_handlers.insert(0, SizeLimit(request, MOST_MEGABYTES * MEGABYTE))
    return _keep_work(request, enrollment, lesson)


@csrf_protect
@login_required
def _keep_work(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Keep text and files of the page, then hand it in if that was asked for. Works without a script."""
    found, assignment = find_assignment(request, enrollment, lesson)
    text, is_handing_in = request.POST.get("text"), request.POST.get("then") == "submit"
    try:
        if is_too_large(request):
            messages.error(request, _("The files are too large to be sent at once: add them one by one."))
            return redirect("learning:lesson", enrollment, lesson)
        for file in request.FILES.getlist("files"):
            add_file(found, assignment, file=file)
        if is_handing_in:
            hand_in(found, assignment, text=text, by=request.user)
            messages.success(request, _("Handed in."))
        elif text is not None:
            save_text(found, assignment, text=text)
            messages.success(request, _("Saved."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("learning:lesson", enrollment, lesson)


@login_required
@require_POST
def work_draft_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Keep the text as it is typed; says in words that it is kept. Sent by draft.ts."""
    found, assignment = find_assignment(request, enrollment, lesson)
    try:
        save_text(found, assignment, text=request.POST.get("text", ""))
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type=PLAIN)
    words = _("Kept at %(time)s. It is not handed in yet.")
    return HttpResponse(words % {"time": date_format(timezone.localtime(), "H:i:s")}, content_type=PLAIN)


@login_required
@require_POST
def work_upload_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Begin to send a file in parts. Sent by upload.ts."""
    found, assignment = find_assignment(request, enrollment, lesson)
    rules = assignment_rules_of(assignment)

    def check(name: str, size: int) -> None:
        check_name(name, size, kinds=rules.taken_kinds, most=rules.most_bytes)

    return begin_upload(request, target=_target(found, assignment), check=check)


@login_required
@require_POST
def work_file_add_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """Put a file that has arrived in parts into the work; answers with the list of files. Sent by upload.ts."""
    found, assignment = find_assignment(request, enrollment, lesson)
    uploads = Upload.objects.visible_to(request.user).filter(target=_target(found, assignment))
    try:
        upload = uploads.filter(uuid=UUID(request.POST.get("upload", ""))).first()
    except ValueError:
        upload = None
    try:
        if upload:
            add_upload(found, assignment, upload=upload)
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type=PLAIN)
    context = {"page": work_page(found, assignment), "enrollment": found, "lesson": assignment, "can_learn": True}
    return render(request, "learning/_work_files.html", context)


@login_required
@require_safe
def work_file_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponseBase:
    found, assignment = find_assignment(request, enrollment, lesson)
    return file_response(request, get_object_or_404(own_files(found, assignment), uuid=uuid).file)


@login_required
@require_POST
def work_file_remove_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponse:
    """Take a file out of work that is not handed in; the text of the page is kept along with it."""
    found, assignment = find_assignment(request, enrollment, lesson)
    file = get_object_or_404(own_files(found, assignment), uuid=uuid)

    def act() -> None:
        if "text" in request.POST:
            save_text(found, assignment, text=request.POST["text"])
        remove_file(file)

    back = reverse("learning:lesson", args=[enrollment, lesson])
    return press(request, act, done=_("“%(file)s” is removed.") % {"file": file.name}, back=back)


@login_required
@require_safe
def work_feedback_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponseBase:
    """A file by which whoever marked the work answers; there once the result is."""
    found = find_enrollment(request, enrollment)
    work = get_object_or_404(Work, enrollment=found, lesson=find_lesson(found, lesson), status=Work.Status.MARKED)
    file = get_object_or_404(MarkFile, uuid=uuid, mark__submission__work=work, mark__place__isnull=False)
    return file_response(request, file.file)


def _target(enrollment: Enrollment, lesson: Lesson) -> str:
    return f"work:{enrollment.uuid}:{lesson.uuid}"
