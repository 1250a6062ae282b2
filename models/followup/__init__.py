"""After the reply: the appellant's rating, follow-up calls, dissatisfaction cases, exclusions from the rate."""
