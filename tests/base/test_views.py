from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.models import Notice
from base.services.notices import notify
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
LIST = "/notices/"


def tell(user: User, n: int = 1, url: str = "/courses/") -> Notice:
    params = {"resident": f"Sinovov {n}", "course": {"uz": "Tikuvchilik", "en": "Sewing"}}
    notify(user.pk, kind="referral-waitlisted", key=f"test-{user.pk}-{n}", params=params, url=url)
    return Notice.objects.latest("id")


def test_notice_is_said_in_the_readers_language(assistant: User) -> None:
    tell(assistant)
    page = signed_in(assistant).get(LIST).content.decode()
    assert "Sinovov 1 is on the waiting list for “Sewing”." in page
    assert "is-new" in page


def test_each_sees_ones_own_notices_alone(assistant: User, counter: User) -> None:
    notice = tell(assistant)
    assert signed_in(counter).get(LIST).context["notices"] == []
    assert signed_in(counter).get(f"/notices/{notice.uuid}/").status_code == 404
    assert signed_in(counter).get(f"/notices/{uuid4()}/").status_code == 404
    assert Client().get(LIST).status_code == 302


def test_opening_a_notice_reads_it_and_leads_on(assistant: User) -> None:
    notice = tell(assistant)
    client = signed_in(assistant)
    answers = [client.get(f"/notices/{notice.uuid}/") for _time in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/courses/", "/courses/"]
    notice.refresh_from_db()
    assert notice.read_at
    assert tell(assistant, 2, url="").url == ""


def test_all_are_marked_as_read(assistant: User, counter: User) -> None:
    tell(assistant, 1)
    tell(assistant, 2)
    tell(counter)
    client = signed_in(assistant)
    assert client.get("/notices/read/").status_code == 405
    assert client.post("/notices/read/", follow=True).context["unread"] == 0
    assert list(Notice.objects.filter(read_at=None).values_list("user", flat=True)) == [counter.pk]


def test_list_is_paged_by_key(assistant: User) -> None:
    for n in range(51):
        tell(assistant, n)
    client = signed_in(assistant)
    page = client.get(LIST).context["page"]
    rest = client.get(LIST, {"after": page.next}).context["page"]
    assert (len(page.items), len(rest.items)) == (50, 1)
    assert client.get(LIST, {"after": "\0"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    assistant: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        tell(assistant, n)
    client = signed_in(assistant)
    with django_assert_num_queries(6):
        client.get(LIST)
