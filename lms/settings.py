"""One settings file; what differs between the embedded default and production comes from the environment.

Every variable read here is described in docs/settings.md.
"""

import secrets
from pathlib import Path

import django_stubs_ext
import environ
import sentry_sdk
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from lms.conference import check_conference
from lms.logs import log_settings, without_secrets

# Lets ModelForm and others be written with their type parameter, as mypy wants them.
django_stubs_ext.monkeypatch()

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("MALAKA_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def read_or_make_key(path: Path) -> str:
    """Return the secret kept in `path`, made on first use and readable by its owner alone."""
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("MALAKA_DEMO", default=False)
SITE_URL = env.str("MALAKA_SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
STAFF_MFA = env.str("MALAKA_STAFF_MFA", default="required")
if STAFF_MFA not in {"required", "optional"}:
    raise ImproperlyConfigured("MALAKA_STAFF_MFA is 'required' or 'optional'.")

SECRET_KEY = env.str("SECRET_KEY", default="") or read_or_make_key(VAR_DIR / "secret_key")
PINFL_KEY = env.str("MALAKA_PINFL_KEY", default="") or read_or_make_key(VAR_DIR / "pinfl_key")
PINFL_OLD_KEYS = env.list("MALAKA_PINFL_OLD_KEYS", default=[])
METRICS_TOKEN = env.str("MALAKA_METRICS_TOKEN", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "ninja",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "base",
    "accounts",
    "courses",
    "enrollment",
    "learning",
    "live",
    "certificates",
    "reports",
    "lms",
]

MIDDLEWARE = [
    "base.middleware.OriginMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "lms.middleware.AdminPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SignInMiddleware",
    "base.middleware.ApiMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "lms.urls"
ASGI_APPLICATION = "lms.asgi.application"
WSGI_APPLICATION = "lms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.home.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "base.templatetags.components",
                "base.templatetags.marks",
                "base.templatetags.dates",
                "base.templatetags.figures",
                "base.templatetags.words",
            ],
        },
    }
]

FORM_RENDERER = "base.widgets.Renderer"

# --- Where data lives -------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'malaka.sqlite3'}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN: without it a read that turns into a write fails at once
    # with "database is locked", whatever the time-out.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }
else:
    DATABASE["CONN_MAX_AGE"] = 60
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] = {
        # Values travel apart from statements, which PostgreSQL then parses and plans once for a connection.
        "server_side_binding": True,
        "prepare_threshold": 5,
        # To start helpers takes longer than what a page asks for, and each would take a processor from another reader.
        # To compile a statement takes a third of a second; the few rows of a page are read in less than a millisecond.
        "options": "-c max_parallel_workers_per_gather=0 -c jit=off",
        **DATABASE.get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py caps a pool at 100 connections unless told otherwise.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "max_connections": 10_000}]},
        }
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    CELERY_BROKER_URL = REDIS_URL
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CELERY_BROKER_URL = "filesystem://localhost"
    QUEUE_DIR = VAR_DIR / "queue"
    for folder in ("messages", "processed", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.05,  # at the default of 1 s it moves 6 tasks a second, so over 40
    }

CELERY_TASK_IGNORE_RESULT = True
# A task may run twice, so its message is taken off the queue only after it. One that brings its process down is
# not put back, or it would do so for ever: the sweeper of its rows finds it again.
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Tashkent"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
# Uploads and PDFs lie in MEDIA_ROOT, or in a bucket of any store that speaks S3.
S3_BUCKET = env.str("MALAKA_S3_BUCKET", default="")
S3_ENDPOINT = env.str("MALAKA_S3_ENDPOINT", default="").rstrip("/")
if S3_BUCKET and not S3_ENDPOINT:
    raise ImproperlyConfigured("MALAKA_S3_BUCKET needs MALAKA_S3_ENDPOINT, such as https://s3.example.")
