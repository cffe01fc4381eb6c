"""What a group says about the lessons of its course, and how order is kept in it."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from base.models import Record
from courses.models import Course, Lesson
from enrollment.models import Cohort, Enrollment, ReportReason
from enrollment.models.cohorts import TEACHING

EDITABLE = timedelta(minutes=15)


class Discussion(models.Model):
    """What one group says about one lesson; there is one from the first question on.

    `last_post` is the id of the newest post, which readers' `seen` are compared with.
    """

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="discussions", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    last_post = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "lesson"], name="discussion_once")]

    def __str__(self) -> str:
        return f"{self.cohort_id} / {self.lesson_id}"


class DiscussionStop(models.Model):
    """A group, or every group of a course, has no discussion: what there is stays readable."""

    cohort = models.OneToOneField(Cohort, models.PROTECT, related_name="discussion_stop", null=True)
    course = models.OneToOneField(Course, models.PROTECT, related_name="discussion_stop", null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cohort=None, course__isnull=False) | Q(cohort__isnull=False, course=None),
                name="discussionstop_names_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id or ''} / {self.course_id or ''}"


class DiscussionVisit(models.Model):
    """Up to which post somebody has looked at the list of a discussion; `is_told`: of newer ones already."""

    discussion = models.ForeignKey(Discussion, models.PROTECT, related_name="visits", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    seen = models.PositiveBigIntegerField(default=0)
    is_told = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["discussion", "user"], name="discussionvisit_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.discussion_id}"


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User) -> Self:
        """Keep those of the groups that the user learns in or whose provider the user teaches for."""
        return self.filter(_in_groups_of(user, "cohort"))


class Thread(Record):
    """A question or a remark with what was answered; its first post is the question itself."""

    discussion = models.ForeignKey(Discussion, models.PROTECT, related_name="threads", db_index=False)
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="+", db_index=False, help_text="The discussion's, which never changes."
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    is_pinned = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)
    answer = models.ForeignKey(
        "Post", models.PROTECT, related_name="+", null=True, help_text="The one that answers it."
    )
    post_count = models.PositiveIntegerField(default=0)
    last_post = models.PositiveBigIntegerField(default=0)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["discussion", "-is_pinned", "-last_post", "-id"], name="thread_of_discussion"),
            models.Index(fields=["cohort", "-last_post", "-id"], name="thread_of_cohort"),
        ]

    def __str__(self) -> str:
        return self.title


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: User) -> Self:
        """Keep those of the threads that the user sees; what a hidden one says is another matter."""
        return self.filter(_in_groups_of(user, "thread__cohort"))

    def to_judge(self, user: User) -> Self:
        """Keep what was reported where the user teaches, and nobody has decided yet. Rests on post_reported."""
        return self.filter(
            reported_at__isnull=False, thread__cohort__organization_id__in=user.standing.organizations(*TEACHING)
        )


class Post(Record):
    """Something that somebody said in a thread, under its number there.

    Its uuid is made by the form it is written in, so that what is sent twice is said once.
    Moves (learning.services.moderation.TRANSITIONS): shown ⇄ hidden; shown → deleted.
    """

    class Status(models.TextChoices):
        SHOWN = "shown", _("Shown")
        HIDDEN = "hidden", _("Hidden")
        DELETED = "deleted", _("Deleted")

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts", db_index=False)
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, models.PROTECT, related_name="posts")
    is_teachers = models.BooleanField(default=False, help_text="Its author taught the group when it was written.")
    text = models.TextField(help_text="Plain; empty where the author deleted it.")
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.SHOWN)
    edited_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True, help_text="When it was first reported; null: never, or decided.")

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "number"], name="post_number_once")]
        indexes = [
            models.Index(fields=["reported_at", "id"], name="post_reported", condition=Q(reported_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} #{self.number}"

    @property
    def is_editable(self) -> bool:
        """Whether its author may still change it: for a quarter of an hour, and never once it was reported."""
        is_fresh = timezone.now() < self.created_at + EDITABLE
        return is_fresh and self.status == self.Status.SHOWN and self.reported_at is None


class PostMove(models.Model):
    """A post went from one state to another, or what was reported of it was decided; append-only."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=7, choices=Post.Status.choices)
    to_status = models.CharField(max_length=7, choices=Post.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.ForeignKey(ReportReason, models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.from_status} → {self.to_status}"


class PostReport(models.Model):
    """Somebody says that a post does not belong there, for a reason; append-only."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="reports", db_index=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.ForeignKey(ReportReason, models.PROTECT, related_name="+")
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "by"], name="postreport_once")]

    def __str__(self) -> str:
        return f"{self.post_id} by {self.by_id}"


class Following(models.Model):
    """Up to which post somebody has read a thread, and whether of newer ones something is told.

    `is_told`: of those after `seen` already, so that many posts make one notice.
    """

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="followings", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    seen = models.PositiveBigIntegerField(default=0)
    is_subscribed = models.BooleanField(default=False)
    is_told = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="following_once")]
        indexes = [
            models.Index(fields=["thread"], name="following_to_tell", condition=Q(is_subscribed=True, is_told=False))
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.thread_id}"


class MuteQuerySet(models.QuerySet["Mute"]):
    def current(self) -> Self:
        """Keep those in force today."""
        return self.filter(lifted_at=None, until__gte=timezone.localdate())


class Mute(Record):
    """Somebody may not write in the discussions of a provider, up to and including a day, for a reason."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    until = models.DateField()
    reason = models.ForeignKey(ReportReason, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    objects = MuteQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "until"], name="mute_in_force", condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.until}"


def _in_groups_of(user: User, path: str) -> Q:
    """Rows whose group, at `path`, the user learns in or teaches."""
    learns = Enrollment.objects.filter(cohort=OuterRef(path), person=user.person_id or 0)
    teaches = Q(**{f"{path}__organization_id__in": user.standing.organizations(*TEACHING)})
    return Q(Exists(learns.exclude(status=Enrollment.Status.WITHDRAWN))) | teaches
