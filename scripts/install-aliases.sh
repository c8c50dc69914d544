#!/usr/bin/env bash
# The seed's way to put the commands and short names into a shell; it is `clutch install` here, with the same options.
set -eu
exec "$(dirname "$0")/../bin/clutch" install "$@"
