"""What befalls the sample's organizations: stories told in moves, a module a stage."""
