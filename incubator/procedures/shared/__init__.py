"""What the stages have in common, each said once: steps, forms, sections of policy, conditions."""
