"""The demo: a mono-centre and an academy with people of every role, and half a year behind them.

Everything is made by the services that pages use, each on its day, so that histories, audit and figures are real.
"""

from contextlib import nullcontext
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Organization, User
from base.models import Notice
from certificates.queries import credentials_without_pdf
from certificates.services.papers import store_pdf
from courses.models import Course
from learning.services.items import count_due_items
from learning.services.search import index_due_versions
from live.models import LiveSession
from lms.demo.clock import Calendar
from lms.demo.cohorts import keep_one_open, make_cohorts, plan_weeks, set_due_dates
from lms.demo.evaluations import say_how_it_was
from lms.demo.mandatory import ask_for_places, follow_rules, make_rules
from lms.demo.people import CENTRE, Cast, make_people
from lms.demo.stages import bring_residents_on_their_way, let_civil_servants_learn
from lms.demo.supply import plan_seasons, want_elsewhere
from lms.demo.talk import note_and_ask
from lms.demo.teaching import make_courses
from lms.demo.works import judge_works
from reports.services.completion import freeze_yesterday
from reports.services.rollup import refresh

NEWS = timedelta(days=10)  # what is older has been read


def load_demo(*, today: date | None = None) -> bool:
    """Make the demo, or bring the one there is to this day; return whether anything changed.

    `today` is for tests. The history is one transaction: it is there whole or not at all.
    """
    calendar = Calendar(today or timezone.localdate())
    with calendar.on(0) if today else nullcontext():
        with transaction.atomic():
            changed = False if Organization.objects.filter(code=CENTRE).exists() else _make_history(calendar)
            course = Course.objects.get(slug="tikuvchilik-asoslari")
            changed |= keep_one_open(_known_cast(), course, calendar)
        _finish()
    return changed


def _make_history(calendar: Calendar) -> bool:
    cast = make_people(calendar)
    courses = make_courses(cast, calendar)
    cohorts = make_cohorts(cast, courses, calendar)
    set_due_dates(cast, cohorts, calendar)
    plan_weeks(cast, cohorts, calendar)
    bring_residents_on_their_way(cast, courses, cohorts, calendar)
    say_how_it_was(cohorts, calendar)
    make_rules(cast, courses, calendar)
    let_civil_servants_learn(cast, courses, cohorts, calendar)
    follow_rules(cast, courses, calendar)
    ask_for_places(cast, cohorts, calendar)
    note_and_ask(cast, calendar)
    want_elsewhere(cast, calendar)
    plan_seasons(cast, courses, calendar)
    judge_works(cast, calendar)
    old = Notice.objects.filter(created_at__lt=calendar.moment(0) - NEWS, read_at=None)
    old.update(read_at=F("created_at") + timedelta(days=1))
    return True


def _finish() -> None:
    """Do what the worker would do after commit, and give the news that came only then its day."""
    for credential in credentials_without_pdf():
        store_pdf(credential)
    for session in LiveSession.objects.filter(status=LiveSession.Status.ENDED):
        news = Notice.objects.filter(key__startswith=f"class-scheduled-{session.pk}-", read_at=None)
        news.update(created_at=session.created_at, read_at=session.starts_at)
    count_due_items()
    index_due_versions()
    refresh()
    freeze_yesterday()


def _known_cast() -> Cast:
    """Those who open a group."""
    return Cast(
        organizations={CENTRE: Organization.objects.get(code=CENTRE)},
        users={user.username: user for user in User.objects.filter(username__in=("centre", "instructor"))},
    )
