"""Pages of errands: the inbox, the window, one errand."""
