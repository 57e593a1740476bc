"""What becomes of a policy version: proposed, activated by somebody else or not at all, and running cases moved to it."""
