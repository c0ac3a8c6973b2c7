"""Forms of the tree and its people; they check what was typed, the actions check what it means."""
