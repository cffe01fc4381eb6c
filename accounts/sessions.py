"""Whom a session signs in, where there is no request: a socket is asked again and again, for as long as it is open."""

from collections.abc import Set

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.backends import AccountBackend
from accounts.models import User
from base.compiled import CompiledQuery

SESSIONS = CompiledQuery(
    lambda keys, now: Session.objects.filter(session_key__in=keys, expire_date__gt=now).values_list(
        "session_key", "session_data"
    )
)


def user_of_session(key: str) -> User | None:
    """The user of one session; see `users_of_sessions`."""
    return users_of_sessions({key}).get(key)


def users_of_sessions(keys: Set[str]) -> dict[str, User]:
    """The user, with the person, of each session that is there, while the account is open and the password the same.

    It asks the database, which has every session, and not the cache, which may be away.
    """
    rows = SESSIONS.rows([key for key in keys if key.isascii() and key.isalnum()], timezone.now())
    sessions = {key: SessionStore().decode(data) for key, data in rows}
    known = settings.AUTHENTICATION_BACKENDS
    ids = {key: int(each[SESSION_KEY]) for key, each in sessions.items() if each.get(BACKEND_SESSION_KEY) in known}
    users = AccountBackend().get_users(list(set(ids.values())))
    return {
        key: users[pk]
        for key, pk in ids.items()
        if pk in users and _has_password(users[pk], sessions[key].get(HASH_SESSION_KEY, ""))
    }


def _has_password(user: User, signed: str) -> bool:
    """Whether the password is still the one of the day of signing in."""
    return constant_time_compare(signed, user.get_session_auth_hash())
