"""Placeholder, replaced by its owner."""

from flask.cli import AppGroup

appeals_cli = AppGroup("appeals")
