"""后备干部库: recommended, reviewed, trained, used or left; behind a right of its own (decisions 3)."""
