"""附件1: the numbers of a township, declared once as indicators and computed in one pass."""
