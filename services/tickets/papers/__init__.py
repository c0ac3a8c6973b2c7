"""Papers of an errand: what the window hands out, what goes along to other offices, what is signed."""
