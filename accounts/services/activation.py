"""Activation codes: how a resident without e-mail and password signs in the first time (design.md, "Who gets in").

A code looks like ABCD-EFGH-JKLM: four characters that find the row and eight (40 random bits) that prove it, with
five tries. An assistant or a centre makes it and hands it over; for a user who has a password, a second person
approves the request and is the one who is shown the code.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ActivationCode, User
from accounts.services import audit
from base.errors import DomainError

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: they are misread on paper
LOCATOR_LENGTH, SECRET_LENGTH = 4, 8
LIFETIME = timedelta(days=14)
TRIES = 5


class CodeRefused(DomainError):
    """The code is wrong, used, expired or has no tries left; which of them is not told."""

    code = "activation-code"
    status = 422
    message = gettext_lazy("This code is not right, or it is too old. Ask the person who gave it to you for a new one.")


class OwnApproval(DomainError):
    """Whoever asked for a code cannot approve it."""

    code = "own-approval"


@transaction.atomic
def make_activation_code(user: User, *, by: User) -> str | None:
    """Make a code for `user` and return it, to be shown once; an older one stops working.

    None for a user who has a password: the request then waits for `approve_activation` by a second person.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.activation_codes.filter(used_at=None, revoked_at=None).update(revoked_at=timezone.now())
    row = ActivationCode(user=user, locator=_free_locator(), made_by=by, expires_at=timezone.now() + LIFETIME)
    code = None if user.has_usable_password() else _set_secret(row)
    row.save()
    audit.record("activation-code.made" if code else "activation-code.asked", user, by=by)
    return code


@transaction.atomic
def approve_activation(request: ActivationCode, *, by: User) -> str:
    """Approve a waiting request and return the code, to be shown once. Raises OwnApproval, CodeRefused."""
    row = ActivationCode.objects.select_for_update(no_key=True).get(pk=request.pk)
    if row.made_by_id == by.pk or row.user_id == by.pk:
        raise OwnApproval(_("A second person approves this: not the one who asked for it."))
    if row.code_hash or row.used_at or row.revoked_at or row.expires_at <= timezone.now():
        raise CodeRefused(_("This request is not waiting any more."))
    code = _set_secret(row)
    row.approved_by = by
    row.save(update_fields=["code_hash", "approved_by"])
    audit.record("activation-code.approved", row.user, by=by)
    return code


def use_activation_code(text: str) -> User:
    """Return the user whose code this is; the old password, if any, stops working and a new one must be set.

    Raises CodeRefused; a wrong code costs one of its five tries, which stays spent.
    """
    user = _spend(text)
    if user is None:
        raise CodeRefused
    _tell(user)
    return user


@transaction.atomic
def _spend(text: str) -> User | None:
    code = "".join(text.upper().replace("-", "").split())
    rows = ActivationCode.objects.select_for_update(no_key=True).select_related(None)
    row = rows.filter(locator=code[:LOCATOR_LENGTH], used_at=None, revoked_at=None).first()
    if row is None or not row.code_hash or row.tries_left == 0 or row.expires_at <= timezone.now():
        return None
    if not hmac.compare_digest(row.code_hash, _hash(code)):
        row.tries_left -= 1
        row.save(update_fields=["tries_left"])
        audit.record("activation-code.failed", row.user, by=None)
        return None
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    user = User.objects.select_for_update(no_key=True).get(pk=row.user_id)
    if not user.is_active:
        return None
    user.set_unusable_password()
    user.save(update_fields=["password", "updated_at"])
    audit.record("activation-code.used", user, by=user)
    return user


def _tell(user: User) -> None:
    """Tell the resident, where a contact exists, that somebody signed in by code."""
    address = user.email or (user.person.email if user.person else "")
    if not address:
        return
    with translation.override(user.language):
        send_mail(
            _("Somebody signed in to Malaka with your activation code"),
            _("If that was not you, tell the assistant of your mahalla or your training centre at once."),
            settings.DEFAULT_FROM_EMAIL,
            [address],
            fail_silently=True,
        )


def _free_locator() -> str:
    while True:
        locator = _random(LOCATOR_LENGTH)
        if not ActivationCode.objects.filter(locator=locator).exists():
            return locator


def _set_secret(row: ActivationCode) -> str:
    secret = _random(SECRET_LENGTH)
    row.code_hash = _hash(row.locator + secret)
    row.tries_left = TRIES
    return f"{row.locator}-{secret[:4]}-{secret[4:]}"


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(length))


def _hash(code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"activation " + code.encode(), hashlib.sha256).hexdigest()
