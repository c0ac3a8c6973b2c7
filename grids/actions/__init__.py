"""Every write on the tree and its people: one transaction, guarded, with its audit entry."""
