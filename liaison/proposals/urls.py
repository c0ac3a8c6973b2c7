"""Addresses of proposals."""

from django.urls import path

from liaison.proposals.views import batches, deciding, lists, ordering

urlpatterns = [
    path("adjust/", lists.adjust, name="adjust"),
    path("adjust/<int:pk>/propose/", ordering.adjust_propose, name="adjust_propose"),
    path("proposals/", lists.proposals, name="proposals"),
    path("proposals/new/", ordering.proposal_new, name="proposal_new"),
    path("proposals/<int:pk>/", deciding.proposal, name="proposal"),
    path("proposals/<int:pk>/decide/", deciding.proposal_decide, name="proposal_decide"),
    path("proposals/<int:pk>/again/", deciding.proposal_again, name="proposal_again"),
    path("proposals/rows/<int:pk>/wish/", deciding.row_wish, name="row_wish"),
    path("proposals/batches/<int:pk>/", batches.batch, name="batch"),
    path("proposals/batches/<int:pk>/cancel/", batches.batch_cancel, name="batch_cancel"),
    path("proposals/batches/<int:pk>/retry/", batches.batch_retry, name="batch_retry"),
    path("wishes/", lists.wish_list, name="wishes"),
    path("wishes/<int:pk>/end/", lists.wish_end, name="wish_end"),
]
