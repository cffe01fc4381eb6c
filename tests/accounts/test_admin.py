"""Lists of the admin: paged and counted as all others, searched along indexes."""

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from accounts.services import audit
from base.folding import fold
from base.paging import values_along_index
from tests.accounts.factories import make_employment, make_organization, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    user = make_user(username="root", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    return client


def found(client: Client, words: str) -> set[str]:
    rows = client.get("/admin/accounts/user/", {"q": words}).context["cl"].result_list
    return {user.username for user in rows}


def test_users_are_found_by_part_of_the_user_name_by_mail_and_by_name(admin: Client) -> None:
    person = make_person(surname="Toʻrayeva", given_name="Nargiza")
    make_user(username="N.Torayeva", person=person)
    make_user(username="other", email="Other@example.uz")
    assert found(admin, "torayeva") == {"N.Torayeva"}
    assert found(admin, "тураева") == found(admin, "zzz") == set()
    assert found(admin, "нарг тўраева") == {"N.Torayeva"}
    assert found(admin, "other@EXAMPLE.uz") == {"other"}
    assert found(admin, "  ") == set(User.objects.values_list("username", flat=True))


def test_of_more_users_than_are_counted_the_first_by_name_are_found(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Batch-3", "batch-1", "batch-4", "BATCH-2", "a_batch"):
        make_user(username=name)
    monkeypatch.setattr("accounts.admin.COUNT_LIMIT", 2)
    assert found(admin, "batch") == {"batch-1", "BATCH-2", "Batch-3"}
    assert found(admin, "batch-4") == {"batch-4"}
    assert len(found(admin, "atch")) == 3
    assert found(admin, "_batch") == {"a_batch"}
    assert found(admin, "%") == set()


def test_organizations_are_found_by_code_or_words(admin: Client) -> None:
    one = make_organization(code="ABC", search_key=fold("Oʻquv markazi"))
    for words in ("ABC", "markaz oʻquv"):
        rows = admin.get("/admin/accounts/organization/", {"q": words}).context["cl"].result_list
        assert one in rows


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_as_many_queries_for_one_as_for_three(
    admin: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make_employment()
    admin.get("/admin/accounts/employment/")
    for name, queries in (("employment", 4), ("organization", 5), ("user", 4)):
        with django_assert_num_queries(queries):
            assert admin.get(f"/admin/accounts/{name}/").status_code == 200


def test_what_was_done_is_chosen_from_what_there_is(admin: Client) -> None:
    user = make_user()
    for action in ("b.done", "a.done", "b.done"):
        audit.record(action, user, by=user)
    assert [action for action in values_along_index(AuditEvent, "action") if action in ("a.done", "b.done")] == [
        "a.done",
        "b.done",
    ]
    page = admin.get("/admin/accounts/auditevent/", {"action": "b.done"})
    assert {event.action for event in page.context["cl"].result_list} == {"b.done"}
    assert page.context["cl"].result_count == 2
