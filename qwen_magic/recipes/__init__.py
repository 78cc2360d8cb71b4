"""How everyday things are usually done to data: what a small model has read but does not think of by itself.

Told one line of code that belongs to a request, it follows it: see "Recipes" in benchmarks/RESULTS.md. A recipe holds
no value that could be copied in the place of the user's.
"""

from __future__ import annotations

from collections.abc import Sequence

from qwen_magic.recipes.arrays import ARRAYS
from qwen_magic.recipes.lists import LISTS
from qwen_magic.recipes.recipe import Recipe
from qwen_magic.recipes.tables import TABLES
from qwen_magic.snapshot import Variable

__all__ = ["RECIPES", "Recipe", "recipe_for"]

RECIPES = (*TABLES, *ARRAYS, *LISTS)


def recipe_for(request: str, variables: Sequence[Variable]) -> Recipe | None:
    """The first that suits a request which speaks of these variables, if one does."""
    types = frozenset(variable.type for variable in variables if variable.literal)
    return next((each for each in RECIPES if each.suits(request, types)), None)
