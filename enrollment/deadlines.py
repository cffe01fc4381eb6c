"""When a mandatory course is due: arithmetic of dates, without any row.

A schedule asks for a course once, at an interval of months, or in every so many calendar years by a day of the year.
A day that a month lacks is its last one: a month after 31 January is 28 or 29 February.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

YEAR_END = (12, 31)


@dataclass(frozen=True)
class Schedule:
    """How often and by when: at most one of `every_months` and `every_years` is set, neither means once.

    `within_days` counts from the start of the duty to the first deadline; None: the first deadline falls as if the
    course had been taken on that day.
    """

    within_days: int | None = None
    every_months: int | None = None
    every_years: int | None = None
    by: tuple[int, int] = YEAR_END

    def first_due(self, start: date) -> date:
        """The first deadline of whoever has the duty since `start` and has never taken the course."""
        if self.within_days is not None:
            return start + timedelta(days=self.within_days)
        return self.next_due(start) or start

    def next_due(self, met_on: date) -> date | None:
        """The deadline after taking the course on a day; None: once was enough."""
        if self.every_months:
            return add_months(met_on, self.every_months)
        if self.every_years:
            month, day = self.by
            return clipped(met_on.year + self.every_years, month, day)
        return None

    def counts(self, met_on: date, start: date) -> bool:
        """Whether having taken the course on a day, even before the duty began, still holds when it begins."""
        until = self.next_due(met_on)
        return until is None or until > start

    def due_on(self, start: date, met_on: date | None) -> date | None:
        """The next deadline of whoever has the duty since `start` and took the course last on `met_on`.

        What was taken before the duty began never brings the first deadline forward. None: nothing is due any more.
        """
        if met_on is None or not self.counts(met_on, start):
            return self.first_due(start)
        due = self.next_due(met_on)
        if due is None or met_on >= start:
            return due
        return max(due, self.first_due(start))


def add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return clipped(day.year + years, month + 1, day.day)


def clipped(year: int, month: int, day: int) -> date:
    """That day, or the month's last one."""
    return date(year, month, min(day, monthrange(year, month)[1]))
