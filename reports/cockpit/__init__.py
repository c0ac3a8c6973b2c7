"""The home page: what is in, what is missing, and the next step."""
