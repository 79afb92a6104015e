"""The completion script for zsh: one call of ``_arguments`` for each command.

https://zsh.sourceforge.io/Doc/Release/Completion-System.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmtool.cli.completion.definition import Command, Definition, Kind, Option, Value, filled

_HEAD = r"""#compdef cmtool
# Completion of cmtool for zsh.  Written by: cmtool completion zsh
# In ~/.zshrc, behind compinit:  eval "$(cmtool completion zsh)"

# Offers the model IDs that cmtool has last seen; a line that is no plain word is none.
_cmtool_models() {
    local folder=${XDG_CACHE_HOME:-} seen
    local -a ids
    [[ $folder == /* ]] || folder=${HOME:-}/.cache
    [[ -f $folder/cmtool/models && -r $folder/cmtool/models ]] || return 1
    { seen=$(<$folder/cmtool/models) } 2>/dev/null
    ids=(${(M)${(f)seen}:#[A-Za-z0-9][A-Za-z0-9._:/@+-](#c0,199)})
    compadd "$@" -a ids
}

"""

_COMMANDS = r"""
_cmtool_commands() {
    local -a commands
    commands=(
"""

_MIDDLE = r"""    )
    _describe -t commands 'command' commands
}

_cmtool() {
    local context state state_descr line curcontext=$curcontext ret=1
    local -A opt_args
"""

_STATE = r"""    [[ $state == command ]] || return ret
    curcontext=${curcontext%:*:*}:cmtool-$line[1]:
    case $line[1] in
"""

_TAIL = r"""    esac
    return ret
}

# Loaded by the completion system, which wants the function to run; else from a start-up file.
if [[ ${funcstack[1]-} == _cmtool ]]; then
    _cmtool "$@"
elif (( ${+functions[compdef]} )); then
    compdef _cmtool cmtool
else
    print -u2 "cmtool: completion needs compinit; in ~/.zshrc, put before it:"
    print -u2 "  autoload -Uz compinit && compinit"
fi
"""


def script(definition: Definition) -> str:
    """Give the script."""
    commands = "".join(
        f"        {_quote(f'{command.name}:{command.help}')}\n" for command in definition.commands
    )
    root = [*_options(definition.options), _quote("1: :_cmtool_commands"), "'*:: :->command'"]
    sets = (_set(name, words) for name, words in definition.shared().items())
    start = (_HEAD.rstrip() + "\n", *sets, _COMMANDS, commands, _MIDDLE)
    return "".join((*start, _arguments(root, 4), _STATE, *_cases(definition), _TAIL))


def _set(name: str, words: Iterable[str]) -> str:
    lines = filled(words, " " * 8)
    return (
        f"\n_cmtool_{name}() {{\n    local -a words\n    words=(\n        {lines}\n    )\n"
        f'    compadd "$@" -a words\n}}\n'
    )


def _cases(definition: Definition) -> Iterator[str]:
    for command in definition.commands:
        yield f"        {command.name})\n"
        yield _arguments([*_options(command.options), *_argument(command)], 12)
        yield "            ;;\n"


def _arguments(specs: Iterable[str], indent: int) -> str:
    start = " " * indent
    between = f" \\\n{start}    "
    return f"{start}_arguments -C -s -S{between}{between.join(specs)} && ret=0\n"


def _argument(command: Command) -> Iterator[str]:
    if command.argument is not None:
        yield _quote(f"1:{_value(command.argument)}")


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        told = f"[{_escape(option.help)}]"
        for name in option.names:
            apart = "" if option.repeatable else f"({' '.join(option.names)})"
            star = "*" if option.repeatable else ""
            takes = "=" if option.value is not None and name.startswith("--") else ""
            behind = f":{_value(option.value)}" if option.value is not None else ""
            plus = "+" if option.value is not None and not name.startswith("--") else ""
            yield _quote(f"{apart}{star}{name}{takes}{plus}{told}{behind}")


def _value(value: Value) -> str:
    """Give what zsh says that the value is, and what offers it."""
    return f"{_escape(value.word) or ' '}:{_action(value)}"


def _action(value: Value) -> str:
    match value.kind:
        case Kind.CHOICE if value.name:
            return f"_cmtool_{value.name}"
        case Kind.CHOICE:
            return f"({' '.join(value.choices)})"
        case Kind.FILE:
            return "_files"
        case Kind.MODEL:
            return "_cmtool_models"
        case Kind.TEXT:
            return ""


def _escape(text: str) -> str:
    """Give a description in which brackets and colons stand for themselves."""
    for char in "\\[]:":
        text = text.replace(char, f"\\{char}")
    return text


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
