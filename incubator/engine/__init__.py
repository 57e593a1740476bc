"""How a case moves, for any procedure: definitions, soundness, decide, advance, deadlines, streams."""
