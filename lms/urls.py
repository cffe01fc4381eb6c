from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from lms import health
from lms.api import api
from lms.home.appearance import set_theme_view
from lms.home.pages import about_view, privacy_view
from lms.home.styleguide import styleguide_view
from lms.home.views import home_view

# The admin signs in as everybody does, with the second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it

handler500 = "lms.faults.fault_view"

urlpatterns = [
    path("", home_view, name="home"),
    path("", include("accounts.urls")),
    path("", include("base.urls")),
    path("", include("certificates.urls")),
    path("", include("enrollment.urls")),
    path("", include("learning.urls")),
    path("", include("live.urls")),
    path("", include("reports.urls")),
    path("about/", about_view, name="about"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("healthz", health.healthz_view, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("metrics", health.metrics_view, name="metrics"),
    path("privacy/", privacy_view, name="privacy"),
    path("readyz", health.readyz_view, name="readyz"),
    path("styleguide/", styleguide_view, name="styleguide"),
    path("theme/", set_theme_view, name="set_theme"),
]
