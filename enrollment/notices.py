"""The words of this app's notices."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "application-made": _("%(resident)s asks for a place in “%(course)s”. Look and confirm."),
    "application-confirmed": _("Your application for “%(course)s” is confirmed. The centre answers now."),
    "application-refused": _("Your application for “%(course)s” was refused: %(reason)s."),
    "referral-accepted": _("%(resident)s was accepted for “%(course)s”. A seat is held until %(until)s."),
    "referral-declined": _("%(resident)s was declined for “%(course)s”: %(reason)s. See where else to go."),
    "referral-waitlisted": _("%(resident)s is on the waiting list for “%(course)s”."),
    "seat-offered": _(
        "A free seat in group %(cohort)s went to the first on the waiting list, %(resident)s. "
        "It is held until %(until)s."
    ),
    "overdue-answer": _("Referrals that you have not answered in time: %(count)s."),
    "overdue-seat": _("Residents whom you referred and who have been without a seat for too long: %(count)s."),
    "referral-enrolled": _("%(resident)s is enrolled in “%(course)s”."),
    "referral-lapsed": _("The seat held for %(resident)s in “%(course)s” is free again. Submit the referral anew."),
    "referral-submitted": _("The group for “%(course)s” was cancelled. The referral of %(resident)s waits again."),
    "referral-completed": _("%(resident)s completed “%(course)s”."),
    "referral-failed": _("%(resident)s did not complete “%(course)s”."),
    "referral-dropped": _("%(resident)s left “%(course)s”: %(reason)s."),
    "relocation-asked": _("%(resident)s is to move to %(mahalla)s. Confirm it or refuse it."),
    "relocation-confirmed": _("%(resident)s is a resident of your mahalla now: the move was confirmed."),
    "relocation-refused": _("The move of %(resident)s was refused: %(reason)s"),
    "resident-relocated": _("You are written down as a resident of %(mahalla)s now."),
    "request-approved": _("You have a place in “%(course)s”."),
    "request-refused": _("Your request for “%(course)s” was refused: %(reason)s"),
    "training-month": _("“%(course)s” is required of you by %(day)s."),
    "training-week": _("“%(course)s” is required of you by %(day)s: a week is left."),
    "training-overdue": _("“%(course)s” was required of you by %(day)s. Take it as soon as you can."),
    "enrollment-active": _("You are enrolled in “%(course)s”."),
    "grade-changed": _("Your results in “%(course)s” were changed: %(reason)s."),
    "evaluation-asked": _("How was “%(course)s”? A few questions, answered without your name."),
    "meeting-changed": _("A class of group %(group)s has another time or room: %(when)s %(room)s. It was: %(was)s."),
    "meeting-cancelled": _("The class of group %(group)s is called off, %(when)s: %(reason)s."),
    "objection-upheld": _("The figure that you contested in “%(course)s” is corrected: %(reason)s."),
    "objection-rejected": _("The figure that you contested in “%(course)s” stays as it is: %(reason)s."),
}
