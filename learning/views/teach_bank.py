"""The question bank: its list, its questions with their history, trying one out, folders."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Organization
from base.downloads import file_response
from base.errors import DomainError, InvalidInput
from base.pages import press
from base.paging import count_up_to, requested_page
from courses.models import AUTHOR_ROLES, BankPicture, Question, QuestionCategory, QuestionVersion
from courses.queries import bank, folders
from courses.questions import read_response
from courses.services.bank import (
    add_category,
    add_picture,
    add_question,
    duplicate_question,
    move_questions,
    remove_category,
    rename_category,
    restore_question,
    retire_question,
    save_question,
)
from learning.asking import Asked, sent_for
from learning.forms.bank import BankFilterForm, BankForm, FolderForm, MoveForm
from learning.forms.questions import FORMS, QuestionForm
from learning.forms.questions.hot_spot import HotSpotForm
from learning.queries.bank import attempts_at, statistic_of, tried, uses_of, versions_of

CHANGES = {"retire": retire_question, "restore": restore_question}


def find_question(request: AuthenticatedRequest, uuid: UUID) -> Question:
    """A question of a bank that the user writes; any other is not there."""
    questions = Question.objects.visible_to(request.user).select_related("organization", "current", "category")
    return get_object_or_404(questions, uuid=uuid)


def own_banks(request: AuthenticatedRequest) -> QuerySet[Organization]:
    """The organizations whose banks the user writes; nobody else gets to any."""
    if not request.user.standing.has(*AUTHOR_ROLES):
        raise PermissionDenied
    return Organization.objects.filter(pk__in=request.user.standing.organizations(*AUTHOR_ROLES)).order_by("pk")


def chosen_bank(request: AuthenticatedRequest) -> Organization:
    """The bank that `?organization=` names, else the first of one's own."""
    banks = own_banks(request)
    form = BankForm(request.GET or None, banks=banks)
    return form.cleaned_data["organization"] if form.is_valid() else banks[0]


