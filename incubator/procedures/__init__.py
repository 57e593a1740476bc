"""The procedures of the centre, a folder a stage."""
