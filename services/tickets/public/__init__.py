"""How far one's own errand is, without a sign-in: its number and a secret, step names and days, no more."""
