from __future__ import annotations

from rewriting import candidates, certain

BIRDS = (
    "import pandas as pd\nimport matplotlib.pyplot as plt\n"
    "birds = pd.DataFrame({'kind': ['owl', 'tit'], 'x': [1, 2], 'y': [3, 4]})\nfig, ax = plt.subplots()"
)
CELL = "ax.scatter(birds['x'], birds['y'], c=birds['kind'])"


def test_colours_of_groups_are_looked_up_where_the_notebook_has_them(diagnosed):
    palette = BIRDS + "\npalette = {'owl': 'tab:blue', 'tit': 'tab:red'}"
    assert certain(diagnosed(CELL, palette)) == CELL.replace("birds['kind']", "birds['kind'].map(palette)")


def test_or_groups_are_numbered(diagnosed):
    assert ".cat.codes" in candidates(diagnosed(CELL, BIRDS))[0]


def test_a_colour_bar_is_told_of_its_picture(diagnosed):
    found = diagnosed("im = ax.imshow([[1, 2]])\nplt.colorbar(label='n')", BIRDS)
    assert certain(found) == "im = ax.imshow([[1, 2]])\nplt.colorbar(im, label='n')"
