import pytest

from accounts.models import AuditEvent
from base.errors import InvalidInput
from courses.models import Course
from courses.services.courses import retire_course
from courses.services.prerequisites import MOST, PrerequisitesInCircle, save_prerequisites
from tests.courses.factories import make_course, make_published_course

pytestmark = pytest.mark.django_db


def ask(course: Course, *required: Course) -> Course:
    return save_prerequisites(course, required, asked="any", proof="certified", by=None)


def test_asked_for_changed_and_dropped() -> None:
    first, second, third = (make_published_course() for _ in range(3))
    for _ in range(2):
        course = ask(third, first, second)
    assert (course.prerequisites_asked, course.prerequisites_proof) == ("any", "certified")
    assert set(course.prerequisites.all()) == {first, second}
    assert list(AuditEvent.objects.filter(action="course.prerequisites-saved")[0].detail["courses"])
    assert ask(third).prerequisites_asked == "none"
    assert not third.prerequisites.exists()


def test_no_circle() -> None:
    first, second, third = (make_published_course() for _ in range(3))
    ask(second, first)
    ask(third, second)
    for required in (first, second, third):
        with pytest.raises(PrerequisitesInCircle):
            ask(first, required)
    first.refresh_from_db()
    assert first.prerequisites_asked == "none"
    assert not first.prerequisites.exists()


def test_only_what_is_in_the_catalogue_is_asked_for_anew() -> None:
    course, required = make_published_course(), make_published_course()
    with pytest.raises(InvalidInput):
        ask(course, make_course())
    ask(course, required)
    retire_course(required, by=None)
    required.refresh_from_db()
    assert list(ask(course, required).prerequisites.all()) == [required]
    with pytest.raises(InvalidInput):
        ask(make_published_course(), required)
    with pytest.raises(InvalidInput):
        ask(course, *[required] * (MOST + 1))
