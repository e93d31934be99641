"""Lay out graphs with Graphviz: DOT in, JSON out, again and again until standard input ends. A program of its own.

In-process Graphviz can abort the interpreter (assertions in mincross.c); here it takes only this process with it. It
runs in a bare interpreter (`python -I -S`) and imports nothing of ours. A message is its length in 8 bytes, then its
bytes; an answer of no length means that Graphviz refused the graph.
"""

from __future__ import annotations

import ctypes
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import time
from pathlib import Path

TYPE_CHECKING = False  # as in typing, whose import takes as long as a small layout
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Layout = Callable[[bytes], bytes]

_BEST = b"dot"
_FORMAT = b"json0"  # places only, no drawing
_MEMORY = 2 << 30


def main(package: str, seconds: str) -> None:
    """Answer each graph on standard input.

    `package` is the folder of pygraphviz, `seconds` the most processor time for one graph.
    """
    libraries = Path(package).parent / "pygraphviz.libs"
    layout = plugins(libraries) if sys.platform == "linux" and libraries.is_dir() else extension(Path(package))
    while length := int.from_bytes(sys.stdin.buffer.read(8), "little"):
        _limit(int(seconds))
        answer = layout(sys.stdin.buffer.read(length))
        sys.stdout.buffer.write(len(answer).to_bytes(8, "little") + answer)
        sys.stdout.buffer.flush()


class _Plugin(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("address", ctypes.c_void_p))


class _Foreign:
    """The few functions of Graphviz's libraries that a layout takes."""

    def __init__(self, folder: Path) -> None:
        names = sorted(folder.iterdir())

        def library(stem: str) -> Any:
            return ctypes.CDLL(str(next(path for path in names if path.name.startswith(stem))))

        self.gvc, self.graphs = library("libgvc-"), library("libcgraph-")
        self._table = (_Plugin * 3)()  # the context points into it; the third entry ends it
        for entry, stem in zip(self._table, ("gvplugin_dot_layout", "gvplugin_core"), strict=False):
            name = f"{stem}_LTX_library"
            entry.name = name.encode()
            entry.address = ctypes.addressof(ctypes.c_char.in_dll(library(f"lib{stem}"), name))
        self._declare()
        self.context = self.gvc.gvContextPlugins(self._table, 0)

    def _declare(self) -> None:
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        self.gvc.gvContextPlugins.restype = self.graphs.agmemread.restype = pointer
        self.gvc.gvContextPlugins.argtypes = (pointer, ctypes.c_int)
        self.graphs.agmemread.argtypes = (text,)
        self.gvc.gvLayout.argtypes = (pointer, pointer, text)
        data, size = ctypes.POINTER(pointer), ctypes.POINTER(ctypes.c_size_t)
        self.gvc.gvRenderData.argtypes = (pointer, pointer, text, data, size)
        self.gvc.gvFreeRenderData.argtypes = self.graphs.agclose.argtypes = (pointer,)
        self.gvc.gvFreeLayout.argtypes = (pointer, pointer)


def plugins(folder: Path) -> Layout:
    """Load the layout engine alone from the wheel's libraries.

    The wheel's extension module also needs X11 and GLib from the system, to draw text that we never let it draw; a
    small machine has neither.
    """
    lib = _Foreign(folder)

    def layout(dot: bytes) -> bytes:
        graph = lib.graphs.agmemread(dot)
        if not graph or lib.gvc.gvLayout(lib.context, graph, _BEST):
            return b""
        data, length = ctypes.c_void_p(), ctypes.c_size_t()
        if lib.gvc.gvRenderData(lib.context, graph, _FORMAT, ctypes.byref(data), ctypes.byref(length)):
            return b""
        answer = ctypes.string_at(data.value or 0, length.value)
        lib.gvc.gvFreeRenderData(data)
        lib.gvc.gvFreeLayout(lib.context, graph)
        lib.graphs.agclose(graph)
        return answer

    return layout


def extension(package: Path) -> Layout:
    """Load pygraphviz's extension module without the package around it."""
    if sys.platform == "win32":
        os.add_dll_directory(str(package.parent / "pygraphviz.libs"))
    path = str(next(path for path in sorted(package.iterdir()) if path.name.startswith("_graphviz.")))
    loader = importlib.machinery.ExtensionFileLoader("_graphviz", path)
    spec = importlib.util.spec_from_loader("_graphviz", loader)
    if spec is None:
        raise ImportError(f"{path} is no extension module")
    graphviz: Any = importlib.util.module_from_spec(spec)
    loader.exec_module(graphviz)
    context = graphviz.gvContextWithBuiltins()

    def layout(dot: bytes) -> bytes:
        with tempfile.TemporaryFile() as file:
            file.write(dot)
            file.seek(0)
            graph = graphviz.agread(file, None)
        if graphviz.gvLayout(context, graph, _BEST):
            return b""
        error, answer = graphviz.gvRenderData(context, graph, _FORMAT)
        graphviz.gvFreeLayout(context, graph)
        graphviz.agclose(graph)
        return b"" if error else bytes(answer)

    return layout


def _limit(seconds: int) -> None:
    """Limit the processor time of the next layout, memory and core files; the parent watches the clock."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, where the parent's watch alone holds
    except ImportError:
        return
    until = int(time.process_time()) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    main(*sys.argv[1:])
