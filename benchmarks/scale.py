"""How time and memory grow with the number of cases: clean screen builds of made volumes, and of one of them on a cluster.

Seconds of the processor are those of the build and of all its workers, so that other programs on the machine count little;
memory is that of the largest process. The exponent is the slope of the processor's seconds over the cases, both as logarithms.

    python benchmarks/scale.py [--sizes 23,100,200] [--work FOLDER]
    python benchmarks/scale.py --volumes 40 [--sizes 25]      # a library of volumes of one size
    python benchmarks/scale.py --workers 1,2 [--sizes 100]
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import generate

from publisher import build as journey
from publisher import garbage, library, shelf
from publisher.problems import Rejected
from publisher.read import read, read_library


def one(root: Path, cluster: str) -> dict[str, Any]:
    """Build the volume of a root, keeping nothing; return what it took, stage by stage."""
    begun: list[tuple[str, float]] = [("read", time.perf_counter())]

    def stage(name: str, detail: str) -> None:
        begun.append((name, time.perf_counter()))

    garbage.seldom()
    order = journey.Order(editions=("screen",), keep=False, cluster=cluster)
    if (root / library.NAME).is_file():
        return whole_library(root, order)
    project, collection = journey.Project(root), read(root)
    (source,) = collection.volumes.values()
    try:
        pages = journey.build_apart(project, collection, source, journey.Progress(stage), order).pages
        refused = 0
    except Rejected as rejected:
        pages, refused = 0, len(rejected.problems)
    begun.append(("end", time.perf_counter()))
    at = dict(begun)
    took = {"wall": at["end"] - begun[0][1], "typeset": at.get("finish", at["end"]) - at.get("typeset", at["end"])}
    return {"cases": len(source.cases), "pages": pages, "refused": refused, **took, **used()}


def whole_library(root: Path, order: journey.Order) -> dict[str, Any]:
    """Do the same for a library."""
    started = time.perf_counter()
    outcomes = shelf.build(root, read_library(root / library.NAME), order, lambda folder: journey.Progress())
    cases = len(list(root.glob("content/*/cases/*.yaml")))
    refused = sum(max(1, len(outcome.problems)) for outcome in outcomes if outcome.failed)
    return {"cases": cases, "pages": sum(outcome.pages for outcome in outcomes), "refused": refused, "wall": time.perf_counter() - started, **used()}


def used() -> dict[str, float]:
    """Return the seconds of the processor of this process and all that it waited for, and the memory of the largest."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"cpu": sum(item.ru_utime + item.ru_stime for item in used), "peak": max(item.ru_maxrss for item in used) * 1024}


def measured(root: Path, cluster: str = "") -> dict[str, Any]:
    """Do the same in a process of its own."""
    said = subprocess.run([sys.executable, __file__, "--one", str(root), "--cluster", cluster], check=True, capture_output=True, text=True)
    return json.loads(said.stdout.splitlines()[-1])


def made(work: Path, size: int) -> Path:
    """Return the root of a made volume; one that is there is taken again."""
    root = work / str(size)
    if not root.exists():
        for _ in generate.catalogue(root, [size], "lung", 1):
            pass
    return root


def made_library(work: Path, volumes: int, size: int) -> Path:
    """Return the root of a library of made volumes."""
    root = work / f"{volumes}x{size}"
    if not root.exists():
        names = list(generate.catalogue(root, [size] * volumes, "lung", 1))
        listed = "".join(f"  - content/{name}\n" for name in names)
        (root / library.NAME).write_text(f"title: 测速文库\nvolumes:\n{listed}", encoding="utf-8")
    return root


def exponent(found: list[dict[str, Any]]) -> float:
    """Return the slope of processor seconds over cases, both as logarithms, by least squares."""
    points = [(math.log(item["cases"]), math.log(item["cpu"])) for item in found]
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / sum((x - middle[0]) ** 2 for x, _ in points)


@contextmanager
def cluster(count: int, work: Path) -> Iterator[str]:
    """Give the address of a scheduler with workers of one thread each."""
    file = work / f"scheduler-{count}.json"
    file.unlink(missing_ok=True)

    def started(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", f"distributed.cli.{words[0]}", *words[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    running = [started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))]
    try:
        while not file.is_file():
            time.sleep(0.1)
        time.sleep(0.2)
        address = json.loads(file.read_text())["address"]
        running += [started("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(work)) for _ in range(count)]
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(count)
        yield address
    finally:
        for process in running:
            process.kill()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="23,100,200", help="numbers of cases, parted by commas (23,100,200)")
    parser.add_argument("--volumes", type=int, default=0, help="build a library of so many volumes, each of the first size")
    parser.add_argument("--workers", default="", help="compare clusters of so many workers: 1,2")
    parser.add_argument("--work", type=Path, help="where the volumes are made and kept; a temporary folder where none is named")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cluster", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one, chosen.cluster)))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = chosen.work or Path(folder)
        sizes = [int(size) for size in chosen.sizes.split(",")]
        if chosen.workers:
            for count in chosen.workers.split(","):
                with cluster(int(count), work) as address:
                    row = measured(made(work, sizes[0]), address)
                said = f"{count} workers: {row['cases']} cases, {row['pages']} pages, typeset {row['typeset']:.1f} s, all {row['wall']:.1f} s"
                print(f"{said}; load {os.getloadavg()[0]:.1f}", flush=True)
            return
        print(f"{'cases':>6}{'pages':>7}{'cpu s':>9}{'wall s':>9}{'a case':>8}{'peak GB':>9}{'load':>6}")
        found = []
        for root in [made_library(work, chosen.volumes, sizes[0])] if chosen.volumes else [made(work, size) for size in sizes]:
            found.append(row := measured(root))
            line = f"{row['cases']:>6}{row['pages']:>7}{row['cpu']:>9.1f}{row['wall']:>9.1f}{row['cpu'] / row['cases']:>8.2f}{row['peak'] / 1e9:>9.2f}"
            print(line + f"{os.getloadavg()[0]:>6.1f}" + (f"  refused: {row['refused']} problems" if row["refused"] else ""), flush=True)
        if len(found) > 1:
            print(f"exponent {exponent(found):.3f}")


if __name__ == "__main__":
    main()
