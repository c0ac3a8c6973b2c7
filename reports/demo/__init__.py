"""An invented township for trying the system out, and for measuring it."""
