"""Ratings (评议): every half year entrepreneurs, deputies, members and media supervisors rate the departments."""
