"""What the pages of the ratios read."""
