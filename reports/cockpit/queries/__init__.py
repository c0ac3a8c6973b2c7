"""What the desk shows: coverage of the places, duties, the matrix of villages and forms, goals."""
