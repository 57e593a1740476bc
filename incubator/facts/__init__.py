"""What rules may know about a case, declared by name and loaded for many cases at once."""
