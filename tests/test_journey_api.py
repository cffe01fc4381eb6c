"""The whole way by the REST interface alone, with a Celery worker as a process of its own."""

import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from courses.models import Course
from enrollment.models import HouseholdCategory
from tests.api import ApiClient
from tests.courses.factories import make_published_course
from tests.personas import World
from tests.pinfl import make_pinfl
from tests.services import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def course(world: World) -> Course:
    return make_published_course(kinds=("page", "quiz", "on-site"), provider=world.centre)


def made(answer: Any) -> Any:
    """The body of a good answer, or the problem as the reason of the failure."""
    assert answer.status_code in (200, 201), answer.content.decode()
    return answer.json()


def record_resident(assistant: ApiClient, world: World) -> Any:
    """A household, a resident and a wish, written down by the assistant."""
    category = HouseholdCategory.objects.order_by("pk")[0]
    household = made(assistant.post("/households", {"mahalla": world.mahalla.code, "category": category.code}))
    person = {"surname": "Sinovova", "given_name": "Nilufar", "pinfl": make_pinfl(birth="1999-05-01", gender="female")}
    resident = made(assistant.post("/residents", person | {"household": household["id"]}))
    wish = made(assistant.post("/wishes", {"resident": resident["id"], "kind": "training", "said_on": "2026-11-01"}))
    return resident, wish


def open_cohort(centre: ApiClient, course: Course, world: World) -> Any:
    today = timezone.localdate()
    return made(
        centre.post(
            "/cohorts",
            {
                "course": course.slug,
                "organization": str(world.centre.uuid),
                "code": "TIKUV-1",
                "starts_on": today.isoformat(),
                "ends_on": (today + timedelta(days=30)).isoformat(),
                "seats": 2,
                "language": "uz",
                "mode": "on-site",
            },
        )
    )


def learn(centre: ApiClient, enrollment: str) -> None:
    """Every lesson done, as a teacher writes it down."""
    for lesson in made(centre.get(f"/enrollments/{enrollment}"))["lessons"]:
        path = f"/enrollments/{enrollment}"
        if lesson["kind"] == "on-site":
            entry = {"lesson": lesson["id"], "minutes": lesson["minutes"], "source": "on-site"}
            made(centre.post(f"{path}/attendance", entry | {"on": timezone.localdate().isoformat()}))
        else:
            made(centre.post(f"{path}/lessons/{lesson['id']}/result", {"score": 90, "completed": True}))


def test_from_a_wish_to_a_certificate_and_a_job(
    celery_worker_process: subprocess.Popen[bytes],
    assistant: User,
    centre_manager: User,
    supervisor: User,
    world: World,
    course: Course,
) -> None:
    at_mahalla, at_centre = ApiClient(assistant), ApiClient(centre_manager)
    resident, wish = record_resident(at_mahalla, world)
    cohort = open_cohort(at_centre, course, world)
    sent = {"resident": resident["id"], "course": course.slug, "organization": str(world.centre.uuid)}
    referral = made(at_mahalla.post("/referrals", sent | {"wish": wish["id"]}, key="refer-1"))
    assert referral["status"] == "submitted"
    assert made(at_mahalla.post("/referrals", sent | {"wish": wish["id"]}, key="refer-1"))["id"] == referral["id"]

    path = f"/referrals/{referral['id']}"
    accepted = made(at_centre.post(f"{path}/accept", {"cohort": cohort["id"]}))
    assert accepted["status"] == "accepted"
    assert accepted["hold_until"] > timezone.localdate().isoformat()
    seats = made(at_centre.get(f"/cohorts/{cohort['id']}"))
    assert (seats["seats_taken"], seats["seats_free"]) == (1, 1)
    enrolled = made(at_centre.post(f"{path}/enroll"))
    enrollment = enrolled["enrollment"]["id"]
    assert made(at_mahalla.get("/wishes", resident=resident["id"]))["items"][0]["status"] == "answered"

    learn(at_centre, enrollment)
    wait_for(lambda: made(at_centre.get(f"/enrollments/{enrollment}"))["credential"])
    finished = made(at_centre.get(f"/enrollments/{enrollment}"))
    assert finished["status"] == "completed"
    assert finished["completion"]["grade"] == 90
    code = finished["credential"]["code"]

    credential = made(ApiClient().get(f"/credentials/{code}"))
    assert credential["status"] == "issued"
    assert "Sinovova" in credential["holder"]
    pdf = f"/certificates/{code}.pdf"
    wait_for(lambda: Client().get(pdf).status_code == 200)
    assert b"".join(Client().get(pdf)).startswith(b"%PDF")

    outcome = {"kind": "permanent-job", "on": timezone.localdate().isoformat(), "source": "Bandlik markazi"}
    made(at_mahalla.post(f"/enrollments/{enrollment}/outcomes", outcome))
    figures = {"by": "organization", "region": world.mahalla.district.region.code}
    wait_for(lambda: _row(supervisor, figures, world).get("employed") == 1)
    row = _row(supervisor, figures, world)
    reached = ("referred", "accepted", "enrolled", "completed", "certified", "employed")
    assert [row[name] for name in reached] == [1] * len(reached)
    history = [step["to"] for step in made(at_mahalla.get(path))["history"]]
    assert history == ["submitted", "accepted", "enrolled", "completed"]


def _row(supervisor: User, query: dict[str, str], world: World) -> dict[str, Any]:
    rows = made(ApiClient(supervisor).get("/statistics", **query))["items"]
    return next((row for row in rows if row["key"]["code"] == str(world.centre.uuid)), {})
