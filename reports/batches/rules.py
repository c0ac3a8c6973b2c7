"""What a zip can hold beside the annexes."""

REPORT = 75  # 书面材料 (R75); annexes have their own numbers
REPORT_TITLE = "书面材料"
# A report is no table: where tables come as Excel, it comes as Word.
WRITTEN_AS = {"xlsx": "docx", "pdf": "pdf"}
