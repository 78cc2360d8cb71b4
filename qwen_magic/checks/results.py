"""What class the results of built-in classes, functions and methods are of."""

from __future__ import annotations

import ast

# Classes of which a call makes exactly an instance.
MAKERS: frozenset[object] = frozenset(
    {
        bool,
        bytearray,
        bytes,
        complex,
        dict,
        enumerate,
        filter,
        float,
        frozenset,
        int,
        list,
        map,
        range,
        set,
        str,
        tuple,
        zip,
    }
)
RETURNS: dict[object, type] = {
    len: int,
    input: str,
    repr: str,
    sorted: list,
    ascii: str,
    chr: str,
    ord: int,
    dir: list,
}
METHODS: dict[tuple[type, str], type] = {
    **{
        (str, name): str
        for name in ("format", "join", "lower", "lstrip", "replace", "rstrip", "strip", "title", "upper")
    },
    **{(str, name): list for name in ("split", "splitlines", "rsplit")},
    **{(str, name): int for name in ("count", "find", "index")},
    (str, "encode"): bytes,
    (bytes, "decode"): str,
    **{(list, name): type(None) for name in ("append", "clear", "extend", "insert", "remove", "reverse", "sort")},
    **{(list, name): int for name in ("count", "index")},
    (list, "copy"): list,
    (dict, "copy"): dict,
    **{(dict, name): type(None) for name in ("update", "clear")},
    **{(set, name): type(None) for name in ("add", "clear", "discard", "remove", "update")},
}
DISPLAYS: dict[type, type] = {
    ast.JoinedStr: str,
    ast.List: list,
    ast.ListComp: list,
    ast.Tuple: tuple,
    ast.Dict: dict,
    ast.DictComp: dict,
    ast.Set: set,
    ast.SetComp: set,
}
