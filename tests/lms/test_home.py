from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.activation import make_activation_code
from courses.services.versions import submit_for_review
from enrollment.models import Cohort, Objection, Referral
from enrollment.services.cohorts import publish_cohort, standing_cohort
from enrollment.services.enrollments import enroll_person
from enrollment.services.objections import contest_figure, reject_objection
from enrollment.services.outcomes import record_outcome
from enrollment.services.referrals import (
    decline_referral,
    lapse_referral,
    make_referral,
    submit_referral,
    waitlist_referral,
)
from lms.home.parts import Task
from reports.services.completion import freeze_completion
from reports.services.rollup import refresh
from tests.accounts.factories import make_employment, make_membership, make_person, make_user
from tests.courses.factories import make_course, make_lesson, make_module, make_published_course
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
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db


def titles(user: User, language: str = "en") -> list[str]:
    """What the home page says wants doing, in its order."""
    return [task.title for task in tasks(user, language)]


def tasks(user: User, language: str = "en") -> list[Task]:
    sections = signed_in(user, language).get("/").context["sections"]
    return [task for section in sections for task in section.tasks]


def resident_of(world: World) -> Any:
    return make_resident(household=make_household(mahalla=world.mahalla))


def lapse(referral: Referral) -> None:
    Referral.objects.filter(pk=referral.pk).update(hold_until=timezone.localdate() - timedelta(days=1))
    referral.refresh_from_db()
    assert lapse_referral(referral)


# --- Visitor and learner ------------------------------------------------------------------------
def test_visitor_is_told_the_way(db: None) -> None:
    page = Client(headers={"accept-language": "en"}).get("/").content.decode()
    assert "From a wish to a skill" in page


def test_learner_without_anything_is_led_to_the_courses(learner: User) -> None:
    answer = signed_in(learner).get("/")
    assert answer.context["sections"] == []
    assert "You are not learning yet" in answer.content.decode()


def test_learner_goes_on_where_learning_stopped(learner: User) -> None:
    course = make_published_course(self_paced=True, title={"uz": "Hujjat", "en": "Documents"})
    enrollment = enroll_person(cohort=standing_cohort(course), person=learner.person, by=learner)  # type: ignore[arg-type]  # has one
    page = signed_in(learner).get("/").content.decode()
    assert f"/learn/{enrollment.uuid}/" in page
    assert "You are not learning yet" not in page


def test_class_that_begins_now_stands_first(learner: User) -> None:
    cohort = make_cohort()
    make_enrollment(cohort=cohort, person=learner.person)
    client = signed_in(learner)
    assert client.get("/").context["classes"] == []
    Cohort.objects.filter(pk=cohort.pk).update(next_session_at=timezone.now() + timedelta(minutes=10))
    assert client.get("/").context["classes"][0].cohort == cohort.uuid
    Cohort.objects.filter(pk=cohort.pk).update(next_session_at=timezone.now() + timedelta(hours=2))
    assert client.get("/").context["classes"] == []


def test_resident_reads_where_the_own_referral_stands(learner: User, world: World) -> None:
    resident = make_resident(person=learner.person, household=make_household(mahalla=world.mahalla))
    referral = make_accepted_referral(resident=resident)
    page = signed_in(learner).get("/").content.decode()
    assert f"A seat is held until {referral.hold_until:%d.%m.%Y}" in page
    assert referral.course.name in page


# --- Assistant and counter ----------------------------------------------------------------------
def test_assistant_sees_what_wants_doing_most_urgent_first(assistant: User, world: World) -> None:
    declined = make_open_referral(resident=resident_of(world), by=assistant)
    decline_referral(declined, reason="other", by=None)
    lapse(make_accepted_referral(resident=resident_of(world)))
    course = make_published_course()
    make_referral(
        resident=resident_of(world), course=course, organization=course.provider, door=Referral.Door.SELF, by=None
    )
    make_wish(resident=resident_of(world))
    said = make_referred_enrollment(resident=resident_of(world))
    person_user = said.person.user
    record_outcome(said, kind="permanent-job", on=timezone.localdate(), source="Oʻzi", by=person_user)
    assert titles(assistant) == [
        "1 referral was declined",
        "1 held seat was lost",
        "1 own application to confirm",
        "1 resident wishes to learn",
        "1 outcome to confirm",
        "2 notices are unread",
    ]


def test_what_was_done_about_is_gone(assistant: User, world: World) -> None:
    resident = resident_of(world)
    declined = make_open_referral(resident=resident)
    decline_referral(declined, reason="other", by=None)
    make_wish(resident=resident)
    assert "1 referral was declined" in titles(assistant)
    make_open_referral(resident=resident)
    assert titles(assistant) == []


def test_old_refusals_are_let_go(assistant: User, world: World) -> None:
    declined = make_open_referral(resident=resident_of(world))
    decline_referral(declined, reason="other", by=None)
    Referral.objects.update(answered_at=timezone.now() - timedelta(days=100))
    assert titles(assistant) == []


