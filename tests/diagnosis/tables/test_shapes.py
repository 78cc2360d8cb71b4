from __future__ import annotations

import pytest

GRIDS = """import numpy as np, pandas as pd, math
grid = np.arange(6).reshape(2, 3)
tall = np.ones((3, 2))
line = np.array([1.5, 2.5, 3.5])
pair = np.array([10, 20])
df = pd.DataFrame({"温度": [1, 2, 3], "b": [4, 5, 6]})"""


@pytest.mark.parametrize(
    ("cell", "rewritten"),
    [
        ("math.sqrt(line)", "np.sqrt(line)"),
        ("df['r'] = float(df['b'])", "df['r'] = df['b'].astype(float)"),
        ("np.concatenate(line, pair)", "np.concatenate([line, pair])"),
        ("np.zeros(2, 3)", "np.zeros((2, 3))"),
        ("np.random.rand((2, 3))", "np.random.rand(2, 3)"),
        ("m = line[len(line) / 2]", "m = line[len(line) // 2]"),
        ("np.reshape(grid, 3, 2)", "np.reshape(grid, (3, 2))"),
        ("line.append(4)", "line = np.append(line, 4)"),
        ("line.iloc[0]", "line[0]"),
    ],
)
def test_what_can_only_have_been_meant_one_way(diagnosed, cell, rewritten):
    diagnosis = diagnosed(cell, GRIDS)
    assert diagnosis.rewrites[0].cell == rewritten
    assert diagnosis.rewrites[0].certain


@pytest.mark.parametrize(
    ("cell", "among", "cause"),
    [
        ("grid * tall", "grid @ tall", "(2, 3)"),
        ("centred = grid - pair", "centred = grid - pair[:, None]", "(2,)"),
        ("n = int(df[df['b'] > 4]['b'])", "n = int(df[df['b'] > 4]['b'].iloc[0])", "one number"),
        ("grid + tall", "grid + tall.T", "(3, 2)"),
        ("p = grid @ pair", "p = grid.T @ pair", "(2, 3)"),
        ("np.dot(grid, grid)", "np.dot(grid, grid.T)", "(2, 3)"),
        ("np.arange(12).reshape(5, 2)", "np.arange(12).reshape(-1, 2)", "12 elements"),
        ("grid[2, 0]", "grid[0, 2]", "last index is 1"),
        ("line[:, 0]", "line", "1 dimension"),
        ("np.concatenate([grid, line])", "np.vstack([grid, line])", "dimension"),
        ("df['c'] = [1, 2, 3, 4]", "df['c'] = [1, 2, 3, 4][:3]", "4 values"),
        ("df.columns = ['t']", "df.columns = ['t'] + ['b']", "2 columns"),
    ],
)
def test_what_may_have_been_meant(diagnosed, cell, among, cause):
    diagnosis = diagnosed(cell, GRIDS)
    assert among in {rewrite.cell for rewrite in diagnosis.rewrites}
    assert not any(rewrite.certain for rewrite in diagnosis.rewrites)
    assert cause in diagnosis.cause.en
