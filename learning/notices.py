"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {"quiz-graded": _("Your answers in “%(quiz)s” are graded: the result is there.")}
