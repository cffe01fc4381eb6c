from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from base.models import Heartbeat
from base.tasks import beat_heart
from tests.services import free_port, wait_for


def test_healthz_asks_nothing_of_the_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_readyz_says_that_no_worker_has_worked(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "ready": False,
        "parts": {
            "database": "ok",
            "broker": "ok",
            "channel_layer": "ok",
            "worker": "no heartbeat in the last minute",
        },
    }


@pytest.mark.django_db
def test_readyz_is_ready_after_a_heartbeat_and_not_when_it_is_old(client: Client) -> None:
    beat_heart()
    beat_heart()
    assert client.get("/readyz").status_code == 200
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_readyz_names_the_channel_layer_that_is_gone(client: Client, settings: Settings) -> None:
    beat_heart()
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [f"redis://127.0.0.1:{free_port()}/0"]},
        }
    }
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["channel_layer"] == "does not answer"


@pytest.mark.django_db
def test_readyz_says_nothing_of_how_a_part_failed(client: Client, settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "no.such.Layer"}}
    assert b"no.such" not in client.get("/readyz").content


def test_metrics_are_for_this_machine(client: Client) -> None:
    assert b"django_http_requests" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 403


def test_metrics_are_not_for_whom_a_proxy_forwards(client: Client) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403


def test_metrics_token_is_asked_of_everybody(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "sesame"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer sesame"}).status_code == 200


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_beats(celery_worker_process: object) -> None:
    beat_heart.delay()
    wait_for(Heartbeat.objects.exists)
