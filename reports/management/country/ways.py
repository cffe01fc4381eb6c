"""What becomes of everybody: the ways of referrals from a wish to work, and of civil servants through their courses.

Each fate is drawn first and then written down. What would happen after the last day has not happened yet, so every
state occurs.
"""

from datetime import date
from random import Random
from zlib import crc32

from django.conf import settings

from accounts.models import Organization
from enrollment.models import DeclineReason, OutcomeKind
from reports.management.country.bulk import FLUSHED_AT_ONCE, reset_sequences
from reports.management.country.calendar import DAYS, Calendar
from reports.management.country.people import People
from reports.management.country.rows import SEATS, Group, Rows, Stay, Way
from reports.management.country.teaching import Taught, Teaching

DAYS_BETWEEN_COHORTS = 28
NOTICE_DAYS = 6  # from an acceptance until the first lesson
ANSWER_DELAYS = (0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 8)
FAILED_AFTER_DAYS = 14
DAYS_TO_WORK = 120
EMPLOYMENT = {"permanent-job": 5, "self-employment": 3, "own-business": 2}
CLAIMS = {"confirmed": 90, "claimed": 8, "contradicted": 2}


class Country:
    def __init__(self, teaching: Teaching, last_day: date, seed: int) -> None:
        self.teaching = teaching
        self.random = Random(seed)  # noqa: S311  # to be repeatable is the point
        self.calendar = Calendar(last_day, self.random)
        self.today = self.calendar.today
        self.people = People(self.calendar, self.random)
        self.rows = Rows(self.calendar, self.random, self.people)
        self.groups: dict[tuple[int, int, int], Group] = {}
        self.declines = list(DeclineReason.objects.order_by("pk").values_list("code", flat=True))
        self.reasons = [*self.rows.reasons]
        kinds = dict(OutcomeKind.objects.values_list("code", "pk"))
        self.kinds = [kinds[code] for code in EMPLOYMENT]

    def generate(self, referrals: int) -> None:
        """Write so many referrals, evenly over the year; beside them some who only wish, and some who learn on line."""
        for n in range(referrals):
            day = n * DAYS // referrals
            self.add_referral(day)
            if n % 7 == 0:
                self.add_wish_alone(day)
            if n % 10 == 0:
                self.add_civil_servant(day)
            if len(self.rows.moves.lines) >= FLUSHED_AT_ONCE:
                self.rows.flush()
        self.rows.flush()
        self.rows.papers.write()
        reset_sequences(*self.rows.tables, self.rows.papers.table)

    def add_referral(self, day: int) -> None:
        """A resident is referred on that day, and what follows is drawn."""
        random = self.random
        someone = self.people.add_resident(day - random.randrange(3, 60))
        centre = random.choice(self.teaching.by_region[someone.region_id])
        way = Way(someone, centre, random.choice(self.teaching.offers[centre.pk]), day, [("submitted", day, "")])
        answered, fate = day + random.choice(ANSWER_DELAYS), random.random()
        if fate < 0.3 and day > self.today - 3:
            way.moves = []
        elif fate < 0.02 and day < self.today:
            way.moves.append(("withdrawn", day + 1, random.choice(self.reasons)))
        elif answered > self.today or (fate < 0.04 and day > self.today - 20):
            pass  # still waiting
        elif fate < 0.11:
            way.moves.append(("declined", answered, random.choice(self.declines)))
        elif fate < 0.2 and day > self.today - 40:
            way.moves.append(("waitlisted", answered, ""))
        else:
            self._accept(way, answered)
            return
        self.rows.add_referral(way)

    def _accept(self, way: Way, accepted: int) -> None:
        """A seat is held; then it lapses, waits, or the resident comes and learns."""
        way.group = self._group(way.centre, way.taught, accepted)
        way.moves.append(("accepted", accepted, ""))
        hold = accepted + settings.HOLD_DAYS
        enrolled = accepted + self.random.randrange(1, NOTICE_DAYS)
        if self.random.random() < 0.03 and hold < self.today:
            way.moves.append(("lapsed", hold + 1, ""))
            self.rows.add_seat(way, "released", self.rows.add_referral(way))
        elif enrolled > self.today:
            way.hold_until = hold
            self.rows.add_seat(way, "held", self.rows.add_referral(way))
        else:
            self._learn(way, way.group, enrolled)

    def _learn(self, way: Way, group: Group, enrolled: int) -> None:
        stay = Stay(way.someone.person_id, way.someone.name, group, way.taught, way.centre, enrolled)
        self._draw_end(stay)
        way.moves.append(("enrolled", enrolled, ""))
        if stay.end != "active":
            way.moves.append(("dropped" if stay.end == "withdrawn" else stay.end, stay.ended, stay.reason))
        referral = self.rows.add_referral(way)
        stay.referral = str(referral)
        enrollment = self.rows.add_enrollment(stay)
        self.rows.add_seat(way, "released" if stay.end == "withdrawn" else "taken", referral, enrollment)
        if stay.end == "completed" and self.random.random() < 0.6:
            self._find_work(stay, enrollment)

    def _draw_end(self, stay: Stay) -> None:
        """One in ten leaves, one in twenty does not complete; but only what falls before today has happened."""
        random, group, fate = self.random, stay.group, self.random.random()
        if fate < 0.09:
            end, ended, reason = (
                "withdrawn",
                random.randrange(stay.enrolled + 1, group.ends),
                random.choice(self.reasons),
            )
        elif fate < 0.14:
            end, ended, reason = "failed", group.ends + FAILED_AFTER_DAYS, ""
        else:
            end, ended, reason = "completed", group.ends - random.randrange(3), ""
        if ended <= self.today:
            stay.end, stay.ended, stay.reason = end, ended, reason

    def _find_work(self, stay: Stay, enrollment: int) -> None:
        day = stay.ended + self.random.randrange(7, DAYS_TO_WORK)
        if day <= self.today:
            kind = self.random.choices(self.kinds, weights=[*EMPLOYMENT.values()])[0]
            status = self.random.choices([*CLAIMS], weights=[*CLAIMS.values()])[0]
            self.rows.add_outcome(stay, enrollment, kind, status, day)

    def _group(self, centre: Organization, taught: Taught, accepted: int) -> Group:
        """The group with a free seat that starts next; a further one beside it when it is full."""
        phase = crc32(f"{centre.code} {taught.course.slug}".encode()) % DAYS_BETWEEN_COHORTS
        turns = -(-(accepted + NOTICE_DAYS - phase) // DAYS_BETWEEN_COHORTS)
        starts = phase + turns * DAYS_BETWEEN_COHORTS
        key = centre.pk, taught.course.pk, starts
        group = self.groups.get(key)
        if group is None or group.taken == SEATS:
            group = self.groups[key] = self.rows.add_cohort(centre, taught, starts)
        group.taken += 1
        return group

    def add_wish_alone(self, day: int) -> None:
        """Somebody wishes something other than training, and is not referred."""
        someone = self.people.add_resident(day - self.random.randrange(60))
        self.people.add_wish(
            someone, day, kind=self.random.choice(["entrepreneurship", "subsidy", "loan"]), status="open"
        )

    def add_civil_servant(self, day: int) -> None:
        """A civil servant takes a self-paced course."""
        random = self.random
        office, taught = random.choice(self.teaching.offices), random.choice(self.teaching.service)
        person_id, name = self.people.add_employee(office.pk, day - random.randrange(100))
        assert taught.standing
        stay = Stay(person_id, name, Group(taught.standing.pk, day, day + 45), taught, self.teaching.academy, day)
        ended = day + random.randrange(1, 45)
        if ended <= self.today and random.random() < 0.8:
            stay.end, stay.ended = "completed", ended
        self.rows.add_enrollment(stay)
