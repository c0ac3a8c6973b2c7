"""Addresses of sign-in, accounts and the audit log."""

from django.urls import path

from township.accounts import views

app_name = "township"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("preferences/", views.preferences, name="preferences"),
    path("accounts/", views.Users.as_view(), name="users"),
    path("accounts/export/", views.users_export, name="users_export"),
    path("accounts/add/", views.user_add, name="user_add"),
    path("accounts/<int:pk>/", views.user_edit, name="user_edit"),
    path("accounts/<int:pk>/password/", views.user_reset, name="user_reset"),
    path("accounts/<int:pk>/unlock/", views.user_unlock, name="user_unlock"),
    path("accounts/<int:pk>/person/", views.user_person, name="user_person"),
    path("accounts/phones/", views.phones, name="phones"),
    path("audit/", views.Audit.as_view(), name="audit"),
    path("audit/export/", views.audit_export, name="audit_export"),
]
