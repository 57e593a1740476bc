"""The sample street's papers, shipped with the product for its demonstration and its tests."""
