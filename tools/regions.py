"""Makes the house's own list of regions from the JSON files of the package `china-division`.

python -m tools.regions FOLDER    FOLDER holds `pcas.json` and `HK-MO-TW.json`

Writes `regions.txt` (a province a line, its cities one tab deeper, their districts two) and `streets.txt.xz` (a
line for each district of `regions.txt`, in its order, with its streets and towns). What the source calls 市辖区,
县 and 直辖县级行政区划 are headings of statistics, not places people write: their districts stand under the
municipality itself, and a county without a prefecture under its own name.
"""

import json
import lzma
import sys
from pathlib import Path

PLACES = Path(__file__).resolve().parent.parent / "grapevine" / "trade" / "rules" / "places"
HEADINGS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
Tree = dict[str, dict[str, dict[str, list[str]]]]


def tree(folder: Path) -> Tree:
    """Province → city → district → streets."""
    found: Tree = {}
    source = json.loads((folder / "pcas.json").read_text())
    for province, cities in source.items():
        own = found.setdefault(province, {})
        for city, districts in cities.items():
            for district, streets in districts.items():
                if city not in HEADINGS:
                    home = city
                else:
                    home = province if province.endswith("市") else district
                own.setdefault(home, {})[district] = [
                    name.removeprefix(district) for name in streets
                ]
    for province, cities in json.loads((folder / "HK-MO-TW.json").read_text()).items():
        found[province] = {
            city: {district.partition("（")[0]: [] for district in districts}
            for city, districts in cities.items()
        }
    return found


def write(regions: Tree) -> None:
    places, streets = [], []
    for province, cities in regions.items():
        places.append(province)
        for city, districts in cities.items():
            places.append(f"\t{city}")
            for district, own in districts.items():
                places.append(f"\t\t{district}")
                streets.append("\t".join(own))
    (PLACES / "regions.txt").write_text("\n".join(places) + "\n")
    packed = lzma.compress("\n".join(streets).encode(), preset=9 | lzma.PRESET_EXTREME)
    (PLACES / "streets.txt.xz").write_bytes(packed)


if __name__ == "__main__":
    write(tree(Path(sys.argv[1])))
