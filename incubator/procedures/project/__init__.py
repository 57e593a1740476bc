"""The carrying out of a funded project: reports, reviews, line changes, settlement, termination."""
