"""Automation's own books: the outbox, the clock's ledger, sweeps with their receipts, notices and heartbeats."""
