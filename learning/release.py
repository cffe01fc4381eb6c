"""Whether a lesson is open to a learner, decided from what is known; asks nothing of the database."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from base.dates import moment_at


@dataclass(frozen=True)
class Rule:
    """What comes before a lesson or module, by ids, as courses.models.ReleaseRule says it."""

    after_lesson: int | None
    after_module: int | None
    least_score: Decimal | None
    days: int | None


@dataclass(frozen=True)
class Place:
    """A lesson in its course; what is attended is open at its own time."""

    lesson: int
    module: int
    required: bool
    is_attended: bool


@dataclass(frozen=True)
class Reached:
    """How far one learner is: since when, which lessons are done, and with which scores."""

    began_on: date
    done: Set[int]
    scores: Mapping[int, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Lock:
    """One reason why a lesson is not open: what is to be done before, or when it opens."""

    after_lesson: int | None = None
    after_module: int | None = None
    least_score: Decimal | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Terms:
    """When the lessons of one group open: rules of lessons and modules, and dates of the group, by lesson."""

    of_lessons: Mapping[int, Rule] = field(default_factory=dict)
    of_modules: Mapping[int, Rule] = field(default_factory=dict)
    opens_at: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether everything is open at once."""
        return not (self.of_lessons or self.of_modules or self.opens_at)

    @property
    def asks_for_scores(self) -> bool:
        rules = (*self.of_lessons.values(), *self.of_modules.values())
        return any(rule.least_score is not None for rule in rules)


def locks_of(places: Iterable[Place], terms: Terms, reached: Reached, *, now: datetime) -> dict[int, list[Lock]]:
    """Why lessons are not open, by lesson; one that is not named here is. What was done once stays open."""
    places = list(places)
    is_done = _module_is_done(places, reached)
    by_module = {key: _locks(rule, reached, is_done, now) for key, rule in terms.of_modules.items()}
    locks = {}
    for place in places:
        if place.is_attended or place.lesson in reached.done:
            continue
        own = terms.of_lessons.get(place.lesson)
        found = [*by_module.get(place.module, ()), *(_locks(own, reached, is_done, now) if own else ())]
        if (opens_at := terms.opens_at.get(place.lesson)) and now < opens_at:
            found.append(Lock(opens_at=opens_at))
        if found:
            locks[place.lesson] = found
    return locks


def _module_is_done(places: Iterable[Place], reached: Reached) -> Callable[[int], bool]:
    """A module is done with its required lessons; where it has none, with all."""
    lessons: dict[int, list[Place]] = {}
    for place in places:
        lessons.setdefault(place.module, []).append(place)

    def is_done(module: int) -> bool:
        own = lessons.get(module, [])
        counted = [place for place in own if place.required] or own
        return all(place.lesson in reached.done for place in counted)

    return is_done


def _locks(rule: Rule, reached: Reached, is_done: Callable[[int], bool], now: datetime) -> list[Lock]:
    locks = []
    if rule.after_lesson and not _has_reached(rule.after_lesson, rule.least_score, reached):
        locks.append(Lock(after_lesson=rule.after_lesson, least_score=rule.least_score))
    if rule.after_module and not is_done(rule.after_module):
        locks.append(Lock(after_module=rule.after_module))
    if rule.days is not None:
        opens_at = moment_at(reached.began_on + timedelta(days=rule.days), time())
        if now < opens_at:
            locks.append(Lock(opens_at=opens_at))
    return locks


def _has_reached(lesson: int, least_score: Decimal | None, reached: Reached) -> bool:
    if least_score is None:
        return lesson in reached.done
    score = reached.scores.get(lesson)
    return score is not None and score >= least_score
