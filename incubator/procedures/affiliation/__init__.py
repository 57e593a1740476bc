"""Hub affiliation: hubs recognised, groups affiliated with them, renewed and ended, and what hubs report each quarter."""
