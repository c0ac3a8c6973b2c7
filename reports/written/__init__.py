"""The written report (R75): text with words for numbers, filled in, as a page, a Word file and a PDF."""
