"""A world of its own in which a worker issues, run as a process: `python -m tests.certificates.issuing make 40`.

`make N` writes N completions and enqueues their decisions, `sweep` enqueues what is due, `figures` tells what there is.
"""

import json
import sys

import django

django.setup()

from django.db.models import Count  # noqa: E402  # Django has to be set up first

from certificates import queries, tasks  # noqa: E402  # as above
from certificates.models import Credential, IssuerCounter  # noqa: E402  # as above
from enrollment.models import Completion  # noqa: E402  # as above
from tests.accounts.factories import make_organization  # noqa: E402  # as above
from tests.certificates.factories import make_completion, make_course_of  # noqa: E402  # as above
from tests.enrollment.factories import make_cohort  # noqa: E402  # as above


def make(count: int) -> None:
    cohort = make_cohort(course=make_course_of(make_organization()), seats=None)
    for _ in range(count):
        tasks.settle.delay(completion_id=make_completion(cohort=cohort).pk)


def sweep() -> None:
    tasks.sweep()


def figures() -> None:
    per_completion = Completion.objects.annotate(n=Count("credentials")).values_list("n", flat=True)
    counter = IssuerCounter.objects.first()
    files = [credential.pdf for credential in Credential.objects.exclude(pdf="")]
    print(
        json.dumps(
            {
                "due": queries.completions_to_issue().count() + queries.credentials_without_pdf().count(),
                "credentials": sorted(per_completion),
                "sequences": sorted(Credential.objects.values_list("sequence", flat=True)),
                "last_number": counter.last_number if counter else 0,
                "whole_files": sum(file.read().rstrip().endswith(b"%%EOF") for file in files),
            }
        )
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", number]:
            make(int(number))
        case ["sweep"]:
            sweep()
        case ["figures"]:
            figures()
