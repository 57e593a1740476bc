"""The yearly review (年检): report, checks, conclusion, confirmation, service."""
