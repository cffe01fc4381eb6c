"""Making and describing courses."""

from decimal import Decimal
from itertools import count

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Profession, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.folding import fold
from base.languages import LANGUAGE_CODES, Texts, clean_texts, localized
from courses.models import Course, CourseVersion
from courses.services.versions import VersionFields, lock_draft, move, set_version_fields
from courses.translations import marks_after

SLUG_LENGTH = 80


class NotProvider(InvalidInput):
    code = "not-a-provider"
    message = _("This organization does not teach: a course belongs to an academy, a centre or another provider.")


class SlugTaken(DomainError):
    code = "slug-taken"
    message = _("Another course has this address already.")


@transaction.atomic
def create_course(
    *,
    provider: Organization,
    title: Texts,
    summary: Texts,
    hours: int,
    by: User | None,
    slug: str | None = None,
    language: str = "uz",
    profession: Profession | None = None,
    self_paced: bool = False,
    issuing: str = Course.Issuing.AUTOMATIC,
    min_grade: Decimal | None = None,
    min_attendance: Decimal | None = None,
) -> Course:
    """Make a course with its first draft version; the same provider and title again answer with the course there is.

    Without `slug` the address is made from the title. Raises NotProvider, SlugTaken, InvalidInput.
    """
    if not provider.is_provider:
        raise NotProvider(field="provider")
    course = Course(
        provider=Organization.objects.select_for_update(no_key=True).get(pk=provider.pk),
        profession=profession,
        self_paced=self_paced,
        issuing=issuing,
    )
    _describe(course, title=title, summary=summary, language=language)
    if same := Course.objects.filter(provider=provider, title=course.title).first():
        return same
    course.slug = _free_slug(course, slug)
    course.save()
    version = CourseVersion(course=course, number=1)
    set_version_fields(version, VersionFields(hours, min_grade, min_attendance))
    version.save()
    audit.record("course.created", on=course, by=by)
    return course


@transaction.atomic
def save_course(
    course: Course,
    *,
    title: Texts,
    summary: Texts,
    by: User | None,
    language: str,
    profession: Profession | None,
    self_paced: bool,
    issuing: str,
) -> Course:
    """Change how a course is described; whether it is self-paced counts from the next publishing on."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    course.profession, course.self_paced, course.issuing = profession, self_paced, issuing
    _describe(course, title=title, summary=summary, language=language)
    course.save()
    audit.record("course.saved", on=course, by=by)
    return course


@transaction.atomic
def save_version(version: CourseVersion, fields: VersionFields, *, by: User | None) -> CourseVersion:
    """Change what a draft asks of its learners: hours and the rules of completion."""
    version = lock_draft(version)
    set_version_fields(version, fields)
    version.save()
    audit.record("courseversion.saved", on=version, by=by)
    return version


@transaction.atomic
def retire_course(course: Course, *, by: User | None) -> Course:
    """Take a course out of the catalogue; cohorts that run go on. Publishing a further version brings it back."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if course.retired_at:
        return course
    for version in course.versions.filter(status=CourseVersion.Status.PUBLISHED):
        move(version, CourseVersion.Status.RETIRED, by=by)
    course.retired_at = timezone.now()
    course.save(update_fields=["retired_at", "updated_at"])
    audit.record("course.retired", on=course, by=by)
    return course


def _describe(course: Course, *, title: Texts, summary: Texts, language: str) -> None:
    if language not in LANGUAGE_CODES:
        raise InvalidInput(field="language")
    before = {"title": course.title, "summary": course.summary}
    course.title = clean_texts(title, field="title", max_length=200)
    course.summary = clean_texts(summary, field="summary", max_length=2000, required=False)
    course.language = language
    after = {"title": course.title, "summary": course.summary}
    course.translated_from = marks_after(course.translated_from, before, after, language=language)
    words = dict.fromkeys(" ".join(fold(text) for text in (*course.title.values(), *course.summary.values())).split())
    course.search_key = " ".join(words)[:1000]


def _free_slug(course: Course, wanted: str | None) -> str:
    """Return `wanted`, or the first free address made from the title."""
    if wanted:
        if slugify(wanted) != wanted or len(wanted) > SLUG_LENGTH:
            raise InvalidInput(_("An address has small Latin letters, digits and hyphens, at most 80."), field="slug")
        if Course.objects.filter(slug=wanted).exists():
            raise SlugTaken(field="slug")
        return wanted
    stem = slugify(fold(localized(course.title, "uz")))[: SLUG_LENGTH - 4].strip("-") or "course"
    names = (stem if n == 1 else f"{stem}-{n}" for n in count(1))
    return next(name for name in names if not Course.objects.filter(slug=name).exists())
