"""The pages of boards, plates and cards, and those open to everybody."""
