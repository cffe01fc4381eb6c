"""What the pages and lists of referrals show beyond the rows themselves."""

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from courses.models import Course
from enrollment.models import Cohort
from enrollment.models.cohorts import ANSWERING

MOST_OWN = 1_000  # courses of one's own to choose from; nobody reads a longer choice
# Along cohort_of_provider it leaps from a course to the next, where the ORM would read every cohort; the own ones stand
# along course_of_provider.
OWN_AND_TAUGHT = """
WITH RECURSIVE place(organization) AS (VALUES {places}), taught(organization, course) AS (
    SELECT organization, (SELECT MIN(course_id) FROM {cohort} WHERE organization_id = organization) FROM place
    UNION ALL
    SELECT organization, (
        SELECT MIN(course_id) FROM {cohort} WHERE organization_id = taught.organization AND course_id > taught.course
    ) FROM taught WHERE course IS NOT NULL
)
SELECT course FROM taught WHERE course IS NOT NULL
UNION SELECT id FROM (
    SELECT id FROM {course} WHERE provider_id IN ({own}) ORDER BY provider_id, id DESC LIMIT {most}
) own
"""


def courses_worked_with(user: User) -> QuerySet[Course]:
    """The names of the courses to filter referrals by: a provider's own and taught ones, for others the catalogue."""
    courses = Course.objects.only("slug", "title").order_by("slug")
    if organizations := user.standing.organizations(*ANSWERING):
        places, own = (", ".join([mark] * len(organizations)) for mark in ("(%s)", "%s"))
        tables = {"cohort": Cohort._meta.db_table, "course": Course._meta.db_table}
        sql = OWN_AND_TAUGHT.format(places=places, own=own, most=MOST_OWN, **tables)
        return courses.filter(pk__in=RawSQL(sql, [*organizations] * 2))  # noqa: S611  # names of our own
    return courses.published().filter(self_paced=False)
