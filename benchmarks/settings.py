"""The project's settings with the limits' addresses beside its own; what is measured differs in nothing else."""

from lms.settings import *  # noqa: F403  # settings extend settings
from lms.settings import ALLOWED_HOSTS, BASE_DIR, CHANNEL_LAYERS, REDIS_URL, TEMPLATES

ROOT_URLCONF = "benchmarks.limits.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "benchmarks" / "limits" / "templates"]  # type: ignore[misc]  # mixed values
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1"]
# What the documents of Channels name first; a limit's rooms alone use it.
CHANNEL_LAYERS["queued"] = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
