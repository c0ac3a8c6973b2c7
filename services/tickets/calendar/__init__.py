"""工作日历: which days count, with the State Council's published years and the office's own corrections."""
