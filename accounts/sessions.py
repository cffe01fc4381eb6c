"""Whom a session signs in, where there is no request: a socket is asked again and again, for as long as it is open."""

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
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data")
)


def user_of_session(key: str) -> User | None:
    """The user and the person, while the session is there, the account open and the password the same.

    It asks the database, which has every session, and not the cache, which may be away.
    """
    rows = SESSIONS.rows(key, timezone.now()) if key.isascii() and key.isalnum() else []
    session = SessionStore().decode(rows[0][0]) if rows else {}
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = AccountBackend().get_user(session[SESSION_KEY])
    signed = session.get(HASH_SESSION_KEY, "")
    return user if user and constant_time_compare(signed, user.get_session_auth_hash()) else None
