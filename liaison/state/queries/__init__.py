"""What the pages of this room read; cards and other rooms take the chain from here."""

from liaison.state.queries.chain import ChainLink, Holder, chain_of, chains_of

__all__ = ["ChainLink", "Holder", "chain_of", "chains_of"]
