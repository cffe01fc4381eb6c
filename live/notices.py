"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "class-scheduled": _("Live class “%(lesson)s” on %(at)s. Open it here when it begins."),
    "class-series": _("%(count)s live classes are planned, the first on %(at)s: “%(lesson)s”."),
    "class-day-before": _("Live class “%(lesson)s” on %(at)s: less than a day from now."),
    "class-near": _("Live class “%(lesson)s”: %(at)s."),
    "class-cancelled": _("The live class “%(lesson)s” on %(at)s is called off."),
}
