"""Boards, plates and cards on paper, and the register as a table."""
