"""Reading of village rosters: from an untrusted workbook to clean rows, without Django or a database."""
