"""The project's settings with lists of ten lines, so that a page of a million rows shows no more than one of ten."""

from lms.settings import *  # noqa: F403  # settings extend settings
from lms.settings import ALLOWED_HOSTS, MIDDLEWARE

LIST_ROWS = 10
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1"]
MIDDLEWARE = ["benchmarks.listing.counting.QueryCount", *MIDDLEWARE]