def test_nobody_sees_what_is_elsewhere(counter: User, outsider: User, centre_manager: User, world: World) -> None:
    declined = make_open_referral(resident=resident_of(world))
    decline_referral(declined, reason="other", by=None)
    assert titles(counter) == ["1 referral was declined"]
    assert titles(outsider) == titles(centre_manager) == []


def test_code_waits_for_a_second_person_alone(assistant: User, counter: User, world: World) -> None:
    user = make_referred_enrollment(resident=resident_of(world)).person.user
    user.set_password("malaka-test")
    user.save()
    make_activation_code(user, by=assistant)
    assert titles(counter) == ["1 sign-in code to approve"]
    assert titles(assistant) == []


def test_assistant_finds_the_records_read_last(assistant: User, world: World) -> None:
    residents = [resident_of(world) for _n in range(2)]
    client = signed_in(assistant)
    for resident in (*residents, residents[0]):
        client.get(f"/residents/{resident.uuid}/")
    assert client.get("/").context["last_read"] == residents


def test_many_are_counted_up_to_a_hundred(assistant: User, world: World) -> None:
    home = make_household(mahalla=world.mahalla)
    for _n in range(101):
        make_wish(resident=make_resident(household=home))
    assert titles(assistant) == ["99+ residents wish to learn"]


# --- Centre, academy, instructor ----------------------------------------------------------------
def test_centre_sees_what_wants_doing_most_urgent_first(centre_manager: User, world: World) -> None:
    course = make_published_course(provider=world.centre)
    cohort = make_cohort(course=course)
    late = make_open_referral(cohort=cohort)
    Referral.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    waitlist_referral(make_open_referral(cohort=cohort), by=None)
    make_accepted_referral(cohort=cohort)
    make_cohort(course=course, is_published=False)
    make_accepted_referral()  # another centre's
    assert titles(centre_manager) == [
        "1 referral waits for your answer",
        "1 resident on the waiting list could have a seat",
        "1 resident to enrol",
        "1 group is not published yet",
        "1 group starts within a week",
    ]
    task = signed_in(centre_manager).get("/").context["sections"][0].tasks[0]
    assert task.due.startswith("Overdue since")


def test_waiting_list_is_no_task_without_a_seat(centre_manager: User, world: World) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.centre), seats=1)
    make_referred_enrollment(cohort=cohort)
    waitlist_referral(make_open_referral(cohort=cohort), by=None)
    assert titles(centre_manager) == ["1 group starts within a week"]


def test_contested_figures_wait_for_who_decides_the_one_due_first_at_the_head(
    centre_manager: User, instructor: User, outsider: User, learner: User, world: World
) -> None:
    cohort = make_cohort(course=make_published_course(("on-site",), provider=world.centre))
    rows = [contest_figure(make_enrollment(cohort=cohort), about="attendance", words="x", by=learner) for _n in "ab"]
    Objection.objects.filter(pk=rows[1].pk).update(due_at=timezone.now() - timedelta(days=1))
    (task,) = [task for task in tasks(centre_manager) if "contested" in task.title]
    assert (task.title, task.tone, task.url) == ("2 contested figures to decide", "error", "/objections/")
    assert rows[1].enrollment.person.name in task.text
    assert task.due.startswith("Overdue since")
    reject_objection(rows[1], reason="x", by=centre_manager)
    (task,) = [task for task in tasks(centre_manager) if "contested" in task.title]
    assert (task.title, task.url) == ("1 contested figure to decide", f"/objections/{rows[0].uuid}/")
    assert task.due.startswith("Decide by")
    assert not [title for user in (instructor, outsider, learner) for title in titles(user) if "contested" in title]


def test_nobody_is_asked_to_decide_about_oneself(centre_manager: User, world: World) -> None:
    cohort = make_cohort(course=make_published_course(("on-site",), provider=world.centre))
    own = make_enrollment(cohort=cohort, person=centre_manager.person)
    contest_figure(own, about="attendance", words="x", by=centre_manager)
    assert not [title for title in titles(centre_manager) if "contested" in title]


def test_academy_sees_what_was_handed_in(academy_admin: User, world: World) -> None:
    course = make_course(provider=world.academy)
    version = course.versions.get()
    make_lesson(make_module(version))
    assert titles(academy_admin) == []
    submit_for_review(version, by=None)
    assert titles(academy_admin) == ["1 course handed in for review"]


def test_instructor_sees_own_groups_and_the_class_that_begins(instructor: User, world: World) -> None:
    course = make_published_course(provider=world.centre, title={"uz": "Tikuv", "en": "Sewing"})
    later, now = (make_cohort(course=course, is_published=False) for _n in range(2))
    for cohort in (later, now):
        cohort.instructors.add(instructor)
        publish_cohort(cohort, by=None)
    make_cohort(course=course)  # a colleague's
    Cohort.objects.filter(pk=now.pk).update(next_session_at=timezone.now())
    assert titles(instructor) == [f"Sewing, {now.code}", f"Sewing, {later.code}"]


