"""From an untrusted workbook to clean rows; pure Python, most of it run in a limited child process."""
