"""Sign-in, accounts and the audit log's page."""
