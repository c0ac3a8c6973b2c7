"""Visits: the log, what people ask for, who has not been seen, and the diary."""
