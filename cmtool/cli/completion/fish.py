"""The completion script for fish: one line for each option and each command.

https://fishshell.com/docs/current/completions.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmtool.cli.completion.definition import Command, Definition, Kind, Option, Value, filled

_PLAIN = re.compile(r"[\w./-]+", re.ASCII)

_HEAD = r"""# Completion of cmtool for fish.  Written by: cmtool completion fish
# In ~/.config/fish/config.fish:  cmtool completion fish | source

# Offers the model IDs that cmtool has last seen; a line that is no plain word is none.
function __cmtool_models
    set -l folder "$XDG_CACHE_HOME"
    string match -q '/*' -- $folder; or set folder "$HOME/.cache"
    test -f $folder/cmtool/models -a -r $folder/cmtool/models
    and string match -r '^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$' <$folder/cmtool/models
end

# Succeeds in the command that is named; without a name, where there is no command yet.
function __cmtool_in
    for word in (commandline -opc)[2..]
        if not string match -q -- '-*' $word
            test $word = "$argv[1]"
            return
        end
    end
    test -z "$argv[1]"
end

# Succeeds where the argument of the command is still to come; behind the command are named its
# options that take a value.
function __cmtool_wants
    __cmtool_in $argv[1]; or return
    set -l words (commandline -opc)
    set -l start (contains -i -- $argv[1] $words)
    set -l value no
    for word in $words[(math $start + 1)..]
        if test $value = yes
            set value no
        else if contains -- $word $argv[2..]
            set value yes
        else if not string match -q -- '-?*' $word
            return 1
        end
    end
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
        yield _option("__cmtool_in", option)
    for command in definition.commands:
        told = _quote(command.help)
        yield f"complete -c cmtool -n __cmtool_in -a {command.name} -d {told}"
    for command in definition.commands:
        yield ""
        yield from _command(command)


def _command(command: Command) -> Iterator[str]:
    condition = _quote(f"__cmtool_in {command.name}")
    for option in command.options:
        yield _option(condition, option)
    if command.argument is not None and (offered := _offered(command.argument)):
        valued = [name for o in command.options if o.value is not None for name in o.names]
        wants = _quote(" ".join(("__cmtool_wants", command.name, *valued)))
        yield f"complete -c cmtool -n {wants} {offered}"


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
    if _PLAIN.fullmatch(text):
        return text
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
