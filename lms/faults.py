"""What is answered when something breaks that is no fault of whoever asked."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from redis.exceptions import ConnectionError as RedisUnreachable

from base.problems import problem

OUT_OF_REACH = (OperationalError, InterfaceError, RedisUnreachable)
RETRY_AFTER = {"Retry-After": "60"}


def fault_view(request: HttpRequest) -> HttpResponse:
    """503 while the database or Redis is out of reach, which passes; 500 for a fault of ours. Django's handler500."""
    passes = isinstance(sys.exc_info()[1], OUT_OF_REACH)
    status, headers = (503, RETRY_AFTER) if passes else (500, {})
    if request.path_info.startswith("/api/"):
        return problem(status, headers=headers)
    return HttpResponse(render_to_string(f"{status}.html"), status=status, headers=headers)
