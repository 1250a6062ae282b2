"""What was said and by whom: appeals, their numbered demands, attachments and the identity kept apart."""
