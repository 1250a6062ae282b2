"""Units, accounts, roles, permissions and server-side sign-in sessions."""
