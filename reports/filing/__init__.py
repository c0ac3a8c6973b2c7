"""What a village files in September: its steps, its frozen tables, what changed, and the review."""
