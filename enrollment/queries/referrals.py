"""What the pages and lists of referrals show beyond the rows themselves."""

from django.db.models import Q, QuerySet

from accounts.models import User
from courses.models import Course
from enrollment.models import Cohort
from enrollment.models.cohorts import ANSWERING


def courses_worked_with(user: User) -> QuerySet[Course]:
    """The names of the courses to filter referrals by: a provider's own and taught ones, for others the catalogue."""
    courses = Course.objects.only("slug", "title").order_by("slug")
    if organizations := user.standing.organizations(*ANSWERING):
        cohorts = Cohort.objects.filter(organization__in=organizations)
        own = Q(provider__in=organizations) | Q(pk__in=cohorts.values("course"))
        return courses.filter(own)
    return courses.published().filter(self_paced=False)
