"""Who looks after whom, computed exactly and explained; plain Python, no Django, no compiled solver."""
