from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/activate/", views.activate_view, name="activate"),
    path("settings/", views.settings_view, name="settings"),
    path("settings/tokens/", views.token_create_view, name="token_create"),
    path("settings/tokens/<uuid:uuid>/revoke/", views.token_revoke_view, name="token_revoke"),
]
