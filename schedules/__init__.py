"""The clock: when something is due, and nothing of how it is done."""
