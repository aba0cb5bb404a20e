"""All settings. From the environment only; `docs/SETTINGS.md` explains every variable."""

import re
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from grapevine.front import environment as env

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path(env.text("GRAPEVINE_HOME") or ROOT / ".grapevine").resolve()
HOME.mkdir(parents=True, exist_ok=True)

PORT = env.integer("PORT", 8000, least=1, most=65_000)
LIVE_PORT = env.integer("LIVE_PORT", PORT + 1, least=1, most=65_535)
LIVE_URL = env.text("LIVE_URL")
SITE_URL = env.text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
WEB_WORKERS = env.integer("WEB_WORKERS", 2, least=1, most=64)
DEBUG = env.flag("DEBUG", default=False)

SECRET_KEY = env.secret("SECRET_KEY", HOME)
BLIND_INDEX_KEY = env.secret("BLIND_INDEX_KEY", HOME)
# The first key seals; the others still open what they sealed. SEAL_KEYS="2027:secret,2026:secret"
_seal = [pair.split(":", 1) for pair in env.names("SEAL_KEYS", "") if ":" in pair]
SEAL_KEYS = dict(_seal) if _seal else {"home": env.secret("SEAL_KEY", HOME)}

# Hosts are judged by goods.web.own_domain, which also knows the domains that shops proved to be their own.
PLATFORM_HOSTS = env.names("ALLOWED_HOSTS", "*")
ALLOWED_HOSTS = ["*"]
SANDBOX = env.flag("SANDBOX", default=True)
# Payment providers. One whose keys are not all set is not offered and believes no callback.
WECHAT = {
    "app_id": env.text("WECHAT_APP_ID"),
    "mch_id": env.text("WECHAT_MCH_ID"),
    "merchant_serial": env.text("WECHAT_MERCHANT_SERIAL"),
    "private_key_pem": env.pem("WECHAT_PRIVATE_KEY", "PRIVATE KEY"),
    "api_v3_key": env.text("WECHAT_API_V3_KEY"),
    "public_key_id": env.text("WECHAT_PUBLIC_KEY_ID"),
    "public_key_pem": env.pem("WECHAT_PUBLIC_KEY", "PUBLIC KEY"),
    "api": env.text("WECHAT_API", "https://api.mch.weixin.qq.com"),
    "app_secret": env.text("WECHAT_APP_SECRET"),
    "open_pages": env.text("WECHAT_OPEN_PAGES", "https://open.weixin.qq.com"),
    "open_api": env.text("WECHAT_OPEN_API", "https://api.weixin.qq.com"),
}
ALIPAY = {
    "app_id": env.text("ALIPAY_APP_ID"),
    "seller_id": env.text("ALIPAY_SELLER_ID"),
    "private_key_pem": env.pem("ALIPAY_PRIVATE_KEY", "PRIVATE KEY"),
    "alipay_public_key_pem": env.pem("ALIPAY_PUBLIC_KEY", "PUBLIC KEY"),
    "api": env.text("ALIPAY_API", "https://openapi.alipay.com/gateway.do"),
}
STRIPE: dict[str, Any] = {
    "secret_key": env.text("STRIPE_SECRET_KEY"),
    "publishable_key": env.text("STRIPE_PUBLISHABLE_KEY"),
    "webhook_secret": env.text("STRIPE_WEBHOOK_SECRET"),
    "api": env.text("STRIPE_API", "https://api.stripe.com").rstrip("/"),
    "pages": env.text("STRIPE_PAGES"),
    "currencies": frozenset(env.names("STRIPE_CURRENCIES", "CNY,HKD,USD,EUR,GBP")),
}
KUAIDI100 = {
    "customer": env.text("KUAIDI100_CUSTOMER"),
    "key": env.text("KUAIDI100_KEY"),
    "salt": env.text("KUAIDI100_SALT"),
    "api": env.text("KUAIDI100_API", "https://poll.kuaidi100.com").rstrip("/"),
}
DEMO_PROVIDERS = env.flag("DEMO_PROVIDERS", default=False)
_FAKES = (WECHAT, ALIPAY, STRIPE, *([KUAIDI100] if KUAIDI100["customer"] else []))
if DEMO_PROVIDERS and not all(env.is_loopback(str(one["api"])) for one in _FAKES):
    raise ImproperlyConfigured("DEMO_PROVIDERS is for fakes on this machine, set up by `up --demo`")
