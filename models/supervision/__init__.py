"""Supervision: the ladder from reminder to transfer, kept as records with grounds, evidence, reply and revocation."""
