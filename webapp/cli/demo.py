"""Placeholder, replaced by its owner."""

from flask.cli import AppGroup

demo_cli = AppGroup("demo")
