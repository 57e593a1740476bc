"""One thing asked of many cases (asking), then done case by case, each with its result (going_on)."""
