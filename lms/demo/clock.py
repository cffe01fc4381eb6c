"""The demo's days, counted from the one on which it is made, and how its past is made to happen then."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils import timezone


@contextmanager
def happening_at(moment: datetime) -> Iterator[None]:
    """Let `timezone.now` answer `moment` for the whole process, so that services write the past as they write today.

    Only for a command that makes data: nothing else may run beside it.
    """

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return moment.astimezone(tz or UTC)

    real: Any = timezone
    before = real.datetime
    real.datetime = Then
    try:
        yield
    finally:
        real.datetime = before


@dataclass(frozen=True)
class Calendar:
    """Days around `today`: day 0 is today, day -1 yesterday."""

    today: date

    def day(self, number: int) -> date:
        return self.today + timedelta(days=number)

    def moment(self, number: int, hour: float = 10) -> datetime:
        """That day at that hour, in Tashkent."""
        start = datetime.combine(self.day(number), time(), tzinfo=timezone.get_default_timezone())
        return start + timedelta(hours=hour)

    def on(self, number: int, hour: float = 10) -> AbstractContextManager[None]:
        """A block that happens on that day."""
        return happening_at(self.moment(number, hour))
