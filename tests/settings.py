"""The project's settings as tests run them: each test process with its own folder, Redis database and keys.

DATABASE_URL and REDIS_URL choose PostgreSQL and Redis; without them tests run on SQLite in memory.
"""

import atexit
import os
import shutil
import tempfile

WORKER_NAME = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["MALAKA_VAR"] = tempfile.mkdtemp(prefix=f"malaka-tests-{WORKER_NAME}-")
atexit.register(shutil.rmtree, os.environ["MALAKA_VAR"], ignore_errors=True)
if os.environ.get("REDIS_URL") and WORKER_NAME.startswith("gw"):
    base_url = os.environ["REDIS_URL"].rpartition("/")[0]
    os.environ["REDIS_URL"] = f"{base_url}/{int(WORKER_NAME.removeprefix('gw')) + 1}"

from lms.settings import *  # noqa: E402, F403  # the environment had to be ready first

if DATABASE["ENGINE"] == "django.db.backends.postgresql":  # noqa: F405  # settings extend settings
    DATABASE["TEST"] = {"TEMPLATE": "migrated"}  # noqa: F405  # tests.migrated makes it
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STAFF_MFA = "optional"  # tests of the second step ask for it
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # so that queries count the same on all services
STATIC_ROOT.mkdir()  # noqa: F405  # WhiteNoise warns where it is missing
