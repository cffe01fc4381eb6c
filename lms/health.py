"""What machines ask: is it alive, is it ready, what are its figures."""

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from base.models import Heartbeat
from lms.celery import app

HEARTBEAT_MAX_AGE = timedelta(seconds=60)
TIMEOUT_SECONDS = 2
logger = logging.getLogger(__name__)


class NotReadyError(Exception):
    """A part does not answer as it should; the message says so in a few words."""


@require_safe
@never_cache
def healthz_view(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz_view(_request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503; the JSON says which part does not."""
    parts = {name: examine(name, check) for name, check in CHECKS.items()}
    is_ready = all(answer == "ok" for answer in parts.values())
    response = JsonResponse({"ready": is_ready, "parts": parts}, status=200 if is_ready else 503)
    # Django's own mark, against a line in the log for each question while everything starts.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django sets it the same way
    return response


@require_safe
@never_cache
def metrics_view(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for whoever has the token; without a token setting, for this machine alone."""
    if not may_read_metrics(request):
        return HttpResponse("forbidden", status=403, content_type="text/plain")
    response: HttpResponse = ExportToDjangoView(request)
    return response


def may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    if "X-Forwarded-For" in request.headers:  # a proxy on this machine speaks for somebody else
        return False
    return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback


def examine(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReadyError as error:
        return str(error)
    except Exception:  # whatever a driver raises, the answer is 503 and never a stack trace
        logger.warning("readiness: %s does not answer", name, exc_info=True)
        return "does not answer"
    return "ok"


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_broker() -> None:
    with app.connection_for_write(connect_timeout=TIMEOUT_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=TIMEOUT_SECONDS)
        broker.default_channel.queue_declare("celery")  # type: ignore[attr-defined]  # not in the stubs


def check_channel_layer() -> None:
    async def send_to_nobody() -> None:
        layer = get_channel_layer()
        assert layer
        await asyncio.wait_for(layer.group_send("readiness", {"type": "probe"}), TIMEOUT_SECONDS)

    async_to_sync(send_to_nobody)()


def check_worker() -> None:
    newest = Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()
    if newest is None or newest < timezone.now() - HEARTBEAT_MAX_AGE:
        raise NotReadyError("no heartbeat in the last minute")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "broker": check_broker,
    "channel_layer": check_channel_layer,
    "worker": check_worker,
}
