"""The audit log: append-only, every row chained to the one before by an HMAC whose key is not in the database."""
