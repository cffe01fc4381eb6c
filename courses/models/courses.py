"""Courses, their frozen versions, modules and lessons."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, Profession, User
from base.languages import LocalizedField, localized
from base.models import Record

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]
AUTHOR_ROLES = (Membership.Role.INSTRUCTOR, Membership.Role.CENTRE_MANAGER, Membership.Role.ACADEMY_ADMIN)

Reader = User | AnonymousUser


def authored_organizations(user: Reader) -> set[int]:
    """Return the ids of the organizations whose courses this user writes."""
    return user.standing.organizations(*AUTHOR_ROLES) if isinstance(user, User) else set()


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep what the catalogue shows, and every course of the organizations that the user writes for."""
        return self.filter(
            Q(current_version__isnull=False, retired_at=None) | Q(provider_id__in=authored_organizations(user))
        )

    def written_by(self, user: Reader) -> Self:
        """Keep the courses of the organizations that the user writes for."""
        return self.filter(provider_id__in=authored_organizations(user))

    def published(self) -> Self:
        """Keep those that the catalogue shows: a version is published, the course is not retired."""
        return self.filter(current_version__isnull=False, retired_at=None)


class Course(Record):
    """What a provider teaches under one address, whatever its version."""

    class Issuing(models.TextChoices):
        AUTOMATIC = "automatic", _("At once, when the rules are met")
        CONFIRMED = "confirmed", _("After the centre has confirmed it")

    class Asked(models.TextChoices):
        """How many of its prerequisites a course asks for."""

        NONE = "none", _("None")
        ALL = "all", _("All of them")
        ANY = "any", _("One of them, whichever")

    class Proof(models.TextChoices):
        """What shows that a prerequisite was learned."""

        COMPLETED = "completed", _("The course was completed")
        CERTIFIED = "certified", _("Its certificate is valid")

    slug = models.SlugField(max_length=80, unique=True)
    provider = models.ForeignKey(Organization, models.PROTECT, related_name="courses")
    profession = models.ForeignKey(Profession, models.PROTECT, related_name="courses", null=True, blank=True)
    title = LocalizedField()
    summary = LocalizedField()
    translated_from = models.JSONField(
        default=dict, editable=False, help_text="What the translations of each text translate: courses.translations."
    )
    search_key = models.CharField(max_length=1000, blank=True, editable=False)
    language = models.CharField(max_length=7, choices=settings.LANGUAGES, default="uz")
    self_paced = models.BooleanField(default=False)
    issuing = models.CharField(max_length=10, choices=Issuing.choices, default=Issuing.AUTOMATIC)
    prerequisites = models.ManyToManyField("self", symmetrical=False, related_name="leads_to", blank=True)
    prerequisites_asked = models.CharField(
        max_length=4, choices=Asked.choices, default=Asked.NONE, db_default=Asked.NONE
    )
    prerequisites_proof = models.CharField(
        max_length=9, choices=Proof.choices, default=Proof.COMPLETED, db_default=Proof.COMPLETED
    )
    current_version = models.ForeignKey(
        "CourseVersion",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="The one published.",
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["provider", "-id"], name="course_of_provider"),
            models.Index(fields=["updated_at", "id"], name="course_updated_at"),
            # Those that residents are referred to, as filters offer them.
            models.Index(
                fields=["slug"],
                name="course_referred_to",
                condition=Q(current_version__isnull=False, retired_at=None, self_paced=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return localized(self.title)

    @property
    def about(self) -> str:
        """The summary in the reader's language."""
        return localized(self.summary)


class CourseVersionQuerySet(models.QuerySet["CourseVersion"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those that the user may write; learners reach a lesson through their enrollment."""
        return self.filter(course__provider_id__in=authored_organizations(user))


class CourseVersion(Record):
    """What a course teaches and asks at one time; publishing freezes it, and cohorts run it.

    Moves (courses.services.versions.TRANSITIONS): draft → in-review → published → retired; in-review → draft.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in-review", _("In review")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    course = models.ForeignKey(Course, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    hours = models.PositiveIntegerField(help_text="Academic hours, as printed on the certificate.")
    min_grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT)
    min_attendance = models.DecimalField(
        max_digits=4, decimal_places=3, null=True, blank=True, help_text="Smallest attendance share, 0 to 1."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, help_text="Who handed it in last."
    )

    objects = CourseVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="courseversion_number_once"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(status__in=["draft", "in-review"]), name="courseversion_one_in_work"
            ),
            models.UniqueConstraint(
                fields=["course"], condition=Q(status="published"), name="courseversion_one_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course.slug} {self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.status in (self.Status.PUBLISHED, self.Status.RETIRED)


class ModuleQuerySet(models.QuerySet["Module"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those that the user may write; learners reach a lesson through their enrollment."""
        return self.filter(version__course__provider_id__in=authored_organizations(user))


class Module(Record):
    """A part of a version: lessons that belong together."""

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="modules")
    position = models.PositiveIntegerField()
    title = LocalizedField()
    translated_from = models.JSONField(
        default=dict, editable=False, help_text="What the translations of each text translate: courses.translations."
    )
    lineage = models.UUIDField(null=True, editable=False, help_text="The uuid of the first one that it is a copy of.")

    objects = ModuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return localized(self.title)


class GradeCategoryQuerySet(models.QuerySet["GradeCategory"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those that the user may write; learners see theirs among their marks."""
        return self.filter(version__course__provider_id__in=authored_organizations(user))


class GradeCategory(Record):
    """Graded lessons of a version that count together: the grade is the mean of the categories by their weights."""

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="categories")
    position = models.PositiveIntegerField()
    title = LocalizedField()
    translated_from = models.JSONField(
        default=dict, editable=False, help_text="What the translations of each text translate: courses.translations."
    )
    weight = models.DecimalField(max_digits=6, decimal_places=2, help_text="Share in the grade; 0: it does not count.")
    drop_lowest = models.PositiveSmallIntegerField(default=0, help_text="How many of its lowest scores do not count.")

    objects = GradeCategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return localized(self.title)


class LessonQuerySet(models.QuerySet["Lesson"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those that the user may write; learners reach a lesson through their enrollment."""
        return self.filter(version__course__provider_id__in=authored_organizations(user))


class Lesson(Record):
    """One thing to learn or to do; it has one kind."""

    class Kind(models.TextChoices):
        PAGE = "page", _("Page")
        VIDEO = "video", _("Video")
        FILE = "file", _("File")
        QUIZ = "quiz", _("Quiz")
        ASSIGNMENT = "assignment", _("Assignment")
        PRACTICAL = "practical", _("Practical work")
        PACKAGE = "package", _("Package")
        TOOL = "tool", _("External tool")
        LIVE = "live", _("Live class")
        ON_SITE = "on-site", _("On-site class")

    ATTENDED_KINDS = (Kind.LIVE, Kind.ON_SITE)
    MARKED_KINDS = (Kind.ASSIGNMENT, Kind.PRACTICAL)

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="lessons")
    module = models.ForeignKey(Module, models.PROTECT, related_name="lessons")
    position = models.PositiveIntegerField(help_text="Counts through the whole version.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = LocalizedField()
    body = LocalizedField(help_text="HTML, cleaned when it is saved.")
    file = models.FileField(upload_to="lessons/%Y/%m/", blank=True)
    video = models.ForeignKey("Video", models.PROTECT, related_name="lessons", null=True, blank=True)
    minutes = models.PositiveIntegerField(default=0, help_text="Planned minutes.")
    required = models.BooleanField(default=True)
    weight = models.DecimalField(
        max_digits=6, decimal_places=2, default=0, help_text="Share in the grade; 0: not graded."
    )
    category = models.ForeignKey(
        GradeCategory,
        models.PROTECT,
        related_name="lessons",
        null=True,
        blank=True,
        help_text="Within which it counts; null: it stands for itself.",
    )
    pass_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT)
    max_attempts = models.PositiveIntegerField(null=True, blank=True, help_text="Null: no limit.")
    translated_from = models.JSONField(
        default=dict, editable=False, help_text="What the translations of each text translate: courses.translations."
    )
    lineage = models.UUIDField(null=True, editable=False, help_text="The uuid of the first one that it is a copy of.")
    revision = models.PositiveIntegerField(default=1, help_text="Counts how often it was saved with a change.")

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["version", "position"], name="lesson_of_version")]

    def __str__(self) -> str:
        return localized(self.title)

    @property
    def name(self) -> str:
        return localized(self.title)

    @property
    def is_attended(self) -> bool:
        """Whether minutes present are what counts."""
        return self.kind in self.ATTENDED_KINDS


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those that the user may write; learners reach one through their enrollment."""
        return self.filter(lesson__version__course__provider_id__in=authored_organizations(user))


class Attachment(Record):
    """A file that goes with a lesson, for its learners to keep."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200, help_text="As it was called when it was added.")
    file = models.FileField(upload_to="attachments/%Y/%m/")
    size = models.PositiveBigIntegerField(help_text="In bytes.")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class LessonDraft(models.Model):
    """What one author has typed into the form of a lesson, or of a new one in a module, and has not saved."""

    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    module = models.ForeignKey(Module, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Lesson.Kind.choices)
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, related_name="drafts", help_text="Null: a new one.")
    seen = models.PositiveIntegerField(default=0, help_text="The revision of the lesson that the author began from.")
    typed = models.JSONField(help_text="The fields of the form by name, as they were typed.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "lesson"], name="lessondraft_of_lesson_once"),
            models.UniqueConstraint(
                fields=["author", "module", "kind"], condition=Q(lesson=None), name="lessondraft_of_new_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} / {self.lesson_id or self.kind}"
