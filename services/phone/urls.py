"""Addresses of the phone pages."""

from django.urls import path

from services.phone import views

urlpatterns = [
    path("m/", views.week, name="phone"),
    path("m/visit/new/", views.visit_new, name="phone_visit"),
    path("m/must/", views.must, name="phone_must"),
    path("m/outbox/", views.outbox, name="phone_outbox"),
    path("m/selfcheck/", views.selfcheck, name="phone_selfcheck"),
    path("m/hello/", views.hello, name="phone_hello"),
    path("m/find/", views.find, name="phone_find"),
    path("m/visits/", views.send, name="phone_send"),
    path("m/visits/<int:pk>/photos/", views.send_photo, name="phone_send_photo"),
    path("m/offline/", views.shell, name="phone_shell"),
    path("m/worker.js", views.worker, name="phone_worker"),
    path("m/manifest.webmanifest", views.manifest, name="phone_manifest"),
]
