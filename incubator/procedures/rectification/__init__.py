"""Rectification (整改): what is wrong is mended by a deadline, or consequences follow."""
