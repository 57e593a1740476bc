"""Templates of the papers that the office seals: filled in, printed, stamped."""
