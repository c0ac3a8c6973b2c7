"""催办: a message to the secretaries of villages that have not filed, and text to paste into a chat group."""