# Where a buyer's browser goes on from our cashier's form; the browser asks for it in `form-action`.
WECHAT_PAGES = "https://wx.tenpay.com"
CASHIERS = [
    *([WECHAT_PAGES, *env.cashiers(WECHAT["api"])] if WECHAT["app_id"] else []),
    *([WECHAT["open_pages"]] if WECHAT["app_id"] and WECHAT["app_secret"] else []),
    *(env.cashiers(ALIPAY["api"]) if ALIPAY["app_id"] else []),
    *(env.cashiers(STRIPE["api"]) if STRIPE["secret_key"] else []),
]
SITE_NAME = env.text("SITE_NAME", "藤 Grapevine")
HTTPS = env.flag("HTTPS", default=False)
CRASH_AT = env.text("CRASH_AT")
CRASH_TESTS = env.flag("CRASH_TESTS", default=False)
env.refuse_to_crash(CRASH_AT, is_test=CRASH_TESTS and SANDBOX and not HTTPS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "grapevine.people.sessions"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https") else []
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 12

MODULES = [
    "kit", "signals", "ledger", "guard", "media", "people", "goods", "scene", "trade",
    "campaigns", "spread", "loyalty", "care", "discovery", "cases", "reach", "gateway", "insight",
    "front",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    *(f"grapevine.{name}" for name in MODULES),
]
AUTH_USER_MODEL = "people.Person"
MIDDLEWARE = [
    "grapevine.goods.web.own_domain.OwnDomainMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "grapevine.guard.rates.RateMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "grapevine.people.signed_in.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "grapevine.kit.middleware.PolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "grapevine.kit.middleware.VisitorMiddleware",
    "grapevine.kit.middleware.AppearanceMiddleware",
    "grapevine.goods.web.own_domain.OwnPagesMiddleware",
    "grapevine.trade.api.door.SoldOutMiddleware",
    "grapevine.guard.idempotency.IdempotencyMiddleware",
    "grapevine.kit.middleware.DomainErrorMiddleware",
]
# What programs pass (see wsgi.py): as little of the above as they need, in the same order.
API_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "grapevine.kit.middleware.ProgramMiddleware",
    "grapevine.guard.rates.RateMiddleware",
    "grapevine.trade.api.door.SoldOutMiddleware",
    "grapevine.kit.middleware.VisitorMiddleware",
    "grapevine.guard.idempotency.IdempotencyMiddleware",
    "grapevine.kit.middleware.DomainErrorMiddleware",
]
# What pages' events pass (see wsgi.py): they come every few seconds from every open page.
BEACON_MIDDLEWARE = [
    "grapevine.goods.web.own_domain.OwnDomainMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "grapevine.kit.middleware.ProgramMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "grapevine.guard.rates.RateMiddleware",
    "grapevine.people.signed_in.SignedInMiddleware",
    "grapevine.kit.middleware.VisitorMiddleware",
    "grapevine.signals.web.beacons.BeaconMiddleware",
]
# What scrolling a feed passes (see wsgi.py): it is asked for by pages, and neither writes nor is told messages.
SCROLL_MIDDLEWARE = [
    "grapevine.goods.web.own_domain.OwnDomainMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "grapevine.kit.middleware.LengthMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "grapevine.people.signed_in.SignedInMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "grapevine.kit.middleware.PolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "grapevine.kit.middleware.VisitorMiddleware",
    "grapevine.kit.middleware.AppearanceMiddleware",
    "grapevine.goods.web.own_domain.OwnPagesMiddleware",
    "grapevine.kit.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "grapevine.front.urls"
WSGI_APPLICATION = "grapevine.front.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "grapevine.kit.pages.page_context",
            ],
            "builtins": [
                "grapevine.kit.templatetags.kit",
                "grapevine.kit.templatetags.rail",
                "django.templatetags.i18n",
            ],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "grapevine" / name / "locale" for name in MODULES]
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
LOGIN_URL = "people:sign_in"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or HOME / "media")
SPOOL_DIR = HOME / "spool"
LAKE_DIR = HOME / "lake"
ANALYTICS_ENGINE = env.choice("ANALYTICS_ENGINE", "duckdb", ("duckdb", "pyspark"))
ANALYTICS_MEMORY_MB = env.integer("ANALYTICS_MEMORY_MB", 2048, least=256)
ANALYTICS_THREADS = env.integer("ANALYTICS_THREADS", 2, least=1, most=256)
ARTIFACT_DIR = HOME / "artifacts"
# Whether an answer to a page's events waits for the disk, or only for the operating system.
LOG_SYNC = env.flag("LOG_SYNC", default=False)
LOG_DAYS = env.integer("LOG_DAYS", 180, least=8, most=3650)
SEGMENT_DAYS = env.integer("SEGMENT_DAYS", 30, most=3650)
EVENTS_PER_MINUTE = env.integer("EVENTS_PER_MINUTE", 1_200, most=1_000_000)
RETURN_WINDOW_DAYS = env.integer("RETURN_WINDOW_DAYS", 7, least=7, most=365)
AFTER_SALES_ANSWER_HOURS = env.integer("AFTER_SALES_ANSWER_HOURS", 24, least=1, most=720)
AFTER_SALES_RESOLUTION_HOURS = env.integer("AFTER_SALES_RESOLUTION_HOURS", 168, least=1, most=2160)
AFTER_SALES_REOPENED_BPS = env.integer("AFTER_SALES_REOPENED_BPS", 1000, most=10_000)
AFTER_SALES_STARS = env.integer("AFTER_SALES_STARS", 400, least=100, most=500)
AFTER_SALES_ASSESSED_DAYS = env.integer("AFTER_SALES_ASSESSED_DAYS", 30, least=1, most=365)
AFTER_SALES_REOPEN_DAYS = env.integer("AFTER_SALES_REOPEN_DAYS", 7, most=90)
AFTER_SALES_APPEAL_DAYS = env.integer("AFTER_SALES_APPEAL_DAYS", 7, most=90)
JURY_EFFECT = env.choice("JURY_EFFECT", "advice", ("off", "advice", "ruling"))
JURY_SEATS = env.integer("JURY_SEATS", 15, least=3, most=101)
JURY_QUORUM = env.integer("JURY_QUORUM", 7, least=3, most=101)
JURY_HOURS = env.integer("JURY_HOURS", 48, least=1, most=720)
JURY_ACCOUNT_DAYS = env.integer("JURY_ACCOUNT_DAYS", 90, most=3650)
JURY_ORDERS = env.integer("JURY_ORDERS", 3, most=1000)
PLATFORM_FEE_BPS = env.integer("PLATFORM_FEE_BPS", 0, most=10_000)
PAYMENT_FEE_BPS = env.rates("PAYMENT_FEE_BPS")
WITHDRAWAL_LEAST_MINOR = env.integer("WITHDRAWAL_LEAST_MINOR", 100, least=1)
WITHDRAWAL_REVIEW_MINOR = env.integer("WITHDRAWAL_REVIEW_MINOR", 5_000_000)
BANK_ACCOUNT_HOURS = env.integer("BANK_ACCOUNT_HOURS", 24, most=24 * 30)
RECEIPT_DAYS = env.integer("RECEIPT_DAYS", 10, least=1, most=90)
# Writes that talk to other machines, or whose wrong codes must count though they are refused: they repeat safely by
# themselves and must not run in one transaction.
IDEMPOTENT_BY_NATURE = re.compile(
    r"^/api/v1/(shops/[^/]+/pickups|shops/[^/]+/domains/[^/]+/proof|payments/[^/]+/attempts|reconciliations/.+"
    r"|me/second-factor.*|me/(bank-accounts|withdrawals).*|shops/[^/]+/(bank-accounts|withdrawals).*)$"
)
POINTS_PER_YUAN = env.integer("POINTS_PER_YUAN", 100, least=1, most=10_000)
POINTS_EARNED_PER_YUAN = env.integer("POINTS_EARNED_PER_YUAN", 1, most=1_000)
POINTS_SHARE_BPS = env.integer("POINTS_SHARE_BPS", 5_000, most=10_000)
# Who waits for an operator before selling: nobody, companies and individual businesses, or everybody.
SHOP_REVIEW = env.choice("SHOP_REVIEW", "companies", ("off", "companies", "all"))
LISTING_REVIEW = env.choice("LISTING_REVIEW", "risky", ("off", "risky", "all"))
INDIVIDUAL_GOODS_MAX = env.integer("INDIVIDUAL_GOODS_MAX", 100, least=1)
INDIVIDUAL_MONTH_MINOR = env.integer("INDIVIDUAL_MONTH_MINOR", 1_000_000, least=1)
DEPOSIT_ENTERPRISE_MINOR = env.integer("DEPOSIT_ENTERPRISE_MINOR", 200_000)
DEPOSIT_BUSINESS_MINOR = env.integer("DEPOSIT_BUSINESS_MINOR", 100_000)
DEPOSIT_INDIVIDUAL_MINOR = env.integer("DEPOSIT_INDIVIDUAL_MINOR", 0)
# Where deposits are paid to: holder, bank and number, or nothing.
DEPOSIT_ACCOUNT = env.together(
    env.text("DEPOSIT_ACCOUNT_HOLDER"),
    env.text("DEPOSIT_ACCOUNT_BANK"),
    env.text("DEPOSIT_ACCOUNT_NUMBER"),
    what="DEPOSIT_ACCOUNT_HOLDER, _BANK and _NUMBER",
)
PLATFORM_CONTACT = env.text("PLATFORM_CONTACT")
UNPAID_DEPOSIT_SALES_MINOR = env.integer("UNPAID_DEPOSIT_SALES_MINOR", 1_000_000)
# Requests of one token a minute, counted by each web process in its memory; 0 counts nothing.
API_PER_MINUTE = env.integer("API_PER_MINUTE", 1_200, most=1_000_000)
PROXIES = env.integer("PROXIES", 0, most=5)
WEBHOOK_LOOPBACK = env.flag("WEBHOOK_LOOPBACK", default=False)
REVIEW_DAYS = env.integer("REVIEW_DAYS", 180, least=15, most=3650)
REVIEW_EDIT_DAYS = env.integer("REVIEW_EDIT_DAYS", 7, most=365)
REVIEW_FOLLOW_UP_DAYS = env.integer("REVIEW_FOLLOW_UP_DAYS", 180, most=3650)
POINTS_SHOW_ORDER = env.integer("POINTS_SHOW_ORDER", 20, most=10_000)
IMPORT_FETCH = env.flag("IMPORT_FETCH", default=True)
IMPORT_LOOPBACK = env.flag("IMPORT_LOOPBACK", default=False)
NOTICE_DAYS = env.integer("NOTICE_DAYS", 90, least=7, most=730)
NOTICE_MAIL_HOURS = env.integer("NOTICE_MAIL_HOURS", 24, most=168)
# Letters go out when a host is given; everything else about them is Django's own.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True) and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", EMAIL_HOST_USER or "grapevine@localhost")
EXPLORE_SHOWINGS = env.integer("EXPLORE_SHOWINGS", 100, most=10_000)
EXPLORE_DAYS = env.integer("EXPLORE_DAYS", 7, least=1, most=90)
STAFF_MAX = env.integer("STAFF_MAX", 50, least=1, most=1000)
HOLD_MINUTES = env.integer("HOLD_MINUTES", 15, least=1, most=1440)

LIVE_ORIGIN = LIVE_URL or f"http://*:{LIVE_PORT}"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF, "'unsafe-inline'"],
        "script-src": [SELF],
        "connect-src": [SELF, LIVE_ORIGIN],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *CASHIERS],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "grapevine.kit.redaction.RedactingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"level": "ERROR"}},  # a refusal is an answer, not a fault
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
