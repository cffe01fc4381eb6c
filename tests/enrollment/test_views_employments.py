from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employment, Organization, Person, User
from enrollment.models import TrainingAssignment
from enrollment.services.mandatory import settle_noted
from tests.accounts.factories import make_employment, make_organization, make_person
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_rule
from tests.pages import signed_in
from tests.personas import World
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db
NEW = "/staff/new/"


def today() -> date:
    return timezone.localdate()


def body(organization: Organization, **more: Any) -> dict[str, Any]:
    return {
        "uuid": uuid4(),
        "organization": organization.uuid,
        "surname": "Yangiyev",
        "given_name": "Anvar",
        "post": "Bosh mutaxassis",
        "starts_on": today().isoformat(),
    } | more


def path(name: str, post: Employment) -> str:
    return reverse(f"enrollment:staff_{name}", args=[post.uuid])


def test_appointing_writes_somebody_down_once(staff_manager: User, world: World) -> None:
    make_rule(course=make_published_course(provider=world.academy, self_paced=True), issuer=world.academy)
    client = signed_in(staff_manager)
    assert client.get(NEW).status_code == 200
    typed = body(world.hokimiyat, email="yangi@example.org")
    first, second = client.post(NEW, typed), client.post(NEW, typed)
    post = Employment.objects.get(person__surname="Yangiyev")
    assert first.headers["Location"] == second.headers["Location"] == path("detail", post)
    assert post.person.email == "yangi@example.org"
    assert post.category
    assert post.category.code == "chief-specialist"
    settle_noted()
    assert TrainingAssignment.objects.get(person=post.person).status == "due"
    assert "Yangiyev" in client.get(path("detail", post)).content.decode()


def test_who_is_known_by_pinfl_is_found_and_a_wrong_name_is_refused(staff_manager: User, world: World) -> None:
    client = signed_in(staff_manager)
    pinfl = make_pinfl(birth="1990-05-01", gender="male")
    client.post(NEW, body(make_unit(world), pinfl=pinfl))
    person = Person.objects.get(surname="Yangiyev")
    answer = signed_in(staff_manager).post(NEW, body(world.hokimiyat, pinfl=pinfl, surname="Boshqayev"))
    assert answer.status_code == 422
    assert "whose name is written otherwise" in answer.content.decode()
    assert "Yangiyev" not in answer.content.decode()
    assert client.post(NEW, body(world.hokimiyat, pinfl=pinfl)).status_code == 302
    assert person.employments.count() == 2


def make_unit(world: World) -> Organization:
    return make_organization(kind="agency", parent=world.hokimiyat)


def test_only_own_organizations_and_their_units_are_offered(staff_manager: User, world: World) -> None:
    client = signed_in(staff_manager)
    assert client.post(NEW, body(make_organization(kind="ministry"))).status_code == 422
    assert client.post(NEW, body(make_unit(world))).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [{"surname": ""}, {"post": " "}, {"starts_on": "1900-01-01"}, {"pinfl": "123"}, {"email": "x"}, {"uuid": "\0"}],
)
def test_what_is_wrong_is_said_and_nothing_is_written(staff_manager: User, world: World, wrong: dict[str, str]) -> None:
    assert signed_in(staff_manager).post(NEW, body(world.hokimiyat, **wrong)).status_code == 422
    assert not Employment.objects.filter(person__given_name="Anvar", organization=world.hokimiyat).exists()


def test_transferring_correcting_and_ending(staff_manager: User, world: World) -> None:
    post, unit = make_employment(person=make_person(), organization=world.hokimiyat), make_unit(world)
    client = signed_in(staff_manager)
    for name in ("transfer", "correct", "end"):
        assert client.get(path(name, post)).status_code == 200
    typed = {"post": "Boʻlim boshligʻi", "starts_on": "2024-02-01", "category": ""}
    assert client.post(path("correct", post), typed).status_code == 302
    typed = {"organization": str(unit.uuid), "post": "Inspektor", "on": today().isoformat()}
    assert client.post(path("transfer", post), typed | {"on": "2024-02-01"}).status_code == 422
    answer = client.post(path("transfer", post), typed)
    after = Employment.objects.get(person=post.person, ends_on=None)
    assert (after.organization, answer.headers["Location"]) == (unit, path("detail", after))
    assert client.get(path("detail", post)).status_code == 404
    page = client.get(path("detail", after)).content.decode()
    assert "Boʻlim boshligʻi" in page
    end = today() + timedelta(days=3)
    assert client.post(path("end", after), {"on": "2020-01-01"}).status_code == 422
    assert client.post(path("end", after), {"on": end.isoformat()}).headers["Location"] == "/staff/"
    after.refresh_from_db()
    assert after.ends_on == end


def test_staff_of_others_is_hidden(staff_manager: User, academy_admin: User, world: World) -> None:
    own, foreign = make_employment(organization=world.hokimiyat), make_employment()
    client = signed_in(staff_manager)
    for name in ("transfer", "correct", "end"):
        assert client.post(path(name, foreign), {}).status_code == 404
        assert signed_in(academy_admin).post(path(name, own), {}).status_code == 403
