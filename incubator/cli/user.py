"""`incubator user`: the people who sign in."""
