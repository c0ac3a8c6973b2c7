"""From clean rows to what loading them would change, compared with what the database holds."""
