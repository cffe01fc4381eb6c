"""Users made for people by others."""

import secrets

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Person, User
from accounts.services import audit
from accounts.services.people import lock_person
from base.folding import fold


@transaction.atomic
def ensure_user(person: Person, *, by: User | None) -> User:
    """Return the user of a person; one is made, without a password, where there is none yet.

    Whoever is made so signs in first by an activation code.
    """
    person = lock_person(person.pk)
    if user := User.objects.filter(person=person).first():
        return user
    user = User(username=_free_username(person), person=person, language=person.language)
    user.set_unusable_password()
    user.save()
    audit.record("user.created", user, by=by)
    return user


def _free_username(person: Person) -> str:
    """The surname in plain letters with digits after it: easy to say at a counter, hard to guess."""
    stem = slugify(fold(person.surname))[:40] or "malaka"
    while True:
        username = f"{stem}{secrets.randbelow(10**6):06}"
        if not User.objects.filter(username=username).exists():
            return username
