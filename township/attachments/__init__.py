"""Files that prove a record: looked into before they are kept, handed out as downloads only."""
