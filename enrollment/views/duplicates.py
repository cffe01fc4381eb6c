"""Pages of possible duplicates: the list, two records side by side, and what is decided of them."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Person
from accounts.services import audit
from base.errors import DomainError
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.forms.duplicates import DuplicateFilterForm, MergeForm
from enrollment.models import PossibleDuplicate, Resident
from enrollment.queries.comparison import compare
from enrollment.queries.duplicates import list_pairs
from enrollment.services.duplicates import look_again, merge_pair, part_pair, tell_apart


@login_required
@require_safe
@transaction.atomic
def duplicate_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """Records that may be of one person, newest first; the reading is audited."""
    if not rules.can_read_duplicates(request.user):
        raise PermissionDenied
    form = DuplicateFilterForm(request.GET)
    asked = form.asked()
    pairs = list_pairs(request.user, **asked)
    page = requested_page(request, pairs)
    audit.record("duplicate.listed", by=request.user, filter=asked, count=len(page.items))
    values = {"form": form, "page": page, "count": count_up_to(pairs)}
    values["reads_residents"] = rules.can_read_residents(request.user)
    return render(request, "enrollment/duplicate_list.html", values)


@login_required
@require_safe
@transaction.atomic
def duplicate_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Two records side by side; the reading is audited."""
    pair = _find(request, uuid)
    audit.record("duplicate.read", pair, by=request.user)
    return _page(request, pair, MergeForm(pair=pair))


@login_required
@require_POST
def duplicate_merge_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Make one of the two."""
    pair = _to_decide(request, uuid)
    form = MergeForm(request.POST, pair=pair)
    if not form.is_valid():
        return _page(request, pair, form)
    kept = form.cleaned_data["kept"]
    done = _("The two records are one now. You can undo this for 30 days.")
    return _act(request, uuid, lambda: merge_pair(pair, kept=kept, by=request.user), done)


@login_required
@require_POST
def duplicate_apart_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """They are two people."""
    pair = _to_decide(request, uuid)
    done = _("It is remembered that they are two people.")
    return _act(request, uuid, lambda: tell_apart(pair, by=request.user), done)


@login_required
@require_POST
def duplicate_again_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """They may be one person after all."""
    pair = _to_decide(request, uuid)
    return _act(request, uuid, lambda: look_again(pair, by=request.user), _("The two wait to be looked at again."))


@login_required
@require_POST
def duplicate_undo_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Make two of them again."""
    pair = _to_decide(request, uuid)
    done = _("They are two records again, as they were before.")
    return _act(request, uuid, lambda: part_pair(pair, by=request.user), done)


def _find(request: AuthenticatedRequest, uuid: UUID) -> PossibleDuplicate:
    rows = PossibleDuplicate.objects.visible_to(request.user)
    related = ("first", "second", "merge__kept", "merge__gone", "decided_by__person", "mahalla", "district", "region")
    return get_object_or_404(rows.select_related(*related), uuid=uuid)


def _to_decide(request: AuthenticatedRequest, uuid: UUID) -> PossibleDuplicate:
    pair = _find(request, uuid)
    if not rules.can_decide_duplicate(request.user, pair):
        raise PermissionDenied
    return pair


def _page(request: AuthenticatedRequest, pair: PossibleDuplicate, form: MergeForm) -> HttpResponse:
    people = (pair.first, pair.second)
    homes = Resident.objects.visible_to(request.user).filter(person__in=people, ends_on=None)
    records = {resident.person_id: resident.uuid for resident in homes}
    merge = pair.merge if pair.status == PossibleDuplicate.Status.MERGED else None
    values = {
        "pair": pair,
        "form": form,
        "people": [(person, records.get(person.pk)) for person in people],
        "rows": compare(*people),
        "stays": form.data.get("kept") or str(_likelier(pair).uuid),
        "may_decide": rules.can_decide_duplicate(request.user, pair),
        "is_open": pair.status == PossibleDuplicate.Status.OPEN,
        "merge": merge,
        "may_undo": merge is not None and merge.undo_until > timezone.now(),
    }
    return render(request, "enrollment/duplicate_detail.html", values, status=422 if form.errors else 200)


def _likelier(pair: PossibleDuplicate) -> Person:
    """Which record is offered to stay: one with a PINFL, else the older."""
    return pair.second if pair.second.pinfl_hash and not pair.first.pinfl_hash else pair.first


def _act(request: AuthenticatedRequest, uuid: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    """Do one thing, and say that it is done or why not."""
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("enrollment:duplicate_detail", uuid)
