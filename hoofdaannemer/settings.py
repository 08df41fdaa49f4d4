"""Settings, all from the environment; docs/operators.md has the table.

`MODE` is `production` unless the embedded single-machine set-up says `demo`. What production
refuses stands in `core.checks`.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("HOOFDAANNEMER_HOME", BASE_DIR / ".home"))


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


MODE = os.environ.get("MODE", "production")
DEMO = MODE == "demo"
DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY", "")
DATA_KEYS = _list("DATA_KEYS")
LOOKUP_KEY = os.environ.get("LOOKUP_KEY", "")
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "localhost,127.0.0.1" if DEMO else "")
SITE_ADDRESS = os.environ.get("SITE_ADDRESS", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tables2",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "hoofdaannemer.apps.ProjectConfig",
    "hoofdaannemer.core",
    "hoofdaannemer.audit",
    "hoofdaannemer.accounts",
    "messaging",
    "subcontracts",
    "qualifications",
    "billing",
    "hoofdaannemer.accountability",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hoofdaannemer.accounts.middleware.ScopeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hoofdaannemer.urls"
WSGI_APPLICATION = "hoofdaannemer.wsgi.application"
ASGI_APPLICATION = "hoofdaannemer.asgi.application"

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
                "hoofdaannemer.core.navigation.navigation",
                "hoofdaannemer.accounts.context.acting",
            ],
        },
    },
]

# The application's role owns no table. Commands that change the schema set DATABASE_ROLE=owner.
_owner = os.environ.get("DATABASE_ROLE") == "owner"
_address = os.environ.get("OWNER_DATABASE_URL" if _owner else "DATABASE_URL", "")
DATABASES = {"default": dj_database_url.parse(_address or "postgresql:///hoofdaannemer")}
DATABASES["default"]["CONN_MAX_AGE"] = 0 if _owner else 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # ScopeMiddleware opens the transaction
#: A connection prepares what it asks a third time: with policies on every table, planning a query
#: takes as long as running it. Off behind a pooler that shares connections between transactions.
DATABASE_PREPARED = os.environ.get("DATABASE_PREPARED", "1") == "1"
DATABASES["default"].setdefault("OPTIONS", {}).update(
    server_side_binding=DATABASE_PREPARED, prepare_threshold=2 if DATABASE_PREPARED else None
)
if DATABASE_PREPARED:
    # A PostgreSQL that can compile queries would take seconds to compile one that judges lines, and
    # milliseconds to run it. A pooler need not pass this on: there the role has it.
    _options = DATABASES["default"]["OPTIONS"]
    _options["options"] = f"{_options.get('options', '')} -c jit=off".strip()
DATABASE_APP_ROLE = os.environ.get("DATABASE_APP_ROLE", "hoofdaannemer_app")
DATABASE_MUNICIPAL_ROLE = os.environ.get("DATABASE_MUNICIPAL_ROLE", "hoofdaannemer_municipal")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language and time
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # on, it prints ids as 12.345
#: Days on which the civil service is closed by decree, and whether they count as working days.
DECREE_DAYS = _list("DECREE_DAYS", "2026-01-02,2026-05-15,2027-05-07,2028-04-28,2028-05-26")
DECREE_DAYS_ARE_FREE = os.environ.get("DECREE_DAYS_ARE_FREE") == "1"

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
#: Below this address software calls, without a session: each call opens its own transaction.
API_ADDRESS = "/api/"
#: Below this address the people of an office see their practices, and act for none of them.
OFFICE_ADDRESS = "/kantoor/"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=4).total_seconds())
INVITATION_DAYS = 7
#: Days for which a declaration file is kept after it was handed in, or uploaded and left: long
#: enough to close, pay and correct its month. It may name clients; what was declared stays.
DECLARATION_FILE_DAYS = int(os.environ.get("DECLARATION_FILE_DAYS", "90"))
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
#: The name under which an authenticator app shows its code.
AUTHENTICATOR_ISSUER = "Hoofdaannemer"
#: Shows the current second factor of demo users on the login page. Production refuses it.
SHOW_DEMO_LOGINS = os.environ.get("SHOW_DEMO_LOGINS", "1" if DEMO else "0") == "1"
SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")

# Transport and content security
SECURE_SSL_REDIRECT = not DEMO and os.environ.get("SSL_REDIRECT", "1") == "1"
SECURE_HSTS_SECONDS = 0 if DEMO else int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if os.environ.get("BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024  # a message may be 25 MB

# Files
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_ROOT = HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if os.environ.get("STATIC_MANIFEST", "1") == "1"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO

# Mail: a folder in the demo (shown as a page), SMTP elsewhere.
MAIL_FOLDER = HOME / "mail"
EMAIL_FILE_PATH = MAIL_FOLDER
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_TIMEOUT = 10  # seconds that a worker waits for the mail server
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "noreply@hoofdaannemer.example")

# Messages
WATCHED_FOLDER = HOME / "in"  # one folder per main contractor (KvK) below it
OUT_FOLDER = HOME / "out"
PARKED_STOP_WORKING_DAYS = 1
DELIVERY_ATTEMPTS = 5
# Longer than this is shown as standing still, on the health page and the work list.
WAITING_MINUTES = int(os.environ.get("WAITING_MINUTES", "30"))
PICK_UP_HOURS = int(os.environ.get("PICK_UP_HOURS", "72"))
# Care without a last day or volume is reviewed after so many months, and each time again.
REVIEW_AFTER_MONTHS = max(1, int(os.environ.get("REVIEW_AFTER_MONTHS", "6")))
WORKER_SILENT_MINUTES = int(os.environ.get("WORKER_SILENT_MINUTES", "5"))
CODE_LISTS = os.environ.get("CODE_LISTS", "")
OFFICIAL_SCHEMAS = os.environ.get("OFFICIAL_SCHEMAS", "")
HUBS = os.environ.get("HUBS", "")  # file with the connections to GGk and VECOZO
# Header in which the proxy gives the SHA-256 of the certificate that a client showed.
CLIENT_CERTIFICATE_HEADER = os.environ.get("CLIENT_CERTIFICATE_HEADER", "")

# Background work: the row is the queue of record, the broker only wakes the worker.
BROKER_URL = os.environ.get("BROKER_URL", "filesystem://")
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"max_retries": 0}
if BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "data_folder_in": str(HOME / "broker" / "queue"),
        "data_folder_out": str(HOME / "broker" / "queue"),
        "control_folder": str(HOME / "broker" / "control"),
        "processed_folder": str(HOME / "broker" / "done"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "broker" / "beat-schedule")
# How often beat looks for what waits; the nudges after a change only make that quicker.
SWEEP_SECONDS = int(os.environ.get("SWEEP_SECONDS", "15"))
CELERY_BEAT_SCHEDULE = {
    "sweep-incoming": {
        "task": "messaging.exchange.tasks.sweep_incoming",
        "schedule": SWEEP_SECONDS,
    },
    "sweep-outgoing": {
        "task": "messaging.exchange.tasks.sweep_outgoing",
        "schedule": SWEEP_SECONDS,
    },
    "watch-folders": {"task": "messaging.exchange.tasks.watch_folders", "schedule": SWEEP_SECONDS},
    "forget-calls": {"task": "hoofdaannemer.core.tasks.forget_calls", "schedule": 3600.0},
    "sweep-mail": {"task": "hoofdaannemer.accounts.tasks.sweep_mail", "schedule": SWEEP_SECONDS},
    "sweep-reports": {
        "task": "hoofdaannemer.accountability.tasks.sweep_reports",
        "schedule": SWEEP_SECONDS,
    },
    "entitle-declared": {"task": "billing.tasks.entitle_declared", "schedule": SWEEP_SECONDS},
    "asked-months": {"task": "billing.tasks.run_asked_months", "schedule": SWEEP_SECONDS},
    "asked-what-ifs": {"task": "billing.tasks.run_what_ifs", "schedule": SWEEP_SECONDS},
    "declaration-files": {
        "task": "billing.tasks.take_up_declaration_files",
        "schedule": SWEEP_SECONDS,
    },
    "erase-files": {"task": "billing.tasks.erase_files", "schedule": 21_600.0},
    "make-forecasts": {"task": "billing.tasks.make_forecasts", "schedule": 21_600.0},
    "judge-holds": {"task": "billing.tasks.judge_holds", "schedule": 3600.0},
    "ask-results": {"task": "billing.tasks.ask_results", "schedule": 3600.0},
    "parked-stops": {"task": "subcontracts.tasks.release_parked_stops", "schedule": 900.0},
    "foresee-ends": {"task": "subcontracts.tasks.foresee_ends", "schedule": 21_600.0},
    "signal-ceilings": {"task": "subcontracts.tasks.signal_ceilings", "schedule": 21_600.0},
    # It sends on Mondays only, and each person one mail.
    "weekly-digests": {"task": "subcontracts.tasks.send_digests", "schedule": 1800.0},
    "take-over-care": {"task": "subcontracts.tasks.take_over_care", "schedule": SWEEP_SECONDS},
    "move-care": {"task": "subcontracts.tasks.move_care", "schedule": SWEEP_SECONDS},
    "accept-by-silence": {"task": "subcontracts.tasks.accept_by_silence", "schedule": 3600.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "hoofdaannemer.core.logs.UtcFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # It warns at each start that a folder has no host name.
    "loggers": {"kombu.connection": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}

SILENCED_SYSTEM_CHECKS = ["axes.W002"] if DEMO else []
