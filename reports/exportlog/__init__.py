"""The log of exports: a number for every file that leaves, and the page that leads from paper back to it."""
