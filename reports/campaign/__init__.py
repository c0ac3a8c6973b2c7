"""The year's campaign: its days and every deadline of the document."""
