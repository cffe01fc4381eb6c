"""The way by the REST interface alone: referral, seat, enrollment, results, outcome."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from courses.models import Course
from enrollment.models import Cohort, Enrollment, Referral
from enrollment.services.cohorts import standing_cohort
from enrollment.services.referrals import waitlist_referral
from tests.accounts.factories import make_employment, make_person, make_user
from tests.api import ApiClient
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_household,
    make_open_referral,
    make_referred_enrollment,
    make_resident,
    make_wish,
)
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(world: World) -> Course:
    return make_published_course(("page", "quiz", "on-site"), provider=world.centre)


@pytest.fixture
def cohort(course: Course) -> Cohort:
    return make_cohort(course=course)


@pytest.fixture
def referral(world: World, cohort: Cohort, assistant: User) -> Referral:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    return make_open_referral(cohort=cohort, resident=resident, by=assistant)


def fields_of(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


def test_whole_way_by_the_interface(
    world: World, course: Course, assistant: User, centre_manager: User, instructor: User
) -> None:
    household = make_household(mahalla=world.mahalla)
    resident = make_resident(household=household)
    wish = make_wish(resident=resident)
    village, centre, teacher = ApiClient(assistant), ApiClient(centre_manager), ApiClient(instructor)
    today = timezone.localdate().isoformat()

    plan = {"course": course.slug, "organization": str(world.centre.uuid), "code": "T-1", "seats": 2, "language": "uz"}
    answer = centre.post("/cohorts", plan | {"starts_on": today, "ends_on": today, "mode": "on-site"})
    assert answer.status_code == 201
    cohort = answer.json()
    assert (cohort["status"], cohort["seats_taken"], cohort["seats_free"]) == ("open", 0, 2)

    answer = village.post(
        "/referrals",
        {
            "resident": str(resident.uuid),
            "course": course.slug,
            "organization": str(world.centre.uuid),
            "wish": str(wish.uuid),
        },
    )
    assert answer.status_code == 201
    referral = answer.json()
    assert (referral["status"], referral["hold_until"], referral["enrollment"]) == ("submitted", None, None)
    assert [(move["from"], move["to"]) for move in referral["history"]] == [(None, "submitted")]
    assert referral["resident"] == {"id": str(resident.uuid), "name": resident.person.name}

    path = f"/referrals/{referral['id']}"
    answer = centre.post(f"{path}/accept", {"cohort": cohort["id"]})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["cohort"]["code"]) == ("accepted", "T-1")
    assert answer.json()["hold_until"] > today
    assert centre.get(f"/cohorts/{cohort['id']}").json()["seats_taken"] == 1
    enrolled = centre.post(f"{path}/enroll").json()
    assert enrolled["status"] == "enrolled"
    assert [move["to"] for move in enrolled["history"]] == ["submitted", "accepted", "enrolled"]
    assert enrolled["history"][1]["by"]["name"] == centre_manager.name

    path = f"/enrollments/{enrolled['enrollment']['id']}"
    enrollment = teacher.get(path).json()
    assert (enrollment["status"], enrollment["progress"], enrollment["grade"]) == ("active", 0, None)
    page, quiz, meeting = enrollment["lessons"]
    assert (quiz["kind"], quiz["required"], quiz["completed"], quiz["score"]) == ("quiz", True, False, None)
    teacher.post(f"{path}/lessons/{page['id']}/result", {"completed": True})
    teacher.post(f"{path}/lessons/{quiz['id']}/result", {"score": 91.5, "evidence": "Yozma ish"})
    answer = teacher.post(
        f"{path}/attendance",
        {"lesson": meeting["id"], "minutes": meeting["minutes"], "source": "on-site", "on": today},
    )
    assert answer.status_code == 200
    done = answer.json()
    assert (done["status"], done["progress"], done["attendance"], done["grade"]) == ("completed", 1, 1, 91.5)
    assert (done["completion"]["grade"], done["completion"]["attendance"], done["credential"]) == (91.5, 1, None)

    outcome = {"kind": "permanent-job", "on": today, "source": "Ish beruvchi", "employer": "Fabrika"}
    answer = village.post(f"{path}/outcomes", outcome)
    assert answer.status_code == 201
    assert (answer.json()["kind"]["code"], answer.json()["status"]) == ("permanent-job", "confirmed")
    assert [row["employer"] for row in village.get(f"{path}/outcomes").json()["items"]] == ["Fabrika"]
    assert village.get(f"/referrals/{referral['id']}").json()["status"] == "completed"


def test_cohort_full_is_a_409_by_that_name(referral: Referral, cohort: Cohort, centre_manager: User) -> None:
    for _ in range(3):
        make_enrollment(cohort=cohort)
    answer = ApiClient(centre_manager).post(f"/referrals/{referral.uuid}/accept", {"cohort": str(cohort.uuid)})
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (409, "cohort-full")


def test_answers_by_reason_and_the_queue(referral: Referral, cohort: Cohort, centre_manager: User) -> None:
    centre = ApiClient(centre_manager)
    waitlist_referral(make_open_referral(cohort=cohort), by=None)
    answer = centre.post(f"/referrals/{referral.uuid}/waitlist")
    assert (answer.json()["status"], answer.json()["waiting_rank"]) == ("waitlisted", 1)
    assert centre.get(f"/cohorts/{cohort.uuid}").json()["waiting"] == 2
    answer = centre.post(f"/referrals/{referral.uuid}/decline", {"reason": "nonsense"})
    assert (answer.status_code, fields_of(answer)) == (422, ["reason"])
    declined = centre.post(f"/referrals/{referral.uuid}/decline", {"reason": "no-seats", "note": "Kuzda"}).json()
    assert (declined["status"], declined["history"][-1]["reason"]) == ("declined", "no-seats")
    answer = centre.post(f"/referrals/{referral.uuid}/accept", {"cohort": str(cohort.uuid)})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal-move")


def test_only_the_makers_side_withdraws(referral: Referral, assistant: User, centre_manager: User) -> None:
    path = f"/referrals/{referral.uuid}/withdraw"
    assert ApiClient(centre_manager).post(path, {"reason": "mistake"}).status_code == 403
    assert ApiClient(assistant).post(path, {"reason": "mistake"}).json()["status"] == "withdrawn"


def test_strangers_do_not_learn_that_a_referral_exists(referral: Referral, outsider: User, learner: User) -> None:
    for user in (outsider, learner):
        client = ApiClient(user)
        assert client.get(f"/referrals/{referral.uuid}").status_code == 404
        assert client.post(f"/referrals/{referral.uuid}/waitlist").status_code == 404
        assert client.get("/referrals").json()["items"] == []


def test_who_only_watches_is_refused(referral: Referral, auditor: User, supervisor: User) -> None:
    for user in (auditor, supervisor):
        client = ApiClient(user)
        assert client.get(f"/referrals/{referral.uuid}").status_code == 200
        assert client.post(f"/referrals/{referral.uuid}/withdraw", {"reason": "mistake"}).status_code == 403
        assert client.post(f"/referrals/{referral.uuid}/waitlist").status_code == 403
        body = {
            "resident": str(referral.resident.uuid),
            "course": referral.course.slug,
            "organization": str(referral.organization.uuid),
        }
        assert client.post("/referrals", body).status_code in (403, 422)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"resident": str(uuid4())}, "resident"),
        ({"course": "nonsense"}, "course"),
        ({"organization": str(uuid4())}, "organization"),
        ({"cohort": str(uuid4())}, "cohort"),
        ({"wish": str(uuid4())}, "wish"),
        ({"wish": "x"}, "wish"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_bad_referral_names_the_field(
    change: dict[str, str], field: str, world: World, course: Course, assistant: User
) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    body = {"resident": str(resident.uuid), "course": course.slug, "organization": str(world.centre.uuid)}
    answer = ApiClient(assistant).post("/referrals", body | change)
    assert (answer.status_code, fields_of(answer)) == (422, [field])


def test_second_referral_for_a_course_is_a_409(referral: Referral, assistant: User) -> None:
    body = {
        "resident": str(referral.resident.uuid),
        "course": referral.course.slug,
        "organization": str(referral.organization.uuid),
    }
    answer = ApiClient(assistant).post("/referrals", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "already-referred")


def test_cohorts_are_filtered(world: World, cohort: Cohort, learner: User) -> None:
    draft = make_cohort(course=cohort.course, is_published=False)
    full = make_cohort(course=cohort.course, seats=1)
    make_enrollment(cohort=full)
    other = make_cohort()
    client = ApiClient(learner)

    def codes(**query: str) -> set[str]:
        return {row["code"] for row in client.get("/cohorts", **query).json()["items"]}

    assert codes() == {cohort.code, full.code, other.code}
    assert codes(open="true") == {cohort.code, other.code}
    assert codes(open="false") == {full.code}
    assert codes(course=cohort.course.slug) == {cohort.code, full.code}
    assert codes(organization=str(other.organization.uuid)) == {other.code}
    assert client.get(f"/cohorts/{draft.uuid}").status_code == 404
    assert client.get(f"/cohorts/{full.uuid}").json()["status"] == "full"


def test_cohorts_are_made_by_their_provider_alone(
    world: World, course: Course, centre_manager: User, instructor: User
) -> None:
    body = {"course": course.slug, "organization": str(world.other_centre.uuid), "code": "A"}
    assert ApiClient(centre_manager).post("/cohorts", body).status_code == 403
    body["organization"] = str(world.centre.uuid)
    assert ApiClient(instructor).post("/cohorts", body).status_code == 403
    assert ApiClient(centre_manager).post("/cohorts", body).status_code == 201
    again = ApiClient(centre_manager).post("/cohorts", body)
    assert (again.status_code, again.json()["code"]) == (409, "cohort-code-taken")
    answer = ApiClient(centre_manager).post("/cohorts", body | {"code": "B", "seats": -1})
    assert (answer.status_code, fields_of(answer)) == (422, ["seats"])


def test_self_paced_course_is_started_at_once_and_once(world: World, learner: User) -> None:
    cohort = standing_cohort(make_published_course(provider=world.academy, self_paced=True))
    client = ApiClient(learner)
    answers = [client.post("/enrollments", {"cohort": str(cohort.uuid)}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert answers[0].json()["learner"]["id"] == str(learner.person.uuid)  # type: ignore[union-attr]  # it is there


def test_dated_cohort_is_joined_through_the_academy(
    world: World, learner: User, academy_admin: User, staff_manager: User, outsider: User
) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.academy))
    assert learner.person is not None
    oneself, body = {"cohort": str(cohort.uuid)}, {"cohort": str(cohort.uuid), "person": str(learner.person.uuid)}
    assert ApiClient(learner).post("/enrollments", oneself).json()["code"] == "not-open-to-all"
    assert ApiClient(outsider).post("/enrollments", body).status_code == 403
    assert ApiClient(academy_admin).post("/enrollments", body | {"person": str(uuid4())}).status_code == 422
    stranger = {"cohort": str(cohort.uuid), "person": str(make_person().uuid)}
    assert ApiClient(staff_manager).post("/enrollments", stranger).status_code == 422
    assert ApiClient(academy_admin).post("/enrollments", body).status_code == 201
    assert [row["name"] for row in ApiClient(staff_manager).get("/people").json()["items"]] == [learner.name]
    assert ApiClient(learner).get("/people").status_code == 403
    enrollment = Enrollment.objects.get()
    answer = ApiClient(academy_admin).post(f"/enrollments/{enrollment.uuid}/withdraw", {"reason": "family"})
    assert answer.json()["status"] == "withdrawn"
    assert ApiClient(staff_manager).post(f"/enrollments/{enrollment.uuid}/withdraw", {}).status_code in (403, 422)


@pytest.mark.parametrize("reader", ["staff_manager", "academy_admin"])
def test_people_are_read_to_the_end_page_by_page(reader: str, world: World, request: pytest.FixtureRequest) -> None:
    """Whoever is at once staff and learner stands there once; a cursor of another list is refused."""
    for _ in range(3):
        post = make_employment(organization=world.hokimiyat)
        make_enrollment(person=post.person, cohort=make_cohort(course=make_published_course(provider=world.academy)))
    client = ApiClient(request.getfixturevalue(reader))
    whole = [row["id"] for row in client.get("/people").json()["items"]]
    page = client.get("/people?limit=1").json()
    read = list(page["items"])
    while page["next"]:
        page = client.get(f"/people?limit=1&cursor={page['next']}").json()
        read += page["items"]
    assert [row["id"] for row in read] == whole
    assert len(set(whole)) == len(whole) >= 3
    assert client.get("/people?cursor=WzEsMl0").status_code == 422


def test_results_are_recorded_by_who_teaches(
    world: World, cohort: Cohort, instructor: User, assistant: User, outsider: User
) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    enrollment = make_referred_enrollment(cohort=cohort, resident=resident)
    lesson = cohort.version.lessons.get(kind="quiz")
    path = f"/enrollments/{enrollment.uuid}/lessons/{lesson.uuid}/result"
    assert ApiClient(outsider).post(path, {"score": 50}).status_code == 404
    assert ApiClient(assistant).post(path, {"score": 50}).status_code == 403
    teacher = ApiClient(instructor)
    for body in ({"score": 101}, {"score": -1}, {"score": "NaN"}, {"score": 1e400}, {}, {"score": "x"}):
        answer = teacher.post(path, body)
        assert (answer.status_code, fields_of(answer)) == (422, ["score"]), body
    assert teacher.post(f"/enrollments/{enrollment.uuid}/lessons/{uuid4()}/result", {"score": 5}).status_code == 404
    attendance = {"lesson": str(lesson.uuid), "minutes": -5, "source": "on-site", "on": "2026-01-01"}
    answer = teacher.post(f"/enrollments/{enrollment.uuid}/attendance", attendance)
    assert (answer.status_code, fields_of(answer)) == (422, ["reason"])
    answer = teacher.post(f"/enrollments/{enrollment.uuid}/attendance", attendance | {"lesson": str(uuid4())})
    assert (answer.status_code, fields_of(answer)) == (422, ["lesson"])


def test_learners_own_outcome_is_a_claim(world: World, cohort: Cohort) -> None:
    user = make_user()
    enrollment = make_enrollment(cohort=cohort, person=user.person)
    body = {"kind": "own-business", "on": timezone.localdate().isoformat(), "source": "Oʻzim"}
    answer = ApiClient(user).post(f"/enrollments/{enrollment.uuid}/outcomes", body)
    assert answer.json()["status"] == "claimed"
    for change, field in (({"kind": "wealth"}, "kind"), ({"on": "2999-01-01"}, "on"), ({"source": " "}, "source")):
        answer = ApiClient(user).post(f"/enrollments/{enrollment.uuid}/outcomes", body | change)
        assert (answer.status_code, fields_of(answer)) == (422, [field])


def test_lookups_come_in_every_language(learner: User) -> None:
    client = ApiClient(learner, **{"Accept-Language": "ru"})
    rows = {row["code"]: row for row in client.get("/lookups/outcome-kinds").json()["items"]}
    assert rows["permanent-job"]["name"] == "Постоянная работа"
    assert rows["permanent-job"]["names"]["en"] == "Permanent job"
    for kind in ("household-categories", "decline-reasons", "withdrawal-reasons"):
        assert client.get(f"/lookups/{kind}").json()["items"]
    assert client.get("/lookups/nonsense").status_code == 404


def test_reading_is_audited(referral: Referral, assistant: User) -> None:
    client = ApiClient(assistant)
    client.get(f"/referrals/{referral.uuid}")
    client.get("/referrals", status="submitted")
    actions = AuditEvent.objects.filter(actor=assistant, action__in=["referral.read", "referral.listed"])
    assert [(event.action, event.detail) for event in actions.order_by("id")] == [
        ("referral.read", {}),
        ("referral.listed", {"filter": {"status": "submitted"}, "count": 1}),
    ]


def test_synchronizing_follows_changes(referral: Referral, cohort: Cohort, assistant: User) -> None:
    since = timezone.now().isoformat()
    client = ApiClient(assistant)
    assert client.get("/referrals", updated_since=since).json()["items"] == []
    waitlist_referral(referral, by=None)
    changed = client.get("/referrals", updated_since=since).json()["items"]
    assert [row["status"] for row in changed] == ["waitlisted"]


def waiting(cohort: Cohort, world: World) -> None:
    home = make_household(mahalla=world.mahalla)
    waitlist_referral(make_open_referral(cohort=cohort, resident=make_resident(household=home)), by=None)


def enrolled(cohort: Cohort, world: World) -> None:
    make_referred_enrollment(cohort=cohort, resident=make_resident(household=make_household(mahalla=world.mahalla)))


def grouped(cohort: Cohort, world: World) -> None:
    make_accepted_referral(cohort=make_cohort(course=cohort.course))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("path", "make", "queries"),
    [("/referrals", waiting, 8), ("/enrollments", enrolled, 9), ("/cohorts", grouped, 3)],
)
def test_lists_take_the_same_queries_for_any_length(
    path: str,
    make: Callable[[Cohort, World], None],
    queries: int,
    rows: int,
    world: World,
    course: Course,
    centre_manager: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cohort = make_cohort(course=course, seats=5)
    for _ in range(rows):
        make(cohort, world)
    client = ApiClient(centre_manager)
    client.get("/me")
    with django_assert_num_queries(queries):
        assert len(client.get(path).json()["items"]) >= rows
