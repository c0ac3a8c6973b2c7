"""The pages of every ledger of services."""
