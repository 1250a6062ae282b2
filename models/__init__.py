"""The domain: what the office's rules are. Nothing here knows of the web."""
