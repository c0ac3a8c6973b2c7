"""Pages over the tree and its people."""
