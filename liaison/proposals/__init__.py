"""Proposals: who might look after whom, computed beside the tree, decided on row by row by people."""
