"""How an assignment or practical work is handed in and marked, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import AssignmentRules, Lesson

KINDS = {
    "document": gettext_lazy("Documents"),
    "picture": gettext_lazy("Photos and pictures"),
    "video": gettext_lazy("Video"),
    "sound": gettext_lazy("Sound"),
}


def rules_in_words(rules: AssignmentRules, *, with_due: bool = True) -> list[tuple[str, str]]:
    """What there is to know before one begins, as labels and values; a learner is told the own date instead."""
    marked = _("By two people, who do not see each other's marks") if rules.double else _("By one person")
    facts = [(_("Marked"), marked)]
    if rules.anonymous:
        facts.append((_("Anonymous"), _("Whoever marks does not see whose work it is.")))
    if rules.double:
        facts.append((_("Difference to be settled"), _("above %(points)d of 100") % {"points": rules.tolerance}))
    if rules.lesson.kind == Lesson.Kind.PRACTICAL:
        return facts
    due = ngettext("%(n)d day after the group begins", "%(n)d days after the group begins", rules.due_days or 0)
    due = _("No date; a group may have its own") if rules.due_days is None else due % {"n": rules.due_days}
    dates = [(_("Due"), due)] if with_due else []
    return [(_("What is handed in"), handed_in(rules)), *dates, (_("When it is late"), late(rules)), *facts]


def handed_in(rules: AssignmentRules) -> str:
    parts = [_("a text")] if rules.takes_text else []
    parts += [files_in_words(rules)] if rules.most_files else []
    return "; ".join(parts)


def files_in_words(rules: AssignmentRules) -> str:
    words = ngettext(
        "up to %(n)d file of at most %(most)d MB (%(kinds)s)",
        "up to %(n)d files of at most %(most)d MB each (%(kinds)s)",
        rules.most_files,
    )
    kinds = ", ".join(str(KINDS[kind]) for kind in rules.taken_kinds)
    return words % {"n": rules.most_files, "most": rules.most_megabytes, "kinds": kinds}


def late(rules: AssignmentRules) -> str:
    """What comes of handing in late."""
    if rules.late != AssignmentRules.Late.REDUCED:
        return str(rules.get_late_display())
    words = _("The result loses %(percent)d %% for each day begun; %(least)d %% of it always remain")
    return words % {"percent": rules.late_percent, "least": rules.late_least}
