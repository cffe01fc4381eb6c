"""An answer as plainly as Django could keep it: whoever is signed in posts it, and one row is inserted."""

import json
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST


@login_required
@require_POST
def answer_view(request: HttpRequest) -> HttpResponse:
    name = request.POST["question"]
    sent = UUID(request.POST["id"]), int(request.POST["sequence"])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO learning_answer (question_id, response, at, client_id, sequence) "
            "VALUES (%s, %s::jsonb, %s, %s, %s)",
            [int(name.removeprefix("q-")), json.dumps(request.POST[name]), timezone.now(), *sent],
        )
    return HttpResponse("OK", content_type="text/plain")