# --- The others ---------------------------------------------------------------------------------
def test_staff_manager_reads_how_many_learn(staff_manager: User, world: World) -> None:
    person = make_person()
    make_employment(person=person, organization=world.hokimiyat)
    make_employment(organization=world.hokimiyat, starts_on="2020-01-01", ends_on="2021-01-01")
    make_enrollment(person=person)
    figures = signed_in(staff_manager).get("/").context["sections"][0].figures
    assert [value for _label, value, _url in figures] == [1, 1, 0]


def test_supervisor_sees_who_is_late_in_the_own_region(supervisor: User, outsider: User, world: World) -> None:
    make_open_referral(resident=resident_of(world))
    assert titles(supervisor) == []
    Referral.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert titles(supervisor) == ["1 referral is not answered in time"]
    assert titles(outsider) == []


def test_auditor_and_platform_admin_have_their_ways(auditor: User, platform_admin: User) -> None:
    assert signed_in(auditor).get("/").context["sections"][0].links
    assert "/admin/" in signed_in(platform_admin).get("/").content.decode()


def test_sections_stack_for_whoever_holds_several_roles(assistant: User, world: World) -> None:
    make_membership(user=assistant, role="instructor", place=world.centre)
    sections = signed_in(assistant).get("/").context["sections"]
    assert [section.title for section in sections] == ["Your mahalla", "Your teaching"]


@pytest.mark.parametrize("rows", [1, 3])
def test_home_costs_the_same_for_any_number_of_rows(
    assistant: User,
    centre_manager: User,
    learner: User,
    world: World,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    course = make_published_course(provider=world.centre)
    cohort = make_cohort(course=course, seats=20)
    for _n in range(rows):
        decline_referral(make_open_referral(cohort=cohort, resident=resident_of(world)), reason="other", by=None)
        make_wish(resident=resident_of(world))
        waitlist_referral(make_open_referral(cohort=cohort), by=None)
        make_open_referral(cohort=cohort)
        make_accepted_referral(cohort=cohort)
        make_enrollment(person=learner.person)
    for user, queries in ((assistant, 21), (centre_manager, 21), (learner, 8)):
        client = signed_in(user)
        with django_assert_num_queries(queries):
            client.get("/")


def test_pages_that_only_speak_are_open_to_all(db: None) -> None:
    for path in ("/about/", "/privacy/"):
        assert Client().get(path).status_code == 200
        assert Client().post(path).status_code == 405
    page = Client(headers={"accept-language": "en"}).get("/about/").content.decode()
    assert "OpenStreetMap contributors" in page
    assert "Uzinfocom" in page


def test_user_without_a_person_has_a_home(db: None) -> None:
    assert "Hello, robot" in signed_in(make_user(username="robot", person=None)).get("/").content.decode()


def test_supervisor_reads_the_figures_of_the_own_region(supervisor: User, world: World) -> None:
    make_referred_enrollment(resident=resident_of(world))
    make_open_referral()  # in another region
    refresh()
    figures = signed_in(supervisor).get("/").context["sections"][0].figures
    assert [value for _label, value, _url in figures] == [1, 1, 0, 0]


def test_academy_reads_how_many_learn(academy_admin: User, world: World) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.academy))
    make_enrollment(cohort=cohort)
    freeze_completion(timezone.localdate())
    section = signed_in(academy_admin).get("/").context["sections"][0]
    assert [value for _label, value, _url in section.figures] == [1, 0, 0]
    assert section.age


def test_resident_takes_an_own_application_back(learner: User, world: World) -> None:
    resident = make_resident(person=learner.person, household=make_household(mahalla=world.mahalla))
    course = make_published_course()
    referral = make_referral(
        resident=resident, course=course, organization=course.provider, door=Referral.Door.SELF, by=learner
    )
    url = f"/applications/{referral.uuid}/withdraw/"
    client = signed_in(learner)
    assert url in client.get("/").content.decode()
    assert [client.post(url).headers["Location"] for _time in range(2)] == ["/", "/"]
    referral.refresh_from_db()
    assert referral.status == "withdrawn"


def test_application_that_was_confirmed_or_is_anothers_stays(learner: User, assistant: User, world: World) -> None:
    resident = make_resident(person=learner.person, household=make_household(mahalla=world.mahalla))
    course = make_published_course()
    referral = make_referral(
        resident=resident, course=course, organization=course.provider, door=Referral.Door.SELF, by=learner
    )
    url = f"/applications/{referral.uuid}/withdraw/"
    assert signed_in(assistant).post(url).status_code == 404
    assert signed_in(learner).get(url).status_code == 405
    submit_referral(referral, by=assistant)
    assert "It was confirmed already" in signed_in(learner).post(url, follow=True).content.decode()
    referral.refresh_from_db()
    assert referral.status == "submitted"
