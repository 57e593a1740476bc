"""The domain of a street's cultivation guidance centre: procedures, rules, cases, reviews and the ledger."""
