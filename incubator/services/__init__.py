"""What people and programs do to the data outside a case's position."""
