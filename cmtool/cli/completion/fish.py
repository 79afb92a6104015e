"""The completion script for fish: one line for each option and each command.

https://fishshell.com/docs/current/completions.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmtool.cli.completion.definition import Command, Definition, Kind, Option, Value, filled

_HEAD = r"""# Completion of cmtool for fish.  Written by: cmtool completion fish
# In ~/.config/fish/config.fish:  cmtool completion fish | source

# Offers the model IDs that cmtool has last seen.
function __cmtool_models
    set -l folder $XDG_CACHE_HOME
    string match -q '/*' -- "$folder"; or set folder $HOME/.cache
    test -f $folder/cmtool/models -a -r $folder/cmtool/models
    and string match -r '^[a-zA-Z0-9]\S*$' <$folder/cmtool/models
end
"""


def script(definition: Definition) -> str:
    """Give the script."""
    return _HEAD + "\n".join((*_sets(definition), *_lines(definition))) + "\n"


def _sets(definition: Definition) -> Iterator[str]:
    for name, words in definition.shared().items():
        break_ = " \\"
        yield f"\nset -g __cmtool_{name}{break_}\n    {filled(words, '    ', break_)}"
    yield "\ncomplete -c cmtool -f"


def _lines(definition: Definition) -> Iterator[str]:
    for option in definition.options:
        yield _option("__fish_use_subcommand", option)
    for command in definition.commands:
        told = _quote(command.help)
        yield f"complete -c cmtool -n __fish_use_subcommand -a {command.name} -d {told}"
    for command in definition.commands:
        yield ""
        yield from _command(command)


def _command(command: Command) -> Iterator[str]:
    condition = _quote(f"__fish_seen_subcommand_from {command.name}")
    for option in command.options:
        yield _option(condition, option)
    if command.argument is not None and (offered := _offered(command.argument)):
        yield f"complete -c cmtool -n {condition} {offered}"


def _option(condition: str, option: Option) -> str:
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
    )
    takes = f" {_value(option.value)}" if option.value is not None else ""
    return f"complete -c cmtool -n {condition} {names}{takes} -d {_quote(option.help)}"


def _value(value: Value) -> str:
    """Say that a value has to follow (-r), and that files do not (-x) or do (-F)."""
    if value.kind is Kind.FILE:
        return "-r -F"
    offered = _offered(value)
    return f"-x {offered}" if offered else "-x"


def _offered(value: Value) -> str:
    match value.kind:
        case Kind.CHOICE if value.name:
            return f"-a '$__cmtool_{value.name}'"
        case Kind.CHOICE:
            return f"-a {_quote(' '.join(value.choices))}"
        case Kind.FILE:
            return "-F"
        case Kind.MODEL:
            return "-a '(__cmtool_models)'"
        case Kind.TEXT:
            return ""


def _quote(text: str) -> str:
    r"""Quote for fish, in whose single quotes only \\ and \' are special."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" if " " in text else text
