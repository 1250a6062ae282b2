"""Backups that were seen to be whole before they are called so, and how one becomes a running house again (OPS-1, F14).

A backup is a folder: `database.sealed`, `files-0001.sealed` …, `manifest.json`. Everything in it that was anybody's is
encrypted under the backup key, which is not in it, nor are the identity key and the audit key.
"""
