"""Days of the generated year as texts, made once: a row carries several, and formatting them would cost the most."""

from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

DAYS = 365
TASHKENT = timezone(timedelta(hours=5))
FIRST, LAST = -200, DAYS + 200


class Calendar:
    """Day 0 is a year before the last day; `day` gives a date, `morning` and `afternoon` times in UTC on it."""

    def __init__(self, last_day: date, random: Random) -> None:
        self.start = last_day - timedelta(days=DAYS - 1)
        self.today = DAYS - 1
        days = [self.start + timedelta(days=n) for n in range(FIRST, LAST)]
        self.dates = dict(zip(range(FIRST, LAST), days, strict=True))
        self._texts = {n: day.isoformat() for n, day in self.dates.items()}
        # Office hours in Tashkent, so that a day is the same day in UTC.
        self._mornings = [self._clock(9, n) for n in range(240)]
        self._afternoons = [self._clock(14, n) for n in range(240)]
        self._choice = random.choice

    @staticmethod
    def _clock(hour: int, minute: int) -> str:
        at = datetime(2000, 1, 1, hour, tzinfo=TASHKENT) + timedelta(minutes=minute)
        return f"{at.astimezone(UTC):%H:%M:%S}"

    def day(self, n: int) -> str:
        return self._texts[n]

    def morning(self, n: int) -> str:
        return f"{self._texts[n]} {self._choice(self._mornings)}"

    def afternoon(self, n: int) -> str:
        return f"{self._texts[n]} {self._choice(self._afternoons)}"
