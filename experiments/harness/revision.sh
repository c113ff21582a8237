#!/bin/sh
# The last commit of what the programs are built from, -dirty with changes since; fails where there is none. A commit
# of pages or tests does not rerun the default grids.
cd "$(dirname "$0")/../.." || exit
set -- -- lib experiments data meson.build
commit=$(git log -1 --format=%h --abbrev=12 "$@") && test "$commit" || exit
echo "$commit$(git diff --quiet HEAD "$@" || echo -dirty)"
