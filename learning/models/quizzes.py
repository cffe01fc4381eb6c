"""When who may take a quiz, and what first attempts at it show of its questions."""

from datetime import timedelta
from math import sqrt

from django.db import models
from django.db.models import Q

from base.models import Record
from courses.models import Lesson, QuestionVersion
from enrollment.models import Cohort, Enrollment


class QuizWindow(models.Model):
    """When a group may take a quiz; a quiz without one is open as long as the group learns."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "lesson"], name="quizwindow_once")]

    def __str__(self) -> str:
        return f"{self.cohort_id} / {self.lesson_id}"


class ExtraTime(Record):
    """How much longer one learner may take for every quiz of a course, in minutes or as a share, and why."""

    enrollment = models.OneToOneField(Enrollment, models.PROTECT, related_name="extra_time")
    minutes = models.PositiveIntegerField(null=True, blank=True)
    percent = models.PositiveIntegerField(null=True, blank=True, help_text="Of the time limit.")
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None, percent__isnull=False) | Q(minutes__isnull=False, percent=None),
                name="extratime_minutes_or_percent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}"

    def beyond(self, limit: timedelta) -> timedelta:
        """The time on top of a limit."""
        return limit * self.percent / 100 if self.percent else timedelta(minutes=self.minutes or 0)


class ItemStatistic(models.Model):
    """What the first attempts at a quiz show of one question, as sums; learning.services.items counts them anew.

    `x` is what an answer was worth, `y` what the rest of its attempt was worth, both 0 to 1.
    """

    LEAST_PAIRS = 10  # of fewer attempts a correlation says nothing

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="item_statistics")
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="item_statistics")
    asked = models.PositiveIntegerField(help_text="In how many attempts.")
    reached = models.FloatField(help_text="Sum of x over them.")
    pairs = models.PositiveIntegerField(help_text="In how many of them something else was asked too.")
    x = models.FloatField()
    y = models.FloatField()
    xx = models.FloatField()
    yy = models.FloatField()
    xy = models.FloatField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "version"], name="itemstatistic_once")]

    def __str__(self) -> str:
        return f"{self.lesson_id} / {self.version_id}"

    @property
    def facility(self) -> float:
        """The mean of what the answers were worth, in per cent."""
        return 100 * self.reached / self.asked

    @property
    def discrimination(self) -> float | None:
        """The corrected item-total correlation: Pearson's r of an answer with the rest of its attempt."""
        if self.pairs < self.LEAST_PAIRS:
            return None
        spread_x, spread_y = self.xx - self.x**2 / self.pairs, self.yy - self.y**2 / self.pairs
        if min(spread_x, spread_y) < 1e-9:
            return None  # all answered alike
        return (self.xy - self.x * self.y / self.pairs) / sqrt(spread_x * spread_y)

    @property
    def is_doubtful(self) -> bool:
        """Whether those who do well in the rest do no better here, so that the key may be wrong."""
        return self.discrimination is not None and self.discrimination < 0.1
