"""Pages of filings: who owes what, one village's filing, comments, snapshots."""
