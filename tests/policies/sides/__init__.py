"""Both sides of every condition that a pack says: facts that just meet it and facts that just miss it."""

from tests.policies.sides import evaluation, filing, funding, hubs, money, powers
from tests.policies.sides.core import SIDES, Sides, with_value

__all__ = ["SIDES", "Sides", "evaluation", "filing", "funding", "hubs", "money", "powers", "with_value"]
