"""The completion script for bash; it runs in bash 3.2 as well, the one that macOS brings."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from cmtool.cli.completion.definition import Command, Definition, Kind, Option, Value, filled

_HEAD = r"""# Completion of cmtool for bash.  Written by: cmtool completion bash
# In ~/.bashrc:  eval "$(cmtool completion bash)"

# Offers the words that start as the one that is being written.
_cmtool_words() {
    local word
    for word in "$@"; do
        [[ $word == "$cur"* ]] && COMPREPLY[${#COMPREPLY[@]}]=$word
    done
}

# Offers the model IDs that cmtool has last seen.
_cmtool_models() {
    local id folder=${XDG_CACHE_HOME:-}
    [[ $folder == /* ]] || folder=$HOME/.cache
    [[ -f $folder/cmtool/models && -r $folder/cmtool/models ]] || return
    while IFS= read -r id; do
        [[ $id == "$cur"* && $id == [a-zA-Z0-9]* ]] && COMPREPLY[${#COMPREPLY[@]}]=$id
    done <"$folder/cmtool/models"
}

_cmtool_files() {
    local file
    compopt -o filenames 2>/dev/null
    while IFS= read -r file; do
        COMPREPLY[${#COMPREPLY[@]}]=$file
    done < <(compgen -f -- "$cur")
}
"""

_MIDDLE = r"""
_cmtool() {
    local cur line whole prev= command= word
    local -a words
    COMPREPLY=()
    # The word as it stands in the line: bash itself takes it apart at = and at :
    line=${COMP_LINE:0:COMP_POINT}
    whole=${line##*[[:space:]]}
    read -r -a words <<<"${line%"$whole"}"
    for word in "${words[@]:1}"; do
        prev=$word
        [[ -z $command && $word != -* ]] && command=$word
    done
    cur=$whole
    if [[ $whole == --*=* ]]; then
        prev=${whole%%=*}
        cur=${whole#*=}
    fi
"""

_TAIL = r"""
    # bash puts in place only what stands behind the last of the characters at which it takes
    # words apart.
    local kept=$whole before=${whole%"$cur"} index
    [[ $COMP_WORDBREAKS == *=* ]] && kept=${kept##*=}
    [[ $COMP_WORDBREAKS == *:* ]] && kept=${kept##*:}
    for index in "${!COMPREPLY[@]}"; do
        word=$before${COMPREPLY[index]}
        COMPREPLY[index]=${word:${#whole}-${#kept}}
    done
}

complete -F _cmtool cmtool
"""


def script(definition: Definition) -> str:
    """Give the script."""
    sets = "".join(
        f"\n_cmtool_{name}() {{\n    _cmtool_words \\\n        {_lines(words)}\n}}\n"
        for name, words in definition.shared().items()
    )
    return "".join((_HEAD, sets, _MIDDLE, "\n".join(_cases(definition)), "\n", _TAIL))


def _lines(words: Iterable[str]) -> str:
    return filled(map(shlex.quote, words), " " * 8, " \\")


def _cases(definition: Definition) -> Iterator[str]:
    yield "    case $command in"
    yield "        '')"
    commands = (command.name for command in definition.commands)
    yield f"            _cmtool_words {_quoted((*commands, *_names(definition.options)))}"
    yield "            ;;"
    for command in definition.commands:
        yield f"        {command.name})"
        yield from _command(command)
        yield "            ;;"
    yield "    esac"


def _command(command: Command) -> Iterator[str]:
    yield "            case $prev in"
    for option in command.options:
        if option.value is not None:
            yield f"                {' | '.join(option.names)}) {_offer(option.value)} ;;"
    names = filled(_names(command.options), " " * 28, " \\")
    yield "                *)"
    if command.argument is None:
        yield f"                    _cmtool_words {names}"
    else:
        yield "                    if [[ $cur == -* ]]; then"
        yield f"                        _cmtool_words {names}"
        yield "                    else"
        yield f"                        {_offer(command.argument)}"
        yield "                    fi"
    yield "                    ;;"
    yield "            esac"


def _offer(value: Value) -> str:
    match value.kind:
        case Kind.CHOICE if value.name:
            return f"_cmtool_{value.name}"
        case Kind.CHOICE:
            return f"_cmtool_words {_quoted(value.choices)}"
        case Kind.FILE:
            return "_cmtool_files"
        case Kind.MODEL:
            return "_cmtool_models"
        case Kind.TEXT:
            return ":"


def _names(options: Iterable[Option]) -> tuple[str, ...]:
    return tuple(name for option in options for name in option.names)


def _quoted(words: Iterable[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)
