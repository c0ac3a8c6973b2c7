"""What boards, plates and cards say and where they hang; pages and suggestions of grids."""
