"""A session without a request."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sessions import user_of_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(learner: User) -> str:
    browser = Client()
    browser.force_login(learner)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def test_session_names_who_signed_in(key: str, learner: User) -> None:
    assert user_of_session(key) == learner


@pytest.mark.parametrize("key", ["", "none", "a" * 32, "\0", "ʻ" * 5000])
def test_unknown_session_is_nobodys(key: str) -> None:
    assert user_of_session(key) is None


def test_session_that_expired_is_nobodys(key: str) -> None:
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert user_of_session(key) is None


def test_session_is_nobodys_once_signed_out_or_closed(key: str, learner: User) -> None:
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert user_of_session(key) is None
    User.objects.filter(pk=learner.pk).update(is_active=True)
    Session.objects.get(pk=key).delete()
    assert user_of_session(key) is None


def test_session_ends_with_its_password(key: str, learner: User) -> None:
    learner.set_password("another-Password-1")
    learner.save(update_fields=["password"])
    assert user_of_session(key) is None


def test_session_of_a_way_to_sign_in_that_is_gone_is_nobodys(key: str) -> None:
    session = SessionStore(key)
    session[BACKEND_SESSION_KEY] = "elsewhere.Backend"
    session.save()
    assert user_of_session(key) is None
