"""How the four-level liaison stands: who looks after whom, what is wrong with it, chains and the pyramid."""