@login_required
@require_safe
def bank_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The questions of one's banks, the newest first."""
    banks = [organization.pk for organization in own_banks(request)]
    form = BankFilterForm(request.GET, organizations=banks)
    rows = bank(banks, form.asked())
    context = {
        "page": requested_page(
            request, rows.select_related("current", "category", "organization").prefetch_related("tags")
        ),
        "count": count_up_to(rows),
        "form": form,
        "move": MoveForm(organizations=banks),
        "kinds": Question.Kind.choices,
        "several": len(banks) > 1,
    }
    return render(request, "teach/bank_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_create_view(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """A new question of a kind, in the bank of one's organization."""
    organization = chosen_bank(request)
    if kind not in FORMS:
        raise Http404
    form = question_form(request, kind, organization)
    if made := form.saved(partial(_add, request, form, kind)):
        messages.success(request, _("Saved. Try it out as a learner."))
        return redirect("learning:bank_question", made.uuid)
    return question_page(request, form, kind, back=reverse("learning:bank_list"), banks=own_banks(request))


def _add(request: AuthenticatedRequest, form: QuestionForm, kind: str) -> Question:
    content = form.content(keep_picture(request, form))
    return add_question(form.organization, kind=kind, content=content, by=request.user, **form.place())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Change a question; what quizzes and attempts used before stays as it was."""
    question = find_question(request, uuid)
    form = question_form(request, question.kind, question.organization, question=question)

    def save() -> Question:
        content = form.content(keep_picture(request, form))
        return save_question(question, content=content, seen=form.cleaned_data["seen"], by=request.user, **form.place())

    back = reverse("learning:bank_question", args=[question.uuid])
    if form.saved(save):
        messages.success(request, _("Saved. Try it out as a learner."))
        return redirect(back)
    return question_page(request, form, question.kind, back=back, question=question)


def question_form(
    request: AuthenticatedRequest, kind: str, organization: Organization, question: Question | None = None
) -> QuestionForm:
    """The form of a kind; with a picture put in place or rows added where that is what was asked for."""
    if request.method != "POST":
        return FORMS[kind](organization=organization, question=question)
    if "more" not in request.POST:
        return FORMS[kind](request.POST, request.FILES, organization=organization, question=question)
    data = request.POST.copy()
    if kind == Question.Kind.HOT_SPOT and (file := request.FILES.get("picture")):
        try:
            data["image"] = str(add_picture(organization, file=file, size=file.size or 0, by=request.user).uuid)
        except InvalidInput as error:
            messages.error(request, str(error))
    return FORMS[kind].with_more_rows(data, request.FILES, organization=organization, question=question)


def keep_picture(request: AuthenticatedRequest, form: QuestionForm) -> str:
    """Keep the picture that came with a form; returns its address, empty where none is to be put in."""
    file = form.cleaned_data.get("picture")
    if not file:
        return ""
    picture = add_picture(form.organization, file=file, size=file.size, by=request.user)
    if isinstance(form, HotSpotForm):
        form.picture_kept = picture
        return ""
    return reverse("learning:bank_picture", args=[picture.uuid])


def question_page(
    request: AuthenticatedRequest,
    form: QuestionForm,
    kind: str,
    *,
    back: str,
    question: Question | None = None,
    banks: QuerySet[Organization] | None = None,
) -> HttpResponse:
    several = banks if banks is not None and len(banks) > 1 else None
    context = {
        "form": form,
        "kind": kind,
        "title": Question.Kind(kind).label,
        "question": question,
        "back": back,
        "banks": BankForm(banks=several, initial={"organization": form.organization.uuid})
        if several is not None
        else None,
    }
    return render(request, "teach/bank_form.html", context, status=422 if form.is_bound and form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """A question to be tried out, graded at once; its history, and where it is used."""
    question = find_question(request, uuid)
    version = _version_asked_for(request, question)
    asked = _try_out(request, version) if request.method == "POST" else tried(version)
    context = {
        "question": question,
        "version": version,
        "asked": asked,
        "is_answered": request.method == "POST" and not asked.error,
        "versions": versions_of(question),
        "uses": uses_of(question),
        "statistic": statistic_of(version),
        "attempts": count_up_to(attempts_at(question)),
        "tags": question.tags.order_by("name"),
    }
    return render(request, "teach/bank_question.html", context, status=422 if asked.error else 200)


def _version_asked_for(request: AuthenticatedRequest, question: Question) -> QuestionVersion:
    number = request.GET.get("version", "")
    if not number:
        version = question.newest
        version.question = question
        return version
    is_number = number.isascii() and number.isdigit() and len(number) < 7
    return get_object_or_404(question.versions.select_related("question"), number=number if is_number else None)


def _try_out(request: AuthenticatedRequest, version: QuestionVersion) -> Asked:
    kind = version.question.kind
    sent = {} if kind == Question.Kind.FILE else sent_for(request.POST, "q")
    try:
        return tried(version, response=read_response(kind, version.content, sent))
    except InvalidInput as error:
        typed = " ".join(sent.get("", []))[:500] if tried(version).is_one_line else ""
        return tried(version, response=typed, error=str(error))


@login_required
@require_POST
def question_change_view(request: AuthenticatedRequest, uuid: UUID, change: str) -> HttpResponse:
    """Retire a question, or let it be used again."""
    question = find_question(request, uuid)
    if change not in CHANGES:
        raise Http404
    done = {"retire": _("Retired: no new quiz uses it."), "restore": _("In use again.")}[change]
    back = reverse("learning:bank_question", args=[question.uuid])
    return press(request, lambda: CHANGES[change](question, by=request.user), done=done, back=back)


@login_required
@require_POST
def question_duplicate_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    copy = duplicate_question(find_question(request, uuid), by=request.user)
    messages.success(request, _("This is the copy: change it into another question."))
    return redirect("learning:bank_question_edit", copy.uuid)


@login_required
@require_POST
def bank_move_view(request: AuthenticatedRequest) -> HttpResponse:
    """Put the chosen questions into a folder."""
    banks = [organization.pk for organization in own_banks(request)]
    form = MoveForm(request.POST, organizations=banks)
    numbers = [n for n in request.POST.getlist("question") if n.isascii() and n.isdigit() and len(n) < 19]
    chosen = Question.objects.visible_to(request.user).filter(pk__in=numbers)
    if form.is_valid():
        try:
            count = move_questions(chosen, form.cleaned_data["category"], by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            words = ngettext("%(count)d question was moved.", "%(count)d questions were moved.", count)
            messages.success(request, words % {"count": count})
    return redirect("learning:bank_list")


# --- Folders ------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The folders of a bank, and a further one."""
    organization = chosen_bank(request)
    form = FolderForm(request.POST or None, organization=organization)
    if form.saved(lambda: _add_folder(request, form, organization)):
        return redirect(f"{reverse('learning:bank_folders')}?organization={organization.uuid}")
    context = {
        "folders": folders([organization.pk]),
        "form": form,
        "organization": organization,
        "banks": own_banks(request),
    }
    return render(request, "teach/bank_folders.html", context, status=422 if form.errors else 200)


def _add_folder(request: AuthenticatedRequest, form: FolderForm, organization: Organization) -> QuestionCategory:
    return add_category(organization, name=form.cleaned_data["name"], parent=form.parent(), by=request.user)


def find_folder(request: AuthenticatedRequest, uuid: UUID) -> QuestionCategory:
    rows = QuestionCategory.objects.visible_to(request.user).select_related("organization")
    return get_object_or_404(rows, uuid=uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    folder = find_folder(request, uuid)
    back = f"{reverse('learning:bank_folders')}?organization={folder.organization.uuid}"
    initial = {"name": folder.name}
    form = FolderForm(request.POST or None, organization=folder.organization, is_new=False, initial=initial)
    if form.saved(lambda: rename_category(folder, name=form.cleaned_data["name"], by=request.user)):
        return redirect(back)
    context = {"form": form, "title": _("Rename the folder"), "back": back}
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def folder_remove_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    folder = find_folder(request, uuid)
    back = f"{reverse('learning:bank_folders')}?organization={folder.organization.uuid}"
    return press(request, lambda: remove_category(folder, by=request.user), done=_("Removed."), back=back)


# --- Pictures -----------------------------------------------------------------------------------
@login_required
@require_safe
def picture_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponseBase:
    """A picture of a question: for whoever is signed in and knows its address, which only the question tells."""
    return file_response(request, get_object_or_404(BankPicture, uuid=uuid).file)
