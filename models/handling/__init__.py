"""The life of an appeal: one workflow table, the clock's milestones, replies, and the events everything is rebuilt
from.
"""
