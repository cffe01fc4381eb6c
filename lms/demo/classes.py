"""What the instructor holds with a group: lessons, live classes, days in the workshop."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone, translation

from accounts.models import User
from base.services.jobs import run_job
from certificates.queries import completions_to_issue
from certificates.services.credentials import settle_completion
from courses.models import Lesson
from courses.transcoding import Unplayable
from enrollment.models import Cohort, Enrollment
from enrollment.services.attendance import record_roster
from enrollment.services.meetings import TimesClash
from live.models import Deck, LiveSession, Slide
from live.queries.slides import showings
from live.services import breakouts, chat, hands, inquiries, notes, polls, presence, reactions, slides
from live.services.attendance import count_session
from live.services.captions import caption
from live.services.decks import add_deck
from live.services.drawing import draw
from live.services.guests import open_to_guests
from live.services.recordings import add_film
from live.services.sessions import SessionOverlaps, end_session, schedule_session, start_session
from lms.demo import films
from lms.demo.clock import Calendar, happening_at
from lms.demo.cohorts import Group
from lms.demo.library import read_json
from lms.demo.people import Cast
from lms.demo.slides import render_slides
from lms.demo.teaching import study

CLASS_HOUR, HAND_MINUTES = 15, 2
NOW_LONG = timedelta(hours=2)
ASKED_AHEAD = (
    "Chiziqli matoda naqsh yon chokda toʻgʻri kelishi uchun necha santimetr qoʻshamiz?",
    "Buyurtmachi matoni oʻzi olib kelsa, narxni qanday hisoblaymiz?",
    "Surpni bichishdan oldin albatta namlab dazmollash kerakmi?",
)
WORKSHOP_DAYS, WORKSHOP_MINUTES = 4, 180
Act = tuple[float, Callable[[], object]]  # the minute of the class, and what is done


@dataclass(frozen=True)
class Learners:
    """Who learns in a group, by the names of the content; who stops when, who stays away from the workshop."""

    enrollments: Mapping[str, Enrollment]
    leaving: Mapping[str, int] = field(default_factory=dict)  # the number of the first lesson not taken any more
    absent: frozenset[str] = frozenset()

    def at(self, number: int) -> dict[str, Enrollment]:
        """Who is still there at lesson `number`."""
        return {name: one for name, one in self.enrollments.items() if number < self.leaving.get(name, 1000)}


def teach(cast: Cast, cohort: Cohort, group: Group, learners: Learners, calendar: Calendar, script: str = "") -> None:
    """Hold the lessons of a group in order, spread over its days, up to yesterday."""
    lessons = list(cohort.version.lessons.all())
    for number, lesson in enumerate(lessons):
        day, here = group.begins + group.length * number // len(lessons), learners.at(number)
        if day >= 0:
            return
        if lesson.kind == Lesson.Kind.LIVE:
            hold_class(cast, cohort, lesson, day, here, calendar, script)
        elif lesson.kind == Lesson.Kind.ON_SITE:
            present = [one for name, one in here.items() if name not in learners.absent]
            hold_workshop(cast, cohort, lesson, range(day, min(day + WORKSHOP_DAYS, 0)), present, calendar)
        else:
            for place, (name, enrollment) in enumerate(here.items()):
                with calendar.on(day, 9 + place / 2):
                    study(enrollment, [lesson], mistakes=int(name[1:]) % 3)
                    award()


def award() -> None:
    """Issue the certificates that are due, as the worker would a moment later."""
    for completion in completions_to_issue():
        settle_completion(completion)


def hold_workshop(
    cast: Cast, cohort: Cohort, lesson: Lesson, days: Iterable[int], present: list[Enrollment], calendar: Calendar
) -> None:
    """Take the roster of each of these days; now and then somebody came late."""
    for day in days:
        minutes = {one: WORKSHOP_MINUTES - 20 * ((one.pk + day) % 7 == 0) for one in present}
        with calendar.on(day, 17):
            record_roster(cohort, lesson, on=calendar.day(day), minutes=minutes, by=cast.users["instructor"])
            award()


def hold_class(
    cast: Cast,
    cohort: Cohort,
    lesson: Lesson,
    day: int,
    learners: Mapping[str, Enrollment],
    calendar: Calendar,
    script: str = "",
) -> None:
    """Hold a live class that day: as `script` (a file of the content) tells it, else with everybody and few words."""
    told = read_json(script) if script else _quiet_class(learners)
    session = plan_class(cast, cohort, lesson, day, told["minutes"], calendar)
    users = {name: User.objects.get(person=one.person_id) for name, one in learners.items()}
    users["instructor"] = cast.users["instructor"]
    with calendar.on(day, CLASS_HOUR):
        session = start_session(session, by=users["instructor"])
    _come_and_go(session, users, told["present"], day, calendar)
    acts = [*_slides(session, told, day, calendar), *_words(session, users, told), *_polls(session, users, told)]
    acts += _groups(session, users, told.get("groups"))
    for at, act in sorted(acts, key=itemgetter(0)):
        with calendar.on(day, CLASS_HOUR + float(at) / 60), translation.override("uz"):
            act()
    with calendar.on(day, CLASS_HOUR + told["minutes"] / 60):
        session = end_session(session, by=users["instructor"])
        _keep_film(session, told, calendar.moment(day, CLASS_HOUR))
        count_session(session)


def _words(session: LiveSession, users: Mapping[str, User], told: Mapping[str, Any]) -> Iterator[Act]:
    """What was written, shown by hand and sign, typed along and noted down."""
    teacher = users["instructor"]
    for message in told["messages"]:
        by = users[message["who"]]
        if message["kind"] == "hand":
            yield message["at"], partial(hands.raise_hand, session, by=by)
        else:
            yield message["at"], partial(hands.lower_hand, session, by=by)
            yield message["at"], partial(chat.say, session, text=message["text"], by=by)
    for sign in told.get("signs", ()):
        for name in sign["who"]:
            yield sign["at"], partial(reactions.react, session, kind=sign["kind"], by=users[name])
    for line in told.get("captions", ()):
        yield line["at"], partial(caption, session, text=line["text"], key=uuid4(), by=teacher)
    if "notes" in told:
        yield 0, partial(notes.set_open, session, are_open=True, by=teacher)
    length = 0
    for number, note in enumerate(told.get("notes", ())):
        place: dict[str, Any] = {"version": number, "start": length, "gone": 0, "key": uuid4()}
        yield note["at"], partial(notes.edit_notes, session, text=note["text"], by=users[note["who"]], **place)
        length += len(note["text"])


def _polls(session: LiveSession, users: Mapping[str, User], told: Mapping[str, Any]) -> Iterator[Act]:
    """What the class was asked, each closed half a minute later; `votes` name the choices by their place."""
    teacher = users["instructor"]
    for asked in told.get("polls", ()):
        yield asked["at"], partial(_ask, session, users, asked)
        yield float(asked["at"]) + 0.5, partial(_close, session, teacher)


def _ask(session: LiveSession, users: Mapping[str, User], told: Mapping[str, Any]) -> None:
    teacher = users["instructor"]
    poll = polls.prepare_poll(session, text=told["text"], choices=told["choices"], at_once=True, by=teacher)
    for name, place in told["votes"].items():
        polls.vote(session, poll=poll.uuid, choices=[poll.keys[place]], by=users[name])


def _close(session: LiveSession, teacher: User) -> None:
    polls.close_poll(session, poll=session.polls.get(status="open").uuid, by=teacher)


def _keep_film(session: LiveSession, told: Mapping[str, Any], began: datetime) -> None:
    """Keep a film of a stretch of the class, with the slides of that time; without ffmpeg there is none."""
    if "recorded" not in told or not films.is_available():
        return
    since, until = (began + timedelta(minutes=float(minute)) for minute in told["recorded"])
    shown = [one for one in showings(session) if one and one.at < until]
    pictures = []
    for before, one in pairwise([*shown, None]):
        if before and (one is None or one.at > since):
            slide = Slide.objects.get(deck__uuid=before.deck, number=before.page)
            pictures.append((Path(slide.large.path), max(0.0, (before.at - since).total_seconds())))
    with TemporaryDirectory() as folder, suppress(Unplayable):
        film = Path(folder, "film.mp4")
        films.draw_film(pictures, film, seconds=(until - since).total_seconds())
        add_film(session, film=film, started_at=since, stopped_at=until)


def _groups(session: LiveSession, users: Mapping[str, User], told: Mapping[str, Any] | None) -> Iterator[Act]:
    """Working in small groups; `shares` name who is in which, and what was said there."""
    if told is None:
        return
    teacher, groups = users["instructor"], []

    def divide() -> None:
        division = breakouts.open_breakouts(session, count=len(told["shares"]), how="hand", by=teacher)
        for group, share in zip(division.breakouts.all(), told["shares"], strict=True):
            groups.append(group.uuid)
            for name in share["who"]:
                breakouts.move(session, who=users[name].uuid, breakout=group.uuid, by=teacher)

    def say(number: int, text: str, by: User) -> None:
        breakouts.say(session, text=text, key=uuid4(), breakout=groups[number], by=by)

    yield told["at"], divide
    for number, share in enumerate(told["shares"]):
        for message in share["messages"]:
            yield message["at"], partial(say, number, message["text"], users[message["who"]])
    yield told["until"], partial(breakouts.bring_back, session, at_once=True, by=teacher)


def ask_ahead(session: LiveSession, learners: Learners, calendar: Calendar) -> None:
    """Have learners of a coming class ask what they want to know there, and others want the same."""
    users = [User.objects.get(person=one.person_id) for one in learners.at(0).values()][: 1 + len(ASKED_AHEAD)]
    with calendar.on(-1, 19):
        for number, text in enumerate(ASKED_AHEAD):
            asked = inquiries.ask(session, text=text, by=users[number])
            for user in users[number + 1 :]:
                inquiries.support(session, inquiry=asked.uuid, by=user)


def plan_class(cast: Cast, cohort: Cohort, lesson: Lesson, day: int, minutes: int, calendar: Calendar) -> LiveSession:
    """Schedule a live class some days ahead."""
    instructor = cast.users["instructor"]
    with calendar.on(min(day - 4, -1)):
        return schedule_session(
            cohort=cohort,
            lesson=lesson,
            starts_at=calendar.moment(day, CLASS_HOUR),
            ends_at=calendar.moment(day, CLASS_HOUR + minutes / 60),
            teacher=instructor,
            by=instructor,
        )


def plan_class_now(cast: Cast, cohort: Cohort, lesson: Lesson) -> None:
    """Schedule a class that is about to begin, with a link for guests: at the next quarter its group is free."""
    now = timezone.now()
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    for later in range(1, 60):
        starts_at = quarter + later * timedelta(minutes=15)
        with suppress(SessionOverlaps, TimesClash):
            session = schedule_session(
                cohort=cohort, lesson=lesson, starts_at=starts_at, ends_at=starts_at + NOW_LONG, teacher=None, by=None
            )
            open_to_guests(session, may_write=True, by=cast.users["instructor"])
            return


def _come_and_go(
    session: LiveSession, users: Mapping[str, User], stays: Iterable[Mapping[str, Any]], day: int, calendar: Calendar
) -> None:
    """Write each stay down, also those of people who lost their connection and came again."""
    for stay in stays:
        for came, went in stay["minutes"]:
            with happening_at(calendar.moment(day, CLASS_HOUR + came / 60)):
                visit = presence.join(session, by=users[stay["who"]])
            with happening_at(calendar.moment(day, CLASS_HOUR + went / 60)):
                presence.leave(visit.pk)


def _slides(session: LiveSession, told: Mapping[str, Any], day: int, calendar: Calendar) -> Iterator[Act]:
    """Send slides in; then they are turned and drawn on as the content tells. Without poppler they wait for it."""
    teacher = session.teacher
    if "slides" not in told or not teacher:
        return
    content = told["slides"]
    file = ContentFile(render_slides(content["pages"], title=content["name"]), name=content["name"])
    with calendar.on(day, CLASS_HOUR):
        deck = add_deck(session, file=file, by=teacher)
    assert deck.job
    run_job(deck.job.pk)
    deck.refresh_from_db()
    if deck.status != Deck.Status.READY:
        return
    yield content["turns"][0][0], partial(slides.open_deck, session, deck=deck.uuid, by=teacher)
    for at, page in content["turns"]:
        yield at, partial(slides.show_slide, session, page=page, by=teacher)
    for stroke in content["strokes"]:
        line = {name: stroke[name] for name in ("page", "color", "points")}
        yield stroke["at"], partial(draw, session, **line, key=uuid4(), by=teacher)


def _quiet_class(learners: Mapping[str, Enrollment]) -> dict[str, Any]:
    words = [
        {"at": 1, "who": "instructor", "kind": "chat", "text": "Assalomu alaykum! Boshlaymiz."},
        {"at": 88, "who": "instructor", "kind": "chat", "text": "Rahmat, ustaxonada koʻrishguncha!"},
    ]
    stays = [{"who": name, "minutes": [[0, 90]]} for name in ("instructor", *learners)]
    return {"minutes": 90, "present": stays, "messages": words}
