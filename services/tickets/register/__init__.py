"""代办登记册 and 归档目录: the year's errands as a bound book, and what lies in each box (二(四)4)."""
