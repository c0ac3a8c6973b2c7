"""Pages of the ratios."""
