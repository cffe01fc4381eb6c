"""Authoring: pictures, formulas and attachments of lessons."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.errors import InvalidInput
from base.forms import posted
from base.pages import press
from base.views import begin_upload
from courses.formulas import mathml
from courses.models import AUTHOR_ROLES, Attachment, BankPicture
from courses.services.attachments import add_attachment, remove_attachment
from courses.services.bank import add_picture
from courses.uploads import check_authored
from learning.forms.media import AttachmentForm, PictureForm
from learning.views.teach_bank import chosen_bank
from learning.views.teach_lessons import find_lesson


# --- Pictures and formulas: what the editor asks for ----------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_picture_view(request: AuthenticatedRequest) -> HttpResponse:
    """Keep a picture; the editor gets its address as JSON, an author without a script the line to copy."""
    organization = chosen_bank(request)
    form = PictureForm(posted(request), request.FILES or None)

    def keep() -> BankPicture:
        file = form.cleaned_data["picture"]
        return add_picture(organization, file=file, size=file.size, by=request.user)

    picture = form.saved(keep)
    if request.accepts("text/html"):
        line = _line(picture, form.alternative()) if picture else ""
        return render(request, "teach/picture.html", {"form": form, "line": line}, status=422 if form.errors else 200)
    if picture is None:
        return JsonResponse({"errors": form.errors}, status=422)
    told = {"src": _address(picture), "width": picture.width, "height": picture.height}
    return JsonResponse(told | {"alt": form.alternative()}, status=201)


def _address(picture: BankPicture) -> str:
    return reverse("learning:bank_picture", args=[picture.uuid])


def _line(picture: BankPicture, alt: str) -> str:
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<p><img src="{_address(picture)}" alt="{escape(alt)}" {size}></p>'


@login_required
@require_safe
def formula_view(request: AuthenticatedRequest) -> HttpResponse:
    """A formula as learners will see it, for the editor; what cannot be read is said in words (422)."""
    if not request.user.standing.has(*AUTHOR_ROLES):
        raise PermissionDenied
    try:
        drawn = mathml(request.GET.get("tex", ""), is_block=request.GET.get("display") == "block")
    except InvalidInput as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(drawn, content_type="text/plain; charset=utf-8")


# --- Attachments ----------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attach_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let a lesson have one more file."""
    lesson = find_lesson(request, uuid)
    form = AttachmentForm(posted(request), request.FILES or None, user=request.user)
    back = reverse("learning:teach_lesson", args=[lesson.uuid])
    if form.saved(lambda: add_attachment(lesson, file=form.cleaned_data["file"], by=request.user)):
        messages.success(request, _("The file is attached."))
        return redirect(f"{back}#attachments")
    context = {"form": form, "title": _("Attach a file"), "course": lesson.version.course, "back": back}
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def upload_view(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Begin to send a film, a file or an attachment in parts; the form that is saved then names it. By upload.ts."""
    if not request.user.standing.has(*AUTHOR_ROLES):
        raise PermissionDenied
    return begin_upload(request, target=f"teach:{kind}", check=partial(check_authored, kind))


def find_attachment(request: AuthenticatedRequest, uuid: UUID) -> Attachment:
    attachments = Attachment.objects.visible_to(request.user).select_related("lesson__version")
    return get_object_or_404(attachments, uuid=uuid)


@login_required
@require_safe
def attachment_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponseBase:
    return file_response(request, find_attachment(request, uuid).file)


@login_required
@require_POST
def detach_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take a file from a lesson."""
    found = find_attachment(request, uuid)
    back = reverse("learning:teach_lesson", args=[found.lesson.uuid]) + "#attachments"
    done = _("“%(file)s” is no longer attached.") % {"file": found.name}
    return press(request, lambda: remove_attachment(found, by=request.user), done=done, back=back)