S3_STORAGE = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "endpoint_url": S3_ENDPOINT,
        "region_name": env.str("MALAKA_S3_REGION", default="us-east-1"),
        "access_key": env.str("MALAKA_S3_ACCESS_KEY", default="") or None,
        "secret_key": env.str("MALAKA_S3_SECRET_KEY", default="") or None,
        "addressing_style": "path",
        "signature_version": "s3v4",
        "file_overwrite": False,
    },
}
STORAGES = {
    "default": S3_STORAGE if S3_BUCKET else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lms.assets.AssetStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000

# --- Who signs in -----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Malaka"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- What browsers are told -------------------------------------------------------------------
UPLOADS = [S3_ENDPOINT] if S3_BUCKET else []
# A conference system of the operator's own carries picture and sound in the place of Janus, in a frame of the class.
CONFERENCE = env.str("MALAKA_CONFERENCE", default="")
CONFERENCE_URL = env.str("MALAKA_CONFERENCE_URL", default="")
CONFERENCE_KEY = env.str("MALAKA_CONFERENCE_KEY", default="")
CONFERENCE_SECRET = env.str("MALAKA_CONFERENCE_SECRET", default="")
CONFERENCE_PAGE = env.str("MALAKA_CONFERENCE_PAGE", default="")
CONFERENCE_ORIGIN = check_conference(
    CONFERENCE, url=CONFERENCE_URL, key=CONFERENCE_KEY, secret=CONFERENCE_SECRET, page=CONFERENCE_PAGE
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF, *UPLOADS],
        "img-src": [SELF, "data:", *UPLOADS],
        "media-src": [SELF, *UPLOADS],
        "frame-src": [SELF, CONFERENCE_ORIGIN] if CONFERENCE else [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Unfold's Alpine evaluates strings; platform admins alone get to /admin/ (lms.middleware).
ADMIN_CSP = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
UNFOLD = {"SITE_TITLE": "Malaka", "SITE_HEADER": "Malaka"}
IS_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("MALAKA_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Language and time ------------------------------------------------------------------------
# Django knows neither Uzbek Cyrillic nor Karakalpak; all Uzbek names are written alike.
LANG_INFO.update(
    {
        "uz": {"bidi": False, "code": "uz", "name": "Uzbek", "name_local": "Oʻzbekcha"},
        "uz-cyrl": {"bidi": False, "code": "uz-cyrl", "name": "Uzbek (Cyrillic)", "name_local": "Ўзбекча"},
        "kaa": {"bidi": False, "code": "kaa", "name": "Karakalpak", "name_local": "Qaraqalpaqsha"},
    }
)
LANGUAGES = [
    ("uz", _("Uzbek")),
    ("uz-cyrl", _("Uzbek (Cyrillic)")),
    ("kaa", _("Karakalpak")),
    ("ru", _("Russian")),
    ("en", _("English")),
]
LANGUAGE_CODE = "uz"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["lms.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Tashkent"
FIRST_DAY_OF_WEEK = 1
LIST_ROWS = 50  # on one page of a list

# --- Picture and sound ------------------------------------------------------------------------------
JANUS_URL = "" if CONFERENCE else env.str("MALAKA_JANUS", default="")
JANUS_ADMIN_URL = env.str("MALAKA_JANUS_ADMIN", default="http://127.0.0.1:7088/admin")
MEDIA_SECRET = env.str("MALAKA_MEDIA_SECRET", default="") or read_or_make_key(VAR_DIR / "media_secret")
MEDIA_PORTS = env.str("MALAKA_MEDIA_PORTS", default="20000-21999")
MEDIA_LISTEN = env.list("MALAKA_MEDIA_LISTEN", default=[])
MEDIA_ADDRESS = env.list("MALAKA_MEDIA_ADDRESS", default=[])
RECORDINGS_DIR = Path(env.str("MALAKA_RECORDINGS", default=str(VAR_DIR / "recordings")))
RECORDING_DAYS = env.int("MALAKA_RECORDING_DAYS", default=180)  # how long the recording of a class is kept
TURN_LISTEN = env.str("MALAKA_TURN_LISTEN", default="")
TURN_PORTS = env.str("MALAKA_TURN_PORTS", default="22000-23999")
TURN_URLS = env.list("MALAKA_TURN", default=[f"turn:{TURN_LISTEN}"] if TURN_LISTEN else [])
TURN_SECRET = env.str("MALAKA_TURN_SECRET", default="")
if TURN_LISTEN and not TURN_SECRET:
    TURN_SECRET = read_or_make_key(VAR_DIR / "turn_secret")
if TURN_URLS and not TURN_SECRET:
    raise ImproperlyConfigured("MALAKA_TURN needs MALAKA_TURN_SECRET, the static-auth-secret of coturn.")

# --- The way of a referral ----------------------------------------------------------------------
HOLD_DAYS = env.int("MALAKA_HOLD_DAYS", default=7)  # how long an accepted referral holds its seat
GROUP_SEATS = env.int("MALAKA_GROUP_SEATS", default=20)  # of a group of a course that had none within a year
OBJECTION_DAYS = env.int("MALAKA_OBJECTION_DAYS", default=5)  # by when a contested figure is to be decided
ANSWER_DAYS = env.int("MALAKA_ANSWER_DAYS", default=3)  # by when a provider is to answer
SEAT_DAYS = env.int("MALAKA_SEAT_DAYS", default=60)  # by when a resident is to have a seat
QUESTION_FILE_DAYS = env.int("MALAKA_QUESTION_FILE_DAYS", default=30)  # for how long question files are kept
IMPORT_BYTES = env.int("MALAKA_IMPORT_MB", default=200) * 2**20  # the largest table that is taken in

# --- Mail -------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Malaka <no-reply@localhost>")

# --- What is told of itself -------------------------------------------------------------------
LOGGING = log_settings(as_json=env.bool("MALAKA_LOG_JSON", default=False))
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    sentry_sdk.init(
        SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        before_send=without_secrets,
        before_send_transaction=without_secrets,
    )
