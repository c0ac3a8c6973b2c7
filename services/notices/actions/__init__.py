"""What is done with boards, plates and cards; each function one transaction with its history."""
