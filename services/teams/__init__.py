"""Service teams, volunteers and their points, demonstration households, venues."""
