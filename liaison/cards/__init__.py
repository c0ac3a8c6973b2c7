"""Contact cards on paper: what a holder looks after, and for a household who looks after it."""
