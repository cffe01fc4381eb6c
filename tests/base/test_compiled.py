"""A compiled query answers as the query itself does, each time anew."""

import contextlib
import gc
import threading
import weakref
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, User
from base.compiled import CompiledQuery
from base.models import Notice
from tests.accounts.factories import make_membership, make_organization, make_user

pytestmark = pytest.mark.django_db

NOTICES = CompiledQuery(
    lambda user, since: (
        Notice.objects.filter(user=user, created_at__gte=since, kind="news")
        .order_by("id")
        .values_list("uuid", "params", "created_at")
    )
)


def test_arguments_stand_where_they_belong_and_values_are_converted() -> None:
    user, other = make_user(), make_user()
    now = timezone.now()
    rows: list[Any] = []
    for n, (whose, kind) in enumerate([(user, "news"), (other, "news"), (user, "else"), (user, "news")]):
        rows.append(Notice.objects.create(user=whose, kind=kind, key=str(n), params={"n": n}))
    Notice.objects.filter(pk=rows[3].pk).update(created_at=now - timedelta(days=2))
    assert NOTICES.rows(user.pk, now - timedelta(days=1)) == [(rows[0].uuid, {"n": 0}, rows[0].created_at)]
    assert [row[0] for row in NOTICES.rows(user.pk, now - timedelta(days=3))] == [rows[0].uuid, rows[3].uuid]
    assert [row[0] for row in NOTICES.rows(other.pk, now - timedelta(days=1))] == [rows[1].uuid]


def test_days_are_arguments_too() -> None:
    user, today = make_user(role="centre-manager", place=make_organization()), timezone.localdate()
    Membership.objects.update(ends_on=today)
    make_membership(user=user, role="platform-admin", place=None)
    assert User.objects.get(pk=user.pk).standing.roles == {"platform-admin"}
    Membership.objects.update(ends_on=today + timedelta(days=1))
    assert User.objects.get(pk=user.pk).standing.roles == {"platform-admin", "centre-manager"}


USERS = CompiledQuery(lambda name: User.objects.select_related("person").filter(username=name))


def test_objects_come_with_what_is_selected_with_them(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user, other = make_user(username="one"), make_user(username='it\'s "two" %s')
    for wanted in (user, other, user):
        with django_assert_num_queries(1):
            [found] = USERS.rows(wanted.username)
            assert (found, found.person) == (wanted, wanted.person)
    assert USERS.rows("nobody") == []
    found.username = "changed"
    found.save()
    assert USERS.rows("changed") == [user]


NAMED = CompiledQuery(
    lambda names, day, uuids: (
        User.objects.filter(username__in=names, created_at__date__gte=day, uuid__in=uuids)
        .order_by("pk")
        .values_list("username", flat=True)
    )
)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 40])
def test_lists_are_arguments_too(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    users, today = [make_user(username="one"), make_user(username="two")], timezone.localdate() - timedelta(days=1)
    names = ["one", "two", *map(str, range(40))][:count]
    uuids = [user.uuid for user in users]
    for _time in range(2):
        with django_assert_num_queries(min(count, 1)):
            assert [name for (name,) in NAMED.rows(names, today, uuids)] == ["one", "two"][:count]
    assert NAMED.rows(names, today, [uuid4()]) == []


def test_a_connection_goes_with_its_thread() -> None:
    """Kept, it would stay open on the server, which has but a hundred of them."""
    gone: list[weakref.ref[Any]] = []

    def ask() -> None:
        connection = connections["default"]
        with contextlib.suppress(DatabaseError):  # in memory, another thread has a database of its own without tables
            USERS.rows("anybody")
            NOTICES.rows(1, timezone.now())
        gone.append(weakref.ref(connection))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    gc.collect()
    assert gone[0]() is None
