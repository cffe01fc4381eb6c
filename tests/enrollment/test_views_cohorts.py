from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Course
from enrollment.models import AttendanceEntry, Cohort, Enrollment, LessonProgress, Referral
from enrollment.services.attendance import record_roster
from enrollment.services.cohorts import standing_cohort
from enrollment.services.progress import OwnGrade
from tests.accounts.factories import make_person, make_user
from tests.api import ApiClient
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_household,
    make_open_referral,
    make_resident,
)
from tests.enrollment.pages import url, words
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


# --- Groups -----------------------------------------------------------------------------------
def test_provider_plans_publishes_and_cancels(world: World, course: Course, centre_manager: User) -> None:
    client = signed_in(centre_manager)
    typed = {
        "organization": world.centre.uuid,
        "course": course.slug,
        "code": "T-7",
        "starts_on": "2027-01-11",
        "ends_on": "2027-03-01",
        "seats": "12",
        "mode": "on-site",
        "language": "uz",
    }
    assert client.post(url("cohort_create"), typed | {"ends_on": "2026-01-01"}).status_code == 422
    client.post(url("cohort_create"), typed)
    cohort = Cohort.objects.get()
    assert (cohort.status, cohort.seats, cohort.organization) == ("draft", 12, world.centre)
    assert client.post(url("cohort_create"), typed).status_code == 422
    client.post(url("cohort_publish", cohort.uuid))
    assert Cohort.objects.get().status == "published"
    referral = make_accepted_referral(cohort=Cohort.objects.get())
    ask = client.get(url("cohort_cancel", cohort.uuid))
    assert "Referrals with a held seat: 1." in words(ask)
    client.post(url("cohort_cancel", cohort.uuid), {"reason": "Kam odam"})
    referral.refresh_from_db()
    assert (Cohort.objects.get().status, referral.status) == ("cancelled", "submitted")


