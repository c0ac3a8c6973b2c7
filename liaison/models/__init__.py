"""Who looks after whom: the upper edges, and proposals for all of them."""

from liaison.models.contact import Contact
from liaison.models.proposals import Batch, Proposal, ProposalRow, Wish

__all__ = ["Batch", "Contact", "Proposal", "ProposalRow", "Wish"]
