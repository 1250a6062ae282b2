"""Schema history. Nothing in versions/ imports models or webapp: a migration must still run when they have changed."""
