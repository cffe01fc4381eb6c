"""What changed between two versions of a course, for whoever reviews it."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from courses.differences import Line, Piece, difference
from courses.models import AssignmentRules, CourseVersion, Criterion, Lesson, Module
from courses.queries import default_rules
from learning.queries.assignments import rules_in_words

LANGUAGES = dict(settings.LANGUAGES)


@dataclass(frozen=True)
class Change:
    """What is other about one thing; without lines only the form of a text is."""

    label: str
    lines: list[Line]


@dataclass(frozen=True)
class ChangedLesson:
    lesson: Lesson
    changes: list[Change]


@dataclass(frozen=True)
class Changes:
    """From one version to another: lessons that came, went and changed, and what the version asks."""

    rules: list[Change]
    added: list[Lesson]
    removed: list[Lesson]
    changed: list[ChangedLesson]

    @property
    def is_none(self) -> bool:
        return not (self.rules or self.added or self.removed or self.changed)


def changes_between(old: CourseVersion, new: CourseVersion) -> Changes:
    """Compare two versions lesson by lesson, copies by their lineage: twelve queries, whatever their length."""
    before, after = _lessons(old), _lessons(new)
    pairs = _pairs(before, after)
    taken = {one.pk for one in pairs.values()}
    changed = [ChangedLesson(two, _changes(pairs[two.pk], two)) for two in after if two.pk in pairs]
    return Changes(
        rules=_rules(old, new) + _openings(old, new),
        added=[one for one in after if one.pk not in pairs],
        removed=[one for one in before if one.pk not in taken],
        changed=[one for one in changed if one.changes],
    )


def _lessons(version: CourseVersion) -> list[Lesson]:
    rule = ("release_rule__after_lesson", "release_rule__after_module")
    rows = version.lessons.select_related("module", "video", "category", "assignment_rules", *rule)
    return list(rows.prefetch_related("attachments", "items", "criteria"))


def _pairs(before: list[Lesson], after: list[Lesson]) -> dict[int, Lesson]:
    """The lesson before, by that after: of one lineage, else (from before lineage was kept) of one kind and title."""
    by_origin: dict[UUID, Lesson] = {one.lineage or one.uuid: one for one in before}
    pairs = {two.pk: found for two in after if (found := by_origin.get(two.lineage or two.uuid))}
    taken = {one.pk for one in pairs.values()}
    by_title = {(one.kind, one.name): one for one in before if one.pk not in taken}
    for two in after:
        if two.pk not in pairs and two.lineage is None and (found := by_title.pop((two.kind, two.name), None)):
            pairs[two.pk] = found
    return pairs


def _changes(old: Lesson, new: Lesson) -> list[Change]:
    changes = []
    for name, label in (("title", _("Title")), ("body", _("Text"))):
        theirs, ours = getattr(old, name), getattr(new, name)
        for code in LANGUAGES:
            if theirs.get(code, "") != ours.get(code, ""):
                lines = difference(theirs.get(code, ""), ours.get(code, ""))
                changes.append(Change(f"{label}, {LANGUAGES[code]}", lines))
    facts = zip(_facts(old), _facts(new), strict=True)
    return changes + [_change(label, was, now) for (label, was), (_label, now) in facts if was != now]


def _facts(lesson: Lesson) -> list[tuple[str, str]]:
    """What there is to a lesson besides its texts, in words."""
    film = lesson.video.file.name if lesson.video else ""
    asked = [f"{one.question_id or one.category_id}×{one.points.normalize():f}" for one in lesson.items.all()]
    return [
        (_("Module"), str(lesson.module)),
        (_("Planned minutes"), str(lesson.minutes)),
        (_("Needed to complete the course"), _("yes") if lesson.required else _("no")),
        (_("Weight in the grade"), f"{lesson.weight.normalize():f}"),
        (_("Category"), str(lesson.category or "—")),
        (_("Smallest score to pass, of 100"), _number(lesson.pass_score)),
        (_("Attempts"), _number(lesson.max_attempts)),
        (_("File"), lesson.file.name or film or "—"),
        (_("Attachments"), ", ".join(one.name for one in lesson.attachments.all()) or "—"),
        (_("Questions"), ", ".join(asked) or "—"),
        (_("Opens"), rule.words if (rule := getattr(lesson, "release_rule", None)) else "—"),
        (_("How it is handed in and marked"), _marking(lesson)),
        (_("Criteria"), "\n".join(_criterion(one) for one in lesson.criteria.all()) or "—"),
    ]


def _marking(lesson: Lesson) -> str:
    """The rules of an assignment or of practical work in one line."""
    if lesson.kind not in Lesson.MARKED_KINDS:
        return "—"
    rules: AssignmentRules | None = getattr(lesson, "assignment_rules", None)
    return "; ".join(f"{label}: {value}" for label, value in rules_in_words(rules or default_rules(lesson)))


def _criterion(criterion: Criterion) -> str:
    """A criterion with its levels and points; one that must be met has a mark."""
    levels = " / ".join(criterion.level_names) if criterion.levels else ""
    return f"{criterion}{' *' if criterion.required else ''} ({', '.join(criterion.points)}) {levels}".strip()


def _rules(old: CourseVersion, new: CourseVersion) -> list[Change]:
    names = (
        (_("Academic hours"), "hours"),
        (_("Smallest grade"), "min_grade"),
        (_("Smallest attendance"), "min_attendance"),
    )
    told = [(label, _number(getattr(old, name)), _number(getattr(new, name))) for label, name in names]
    told.append((_("Categories"), _categories(old), _categories(new)))
    return [_change(label, was, now) for label, was, now in told if was != now]


def _categories(version: CourseVersion) -> str:
    """What counts together, with which weight, and how many of the lowest scores do not."""
    names = [
        f"{one}: {one.weight.normalize():f}" + (f" (−{one.drop_lowest})" if one.drop_lowest else "")
        for one in version.categories.all()
    ]
    return "; ".join(names) or "—"


def _openings(old: CourseVersion, new: CourseVersion) -> list[Change]:
    """Modules that open by another rule than before."""
    before, after = _module_rules(old), _module_rules(new)
    changes = []
    for one in before | after:
        (name, was), (_name, now) = (rules.get(one, ("", "—")) for rules in (before, after))
        if was != now:
            changes.append(_change(_("Opens: %(module)s") % {"module": name or _name}, was, now))
    return changes


def _module_rules(version: CourseVersion) -> dict[UUID, tuple[str, str]]:
    """Name and rule in words of each module that has one, by the first one that it is a copy of."""
    rules = version.release_rules.exclude(module=None).select_related("module", "after_lesson", "after_module")
    modules = [(rule.module, rule.words) for rule in rules if rule.module]
    return {module.lineage or module.uuid: (str(module), words) for module, words in modules}


def _change(label: str, was: str, now: str) -> Change:
    return Change(label, [[Piece("removed", was), Piece("added", now)]])


def _number(value: object) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def modules_to_copy(version: CourseVersion, *, limit: int = 200) -> list[Module]:
    """Modules of the newest versions of the other courses of the organization, with `lesson_count` on each."""
    newest = CourseVersion.objects.filter(course=OuterRef("version__course")).order_by("-number").values("pk")[:1]
    rows = Module.objects.filter(version__course__provider=version.course.provider_id)
    rows = rows.exclude(version__course=version.course_id).filter(version=Subquery(newest))
    rows = rows.annotate(lesson_count=Count("lessons")).filter(lesson_count__gt=0)
    return list(rows.select_related("version__course").order_by("-version__course_id", "position")[:limit])
