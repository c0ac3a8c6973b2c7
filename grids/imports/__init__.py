"""Rosters from villages: read (reading), compared (planning), written (apply), or refused whole."""
