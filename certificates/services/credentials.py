"""Issuing, revoking and replacing certificates."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from base.transitions import Transitions, check_move
from certificates.codes import make_code
from certificates.models import Credential, IssuerCounter
from certificates.services.wording import freeze_words
from certificates.signals import credential_issued, credential_revoked
from courses.models import Course
from enrollment.models import Completion, Enrollment
from enrollment.services.completions import mark_certified

Status = Credential.Status
TRANSITIONS: Transitions = {Status.ISSUED: frozenset({Status.REVOKED})}


class NotCompleted(DomainError):
    code = "not-completed"
    message = _("There is no completion in force that a certificate could rest on.")


class AwaitsConfirmation(DomainError):
    code = "awaits-confirmation"
    message = _("The centre has to confirm this certificate before it is issued.")


@transaction.atomic
def issue_credential(completion: Completion, *, by: User | None = None) -> Credential:
    """Issue the certificate of a completion, or return the last one that it already has, revoked or not.

    `by` is whoever confirms it for the centre. Raises NotCompleted, AwaitsConfirmation.
    """
    completion = _lock(completion)
    if credential := completion.credentials.order_by("-id").first():
        return credential
    if not _stands(completion):
        raise NotCompleted
    if by is None and completion.enrollment.cohort.course.issuing == Course.Issuing.CONFIRMED:
        raise AwaitsConfirmation
    return _issue(completion, by=by)


@transaction.atomic
def revoke_credential(credential: Credential, *, reason: str, by: User | None) -> Credential:
    """Declare a certificate void, for a reason that the public reads; one that is void already stays as it is.

    Raises InvalidInput.
    """
    completion = _lock(credential.completion)
    credential = completion.credentials.get(pk=credential.pk)
    if credential.status != Status.REVOKED:
        _revoke(credential, reason=reason, by=by)
        today = timezone.localdate()
        mark_certified(completion.enrollment, code=credential.code, issued_on=credential.issued_on, revoked_on=today)
    return credential


@transaction.atomic
def replace_credential(credential: Credential, *, reason: str, by: User) -> Credential:
    """Revoke a certificate and issue one with the words as they are now, such as a corrected name.

    A second call returns the replacement. Raises InvalidInput, NotCompleted.
    """
    completion = _lock(credential.completion)
    credential = completion.credentials.get(pk=credential.pk)
    if credential.superseded_by:
        return credential.superseded_by
    if not _stands(completion):
        raise NotCompleted
    if credential.status != Status.REVOKED:
        _revoke(credential, reason=reason, by=by)
    return _issue(completion, by=by)


@transaction.atomic
def settle_completion(completion: Completion) -> None:
    """Do what follows by itself from a decision: issue the certificate, or revoke the one that it takes away."""
    completion = _lock(completion)
    if _stands(completion):
        if completion.enrollment.cohort.course.issuing == Course.Issuing.AUTOMATIC:
            issue_credential(completion)
        return
    groundless = Credential.objects.filter(
        completion__enrollment=completion.enrollment, completion__superseded_by__isnull=False, status=Status.ISSUED
    )
    for credential in groundless:
        _revoke(credential, reason=str(_("The decision on the course was corrected.")), by=None)
        mark_certified(completion.enrollment, code="", issued_on=None)


def _lock(completion: Completion) -> Completion:
    """Read a completion again, its enrollment locked, so that of two workers the second sees what the first did."""
    Enrollment.objects.select_for_update(no_key=True).get(pk=completion.enrollment_id)
    return Completion.objects.select_related(
        "enrollment__person",
        "enrollment__cohort__version",
        "enrollment__cohort__course__profession",
        "enrollment__cohort__organization__district",
    ).get(pk=completion.pk)


def _stands(completion: Completion) -> bool:
    return completion.is_met and not Completion.objects.filter(supersedes=completion).exists()


def _issue(completion: Completion, *, by: User | None) -> Credential:
    issuer, issued_on = completion.enrollment.cohort.organization, timezone.localdate()
    sequence = _next_number(issuer, issued_on.year)
    code, number = make_code(), f"{issuer.code.upper()}-{issued_on.year}-{sequence:06}"
    words = freeze_words(completion, code=code, number=number, issued_on=issued_on)
    credential = Credential.objects.create(
        code=code,
        completion=completion,
        issuer=issuer,
        year=issued_on.year,
        sequence=sequence,
        number=number,
        snapshot=words.to_json(),
        search_key=completion.enrollment.person.search_key,
        issued_on=issued_on,
    )
    earlier = Credential.objects.filter(completion__enrollment=completion.enrollment, superseded_by=None)
    earlier.exclude(pk=credential.pk).update(superseded_by=credential, updated_at=timezone.now())
    mark_certified(completion.enrollment, code=code, issued_on=issued_on)
    audit.record("credential.issued", credential, by=by, number=number)
    _tell_holder(completion, credential, "credential-issued")
    _tell(credential_issued, credential)
    return credential


def _next_number(issuer: Organization, year: int) -> int:
    """The issuer's next number in a year; its counter stays locked to the end of the transaction: no gaps."""
    IssuerCounter.objects.get_or_create(organization=issuer, year=year)
    counter = IssuerCounter.objects.select_for_update(no_key=True).get(organization=issuer, year=year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number


def _revoke(credential: Credential, *, reason: str, by: User | None) -> None:
    check_move(TRANSITIONS, credential.status, Status.REVOKED)
    if not reason.strip():
        raise InvalidInput(_("Say why the certificate is revoked; the public will read it."), field="reason")
    credential.status, credential.reason = Status.REVOKED, reason.strip()
    credential.revoked_at, credential.revoked_by = timezone.now(), by
    credential.save(update_fields=["status", "reason", "revoked_at", "revoked_by", "updated_at"])
    audit.record("credential.revoked", credential, by=by, number=credential.number)
    _tell_holder(credential.completion, credential, "credential-revoked", reason=credential.reason)
    _tell(credential_revoked, credential)


def _tell_holder(completion: Completion, credential: Credential, kind: str, **params: str) -> None:
    user = User.objects.filter(person_id=completion.enrollment.person_id).first()
    if user:
        params["course"] = credential.words.course
        url = reverse("certificates:credential_verify", args=[credential.code])
        notify(user.pk, kind=kind, key=f"{kind}:{credential.code}", params=params, url=url)


def _tell(news: Signal, credential: Credential) -> None:
    """Send news after commit; where that fails, the sweep finds the work."""
    transaction.on_commit(partial(news.send, Credential, credential_id=credential.pk), robust=True)
