"""Lists as CSV."""

import csv
from io import StringIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from base.cells import guard
from base.dates import short_date
from enrollment.models import TrainingAssignment

MOST_ROWS = 50_000


def training_to_csv(rows: QuerySet[TrainingAssignment]) -> str:
    """One line for each assignment, read with its people, in the reader's words."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow([_("Name"), _("Post"), _("Organization"), _("Course"), _("Due by"), _("State"), _("Taken on")])
    for row in rows.iterator(chunk_size=2_000):
        state = _("Overdue") if row.is_overdue else str(row.get_status_display())
        texts = (row.person.name, row.employment.post, row.organization.name, row.course.name)
        met_on = short_date(row.met_on) if row.met_on else ""
        writer.writerow([*map(guard, texts), short_date(row.due_on), state, met_on])
    return file.getvalue()
