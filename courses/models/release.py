"""When a lesson or a module opens to a learner."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models.courses import PERCENT, CourseVersion, Lesson, Module


class ReleaseRule(models.Model):
    """What comes before one lesson or module: something done, some days of learning, or both.

    Exactly one of `lesson` and `module` opens by it; exactly one of `after_lesson` and `after_module`, or neither, is
    to be done before.
    """

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="release_rules")
    lesson = models.OneToOneField(Lesson, models.CASCADE, null=True, related_name="release_rule")
    module = models.OneToOneField(Module, models.CASCADE, null=True, related_name="release_rule")
    after_lesson = models.ForeignKey(Lesson, models.PROTECT, null=True, related_name="+")
    after_module = models.ForeignKey(Module, models.PROTECT, null=True, related_name="+")
    least_score = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        validators=PERCENT,
        help_text="In `after_lesson`; null: done is enough.",
    )
    days = models.PositiveIntegerField(null=True, help_text="So many days after learning began.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lesson=None, module__isnull=False) | Q(lesson__isnull=False, module=None),
                name="releaserule_lesson_or_module",
            ),
            models.CheckConstraint(
                condition=Q(after_lesson=None) | Q(after_module=None), name="releaserule_after_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(least_score=None) | Q(after_lesson__isnull=False), name="releaserule_score_of_lesson"
            ),
            models.CheckConstraint(
                condition=Q(after_lesson__isnull=False) | Q(after_module__isnull=False) | Q(days__isnull=False),
                name="releaserule_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id or self.module_id}"

    @property
    def after(self) -> Lesson | Module | None:
        """What is to be done before."""
        return self.after_lesson or self.after_module

    @property
    def words(self) -> str:
        """What comes before, for authors."""
        said = []
        if self.after and self.least_score is not None:
            values = {"name": self.after, "score": f"{self.least_score.normalize():f}"}
            said.append(_("after “%(name)s” with at least %(score)s of 100") % values)
        elif self.after:
            said.append(_("after “%(name)s”") % {"name": self.after})
        if self.days is not None:
            said.append(
                ngettext("%(days)d day after learning began", "%(days)d days after learning began", self.days)
                % {"days": self.days}
            )
        return "; ".join(said)
