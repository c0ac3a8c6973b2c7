"""交换文件: rosters and numbers in a receiver's own columns, headings and codes (一表通 and the like)."""
