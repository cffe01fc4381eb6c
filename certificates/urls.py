from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("verify/", views.verify_view, name="verify"),
    path("verify/<str:code>/", views.credential_verify_view, name="credential_verify"),
    path("certificates/", views.credential_list_view, name="credential_list"),
    path("certificates/awaiting/", views.completion_list_view, name="completion_list"),
    path("certificates/awaiting/<uuid:uuid>/confirm/", views.completion_confirm_view, name="completion_confirm"),
    path("certificates/issued/", views.issued_list_view, name="issued_list"),
    path("certificates/issued/<uuid:uuid>/revoke/", views.credential_revoke_view, name="credential_revoke"),
    path("certificates/issued/<uuid:uuid>/replace/", views.credential_replace_view, name="credential_replace"),
    path("certificates/<str:code>.pdf", views.credential_pdf_view, name="credential_pdf"),
]
