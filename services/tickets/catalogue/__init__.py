"""事项清单: what the office takes in for residents, and on which papers."""
