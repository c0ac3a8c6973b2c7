"""Reading visits, matters, and who has not been seen."""
