"""The connection: dialled, tunnelled, timed, and looked at again when it fails."""
