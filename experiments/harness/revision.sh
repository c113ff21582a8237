#!/bin/sh
# The last commit of what the programs are built from, -dirty with changes since; fails where there is none. A commit
# of pages or tests does not rerun the default grids.
cd "$(dirname "$0")/../.." || exit
set -- -- lib experiments data meson.build
# Of these sources, whatever repository and settings a user's environment speaks of.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
commit=$(git rev-list -1 --abbrev-commit --abbrev=12 HEAD "$@") && test "$commit" || exit
echo "$commit$(git diff --no-ext-diff --quiet HEAD "$@" || echo -dirty)"
