"""Whether the folders of a tree are rooms in one line: each file includes its own room, the header of a room below, or a
header at the door. The header of a room has its name: grid/grid.h.

    rooms.py FOLDER ROOM>ROOM,ROOM>ROOM [ROOM=HEADER,HEADER...]

The uppermost first; a comma between rooms that do not know each other. After it, which headers at the door a room may
include: every one if nothing is said.
"""
import pathlib
import re
import sys


def faults(folder, order, doors):
    levels = [level.split(",") for level in order.split(">")]
    height = {room: len(levels) - i for i, level in enumerate(levels) for room in level}
    found = {path.name for path in folder.iterdir() if path.is_dir()}
    if found != set(height):
        yield f"{folder}: has the rooms {sorted(found)}, not {sorted(height)}"
    for path in sorted(folder.glob("*/*.[ch]")):
        room = path.parent.name
        for name in re.findall(r'^#\s*include\s+"([^"]+)"', path.read_text(), re.MULTILINE):
            other, _, header = name.rpartition("/")
            at_door = not other and (folder / header).exists() and not (path.parent / header).exists()
            if at_door and header not in doors.get(room, [header]):
                yield f"{path}: includes {name}, a header that is not for this room"
            if other and (header != f"{other}.h" or height.get(other, len(levels)) >= height.get(room, 0)):
                yield f"{path}: includes {name}, which is not the header of a room below"


def main():
    folder, order = pathlib.Path(sys.argv[1]), sys.argv[2]
    doors = {room: headers.split(",") for room, headers in (argument.split("=") for argument in sys.argv[3:])}
    wrong = list(faults(folder, order, doors))
    print("\n".join(wrong) or f"{folder}: rooms in one line")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
