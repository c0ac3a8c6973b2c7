"""Addresses of the annexes and of export jobs."""

from django.urls import path

from reports.annexes import views

urlpatterns = [
    path("annexes/", views.annex_list, name="annexes"),
    path("annexes/<int:number>/", views.annex_page, name="annex"),
    path("annexes/<int:number>/<str:format>/", views.annex_download, name="annex_download"),
    path("jobs/", views.JobList.as_view(), name="jobs"),
    path("jobs/<int:pk>/", views.job_page, name="job"),
    path("jobs/<int:pk>/retry/", views.job_retry, name="job_retry"),
    path("jobs/<int:pk>/file/", views.job_file, name="job_file"),
]
