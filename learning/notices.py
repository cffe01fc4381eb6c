"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "quiz-graded": _("Your answers in “%(quiz)s” are graded: the result is there."),
    "due-soon": _("“%(lesson)s” of “%(course)s” is due on %(moment)s."),
    "due-soon-many": _("Lessons of “%(course)s” that are due soon: %(count)s. The first, “%(lesson)s”, on %(moment)s."),
    "due-overdue": _("“%(lesson)s” of “%(course)s” was due on %(moment)s. Do it as soon as you can."),
    "due-overdue-many": _(
        "Lessons of “%(course)s” that were due: %(count)s. The first, “%(lesson)s”, on %(moment)s. "
        "Do them as soon as you can."
    ),
    "work-returned": _("“%(work)s” is handed back to you: see what to do better, and hand it in once more."),
    "work-marked": _("“%(work)s” is marked: the result is there."),
    "discussion-reply": _("There is something new in “%(title)s”."),
    "discussion-question": _("Your group %(group)s asks something about “%(lesson)s”."),
    "discussion-muted": _("You may not write in discussions until %(until)s. Why: %(reason)s."),
    "post-hidden": _("What you wrote in “%(title)s” was hidden. Why: %(reason)s."),
    "post-restored": _("What you wrote in “%(title)s” is shown again."),
    "posts-reported": _("A post in the discussions of the group %(group)s was reported: it waits for a decision."),
}
