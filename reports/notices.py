"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "plan-agreed": _(
        "The training plan of %(district)s for %(season)s is agreed. Lines that you answer for: %(count)s."
    ),
    "plan-line": _("A line of the training plan of %(district)s for %(season)s is new or was changed: %(trade)s."),
}