def test_provider_changes_a_group(cohort: Cohort, centre_manager: User, instructor: User) -> None:
    client, page = signed_in(centre_manager), url("cohort_edit", cohort.uuid)
    assert page in words(client.get(url("cohort_detail", cohort.uuid)))
    form = client.get(page).context["form"]
    shown = {name: field.value() for name in form.fields if (field := form[name]).value() not in (None, False)}
    assert (shown["code"], shown["seats"]) == (cohort.code, 3)
    typed = shown | {"venue": "2-xona", "seats": "4", "instructors": [str(instructor.uuid)], "course": "nonsense"}
    assert client.post(page, typed).status_code == 302
    cohort.refresh_from_db()
    assert (cohort.venue, cohort.seats, list(cohort.instructors.all())) == ("2-xona", 4, [instructor])
    make_enrollment(cohort=cohort)
    make_enrollment(cohort=cohort)
    refused = client.post(page, typed | {"seats": "1"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["seats"])
    assert "Seats held or taken in this group: 2" in words(refused)


def test_group_with_learners_is_not_cancelled(cohort: Cohort, centre_manager: User) -> None:
    make_enrollment(cohort=cohort)
    answer = signed_in(centre_manager).post(url("cohort_cancel", cohort.uuid), {"reason": "Kam odam"})
    assert answer.status_code == 422
    assert "People are learning in this group." in words(answer)


def test_list_shows_own_groups_by_state(world: World, cohort: Cohort, instructor: User, learner: User) -> None:
    make_cohort()
    draft = make_cohort(course=cohort.course, is_published=False)
    past = make_cohort(course=cohort.course, starts_on=TODAY() - timedelta(days=60))
    client = signed_in(instructor)

    def shown(status: str) -> list[Cohort]:
        rows: list[Cohort] = client.get(url("cohort_list"), {"status": status}).context["page"].items
        return rows

    assert shown("") == [past, draft, cohort]
    assert (shown("draft"), shown("open"), shown("finished"), shown("running")) == ([draft], [cohort], [past], [])
    assert signed_in(learner).get(url("cohort_list")).status_code == 403


def test_record_shows_more_to_its_provider(
    cohort: Cohort, centre_manager: User, instructor: User, learner: User
) -> None:
    enrollment = make_enrollment(cohort=cohort)
    waiting = make_open_referral(cohort=cohort)
    detail = url("cohort_detail", cohort.uuid)
    manager = signed_in(centre_manager).get(detail)
    assert enrollment.person.name in words(manager)
    assert waiting.person.name in words(manager)
    teacher = signed_in(instructor).get(detail)
    assert enrollment.person.name in words(teacher)
    assert waiting.person.name not in words(teacher)
    anybody = signed_in(learner).get(detail)
    assert anybody.status_code == 200
    assert enrollment.person.name not in words(anybody)


def test_draft_and_others_groups_cannot_be_run(
    course: Course, cohort: Cohort, instructor: User, outsider: User
) -> None:
    draft = make_cohort(course=course, is_published=False)
    assert signed_in(outsider).get(url("cohort_detail", draft.uuid)).status_code == 404
    for user in (instructor, outsider):
        client = signed_in(user)
        for name in ("cohort_edit", "cohort_publish", "cohort_cancel", "cohort_enroll"):
            assert client.post(url(name, cohort.uuid)).status_code == 403
        assert client.get(url("cohort_create")).status_code == (403 if user == instructor else 200)


def test_academy_finds_civil_servants_and_enrols_them(world: World, academy_admin: User, learner: User) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.academy))
    person = learner.person
    assert person is not None
    client, ask = signed_in(academy_admin), url("cohort_enroll", cohort.uuid)
    assert client.get(ask, {"q": person.surname.upper()}).context["found"] == [person]
    client.post(ask, {"person": person.uuid})
    assert Enrollment.objects.get().person == person
    assert "In this group" in words(client.get(ask, {"q": person.surname}))
    for nobody in (str(uuid4()), "nonsense", str(make_person().uuid)):
        assert client.post(ask, {"person": nobody}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_queries_for_any_length(
    rows: int, course: Course, cohort: Cohort, centre_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make_enrollment(cohort=make_cohort(course=course))
        make_enrollment(cohort=cohort)
    client = signed_in(centre_manager)
    client.get(url("cohort_list"))
    with django_assert_num_queries(6):
        client.get(url("cohort_list"))
    with django_assert_num_queries(14):
        client.get(url("cohort_detail", cohort.uuid))


# --- Roster -----------------------------------------------------------------------------------
def test_roster_takes_a_whole_group_and_can_be_sent_again(cohort: Cohort, instructor: User) -> None:
    lesson = cohort.version.lessons.get(kind="on-site")
    first, second, gone = (make_enrollment(cohort=cohort) for _ in range(3))
    Enrollment.objects.filter(pk=gone.pk).update(status="withdrawn")
    client, page = signed_in(instructor), url("roster", cohort.uuid, lesson.uuid)
    filled = client.get(page, {"fill": 1}).context["form"]
    assert [row.value() for row in filled.rows()] == [lesson.minutes] * 2
    typed = {"on": TODAY().isoformat(), f"minutes-{first.uuid}": "30", f"minutes-{second.uuid}": ""}
    for _ in range(2):
        answer = client.post(page, typed)
        assert answer.status_code == 302
    entry = AttendanceEntry.objects.get()
    assert (entry.enrollment, entry.minutes, entry.source, entry.by) == (first, 30, "on-site", instructor)
    assert {row.value() for row in client.get(page).context["form"].rows()} == {30, None}
    lowered = typed | {f"minutes-{first.uuid}": "10"}
    assert client.post(page, lowered).status_code == 422
    client.post(page, lowered | {"reason": "Erta ketdi"})
    assert LessonProgress.objects.get(enrollment=first).minutes == 10


def test_nobody_writes_own_minutes(cohort: Cohort, instructor: User) -> None:
    lesson = cohort.version.lessons.get(kind="on-site")
    own, other = make_enrollment(cohort=cohort, person=instructor.person), make_enrollment(cohort=cohort)
    client, page = signed_in(instructor), url("roster", cohort.uuid, lesson.uuid)
    assert [row.name for row in client.get(page).context["form"].rows()] == [f"minutes-{other.uuid}"]
    client.post(page, {"on": TODAY().isoformat(), f"minutes-{own.uuid}": "30", f"minutes-{other.uuid}": "20"})
    assert AttendanceEntry.objects.get().enrollment == other
    with pytest.raises(OwnGrade):
        record_roster(cohort, lesson, on=TODAY(), minutes={own: 30}, by=instructor)
    entry = {"lesson": str(lesson.uuid), "minutes": 30, "source": "on-site", "on": TODAY().isoformat()}
    answer = ApiClient(instructor).post(f"/enrollments/{own.uuid}/attendance", entry)
    assert (answer.status_code, answer.json()["code"]) == (403, "own-grade")
    assert AttendanceEntry.objects.count() == 1


def test_roster_refuses_nonsense(cohort: Cohort, instructor: User, assistant: User) -> None:
    learner = make_enrollment(cohort=cohort)
    lesson = cohort.version.lessons.get(kind="on-site")
    client, page = signed_in(instructor), url("roster", cohort.uuid, lesson.uuid)
    for wrong in (
        {"on": "2999-01-01"},
        {"on": "x"},
        {f"minutes-{learner.uuid}": "-1"},
        {f"minutes-{learner.uuid}": "1441"},
    ):
        assert client.post(page, {"on": TODAY().isoformat()} | wrong).status_code == 422
    assert client.get(url("roster", cohort.uuid, cohort.version.lessons.get(kind="quiz").uuid)).status_code == 404
    assert client.get(page, {"on": "nonsense"}).status_code == 200
    assert signed_in(assistant).get(page).status_code == 403


def test_roster_asks_where_somebody_else_wrote_meanwhile(
    cohort: Cohort, instructor: User, centre_manager: User
) -> None:
    lesson = cohort.version.lessons.get(kind="on-site")
    first, second, third = (make_enrollment(cohort=cohort) for _ in range(3))
    page = url("roster", cohort.uuid, lesson.uuid)
    shown = {"on": TODAY().isoformat()} | {f"was-{one.uuid}": "" for one in (first, second, third)}
    theirs = {f"minutes-{first.uuid}": "20", f"minutes-{third.uuid}": "5"}
    assert signed_in(centre_manager).post(page, shown | theirs).status_code == 302
    client = signed_in(instructor)
    mine = {f"minutes-{first.uuid}": "30", f"minutes-{second.uuid}": "40", f"minutes-{third.uuid}": "5"}
    answer = client.post(page, shown | mine)
    assert answer.status_code == 409
    assert [(one.mine, one.theirs, one.by) for one in answer.context["conflicts"]] == [(30, 20, centre_manager.name)]
    assert AttendanceEntry.objects.count() == 2
    decided = dict(answer.context["rest"]) | {f"was-{first.uuid}": "20", f"minutes-{first.uuid}": "30"}
    for _ in range(2):
        answer = client.post(page, {"on": TODAY().isoformat()} | decided)
        assert answer.status_code == 302
    assert "sent=" in answer["Location"]
    assert sorted(row.value() for row in client.get(page).context["form"].rows()) == [5, 30, 40]


def test_what_was_left_as_it_stood_overwrites_nothing(cohort: Cohort, instructor: User) -> None:
    lesson = cohort.version.lessons.get(kind="on-site")
    learner = make_enrollment(cohort=cohort)
    client, page = signed_in(instructor), url("roster", cohort.uuid, lesson.uuid)
    day = {"on": TODAY().isoformat()}
    client.post(page, day | {f"minutes-{learner.uuid}": "30"})
    old = day | {f"minutes-{learner.uuid}": "10", f"was-{learner.uuid}": "10"}
    assert client.post(page, old).status_code == 302
    for nonsense in ("-1", "9" * 9, "x"):
        client.post(page, day | {f"minutes-{learner.uuid}": "30", f"was-{learner.uuid}": nonsense})
    assert [row.value() for row in client.get(page).context["form"].rows()] == [30]


# --- Catalogue --------------------------------------------------------------------------------
def test_catalogue_is_public_and_found_in_any_spelling(course: Course) -> None:
    client = Client(headers={"accept-language": "en"})
    assert f'href="{url("course_detail", course.slug)}"' in client.get(url("course_list"), {"q": "тикувчилик"}).text
    assert "No course fits" in words(client.get(url("course_list"), {"q": "payvand"}))
    page = client.get(url("course_detail", course.slug))
    assert (page.status_code, "Sewing" in words(page)) == (200, True)
    assert client.get(url("course_detail", "nonsense")).status_code == 404


def test_what_a_provider_wrote_into_a_course_stays_text(world: World) -> None:
    make_published_course(("page",), provider=world.centre, title={"uz": "<b>Tikuv</b> & bichish"}, slug="tikuv-b")
    page = Client().get(url("course_list")).text
    assert "&lt;b&gt;Tikuv&lt;/b&gt; &amp; bichish" in page
    assert "<b>Tikuv" not in page


def test_self_paced_course_is_started_at_once(world: World, learner: User) -> None:
    course = make_published_course(provider=world.academy, self_paced=True)
    standing_cohort(course)
    anybody = Client(headers={"accept-language": "en"})
    assert "Sign in to start" in words(anybody.get(url("course_detail", course.slug)))
    client = signed_in(learner)
    assert "Start at once" in words(client.get(url("course_detail", course.slug)))
    answers = [client.post(url("course_start", course.slug)) for _ in range(2)]
    enrollment = Enrollment.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {f"/learn/{enrollment.uuid}/"}
    assert "Go on learning" in words(client.get(url("course_detail", course.slug)))


def test_group_open_to_all_is_joined_and_others_are_not(course: Course, cohort: Cohort, learner: User) -> None:
    open_cohort = make_cohort(course=course, open_to_all=True)
    client = signed_in(learner)
    assert "Join this group" in words(client.get(url("course_detail", course.slug)))
    assert client.post(url("cohort_join", cohort.uuid), follow=True).redirect_chain[-1][0] == url(
        "course_detail", course.slug
    )
    client.post(url("cohort_join", open_cohort.uuid))
    assert Enrollment.objects.get().cohort == open_cohort
    assert client.post(url("course_start", course.slug), follow=True).redirect_chain[-1][0] == url(
        "course_detail", course.slug
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_catalogue_takes_the_same_queries_for_any_length(
    rows: int, course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make_cohort(course=make_published_course())
        make_cohort(course=course)
    client = Client()
    with django_assert_num_queries(2):
        client.get(url("course_list"))
    with django_assert_num_queries(4):
        client.get(url("course_detail", course.slug))


def test_resident_asks_for_the_nearest_place_and_others_do_not(
    world: World, course: Course, cohort: Cohort, learner: User, assistant: User
) -> None:
    pupil = make_user()
    make_resident(household=make_household(mahalla=world.mahalla), person=pupil.person)
    client = signed_in(pupil)
    assert "Ask for a place" in words(client.get(url("course_detail", course.slug)))
    answer = client.post(url("course_apply", course.slug), follow=True)
    referral = Referral.objects.get()
    assert (referral.status, referral.door, referral.cohort) == ("draft", "self", cohort)
    assert "Asked for." in words(answer)
    again = client.post(url("course_apply", course.slug), follow=True)
    assert "open referral for this course" in words(again)
    [line] = signed_in(assistant).get("/referrals/", {"status": "draft"}).context["lines"]
    assert line.uuid == referral.uuid
    assert "Ask for a place" not in words(signed_in(learner).get(url("course_detail", course.slug)))
    assert signed_in(learner).post(url("course_apply", course.slug)).status_code == 403
