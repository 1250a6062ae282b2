"""Ratings: campaigns in which entrepreneurs and others rate the departments, and what follows from them."""
