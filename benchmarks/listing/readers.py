"""Who reads the lists, and what their addresses name."""

from typing import Any

from accounts.models import Membership, Organization, User
from benchmarks.listing.rows import next_monday, places_here_and_there
from benchmarks.serving import cookie_of
from courses.models import Lesson
from enrollment.models import Cohort, HouseholdCategory, Import, ImportProblem, Outcome
from live.models import LiveSession
from tests.accounts.factories import make_membership, make_token

Role = Membership.Role


def readers() -> dict[str, dict[str, str]]:
    """By reader: the headers by which pages and programs know who asks. Made once for a database."""
    here, there = places_here_and_there()
    centre, other, academy, publisher, ministry = (
        Organization.objects.get(code=f"GROWTH-{code}")
        for code in ("CENTRE", "OTHER", "ACADEMY", "PUBLISHER", "MINISTRY")
    )
    held: dict[str, tuple[str, Any]] = {
        Role.ASSISTANT: (Role.ASSISTANT, here),
        Role.COUNTER: (Role.COUNTER, here.district),
        Role.SUPERVISOR: (Role.SUPERVISOR, here.district.region),
        Role.AUDITOR: (Role.AUDITOR, None),
        Role.CENTRE_MANAGER: (Role.CENTRE_MANAGER, centre),
        Role.INSTRUCTOR: (Role.INSTRUCTOR, centre),
        Role.ACADEMY_ADMIN: (Role.ACADEMY_ADMIN, academy),
        Role.STAFF_MANAGER: (Role.STAFF_MANAGER, ministry),
        "publisher": (Role.ACADEMY_ADMIN, publisher),
        "assistant elsewhere": (Role.ASSISTANT, there),
        "supervisor elsewhere": (Role.SUPERVISOR, there.district.region),
        "centre-manager elsewhere": (Role.CENTRE_MANAGER, other),
        "admin": (Role.PLATFORM_ADMIN, None),
    }
    known = {name: headers_of(_reader(name, role, place)) for name, (role, place) in held.items()}
    owner = User.objects.get(username="growth-asker")
    if not owner.memberships.exists():
        make_membership(user=owner, role=Role.COUNTER, place=here.district)
    learner = User.objects.get(person__surname="Sinovov")
    learner.set_password("malaka-test")  # who has none is asked for one first
    learner.save(update_fields=["password"])
    return known | {"owner": headers_of(owner), "learner": headers_of(learner)}


def _reader(name: str, role: str, place: Any) -> User:
    is_admin = role == Role.PLATFORM_ADMIN
    fields = {"is_staff": is_admin, "is_superuser": is_admin}
    user, is_new = User.objects.get_or_create(username=f"growth {name}", defaults=fields)
    if is_new:
        make_membership(user=user, role=role, place=place)
    return user


def headers_of(user: User) -> dict[str, str]:
    return cookie_of(user) | {"Authorization": f"Bearer {make_token(user)}"}


def places() -> dict[str, object]:
    """What addresses name."""
    (here, _there), learned = places_here_and_there(), Outcome.objects.earliest("pk").enrollment
    assert learned
    far = "7" if User.objects.filter(username="growth-700000").exists() else ""
    return {
        "group": Cohort.objects.get(code="growth-submitted").uuid,
        "planned": Cohort.objects.get(code="growth").uuid,
        "monday": next_monday(),
        "session": LiveSession.objects.earliest("pk").uuid,
        "quiz": Lesson.objects.get(version__course__slug="growth-draft", kind=Lesson.Kind.QUIZ).uuid,
        "table": Import.objects.get(pk=ImportProblem.objects.earliest("pk").table_id).uuid,
        "enrollment": learned.uuid,
        "mahalla": here.code,
        "district": here.district.code,
        "category": HouseholdCategory.objects.earliest("pk").code,
        # With which the names of many users begin who lie together, of a million far from the newest.
        "batch": f"growth-{far}",
    }
