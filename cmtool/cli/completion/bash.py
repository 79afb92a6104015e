"""The completion script for bash; it runs in bash 3.2 as well, the one that macOS brings.

https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html.  The script holds
whatever the user has set: ``set -eu``, ``nullglob``, ``failglob``, an ``IFS`` of their own.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from cmtool.cli.completion.definition import Command, Definition, Kind, Option, Value, filled

_HEAD = r"""# Completion of cmtool for bash, from 3.2 on.  Written by: cmtool completion bash
# In ~/.bashrc:  eval "$(cmtool completion bash)"

# The functions share what _cmtool declares: the word that is being written (whole, and cur for the
# part of it that is completed), the words between it and the command, the option that waits for its
# value (expects), the options that may still follow, and whether the argument stands (taken).

# Offers the words that start as the one that is being written.
_cmtool_words() {
    local word start
    start=$cur
    if [[ $start == [\"\']* ]]; then start=${start:1}; fi
    for word in "$@"; do
        if [[ $word == "$start"* ]]; then COMPREPLY[${#COMPREPLY[@]}]=$word; fi
    done
}

# Offers the model IDs that cmtool has last seen; a line that is no plain word is none.
_cmtool_models() {
    local id start folder alnum
    # Written out: what a range like a-z holds depends on the language that the shell is set to.
    alnum=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789
    start=$cur
    folder=${XDG_CACHE_HOME:-}
    if [[ $start == [\"\']* ]]; then start=${start:1}; fi
    if [[ $folder != /* ]]; then folder=${HOME:-}/.cache; fi
    if [[ ! -f $folder/cmtool/models || ! -r $folder/cmtool/models ]]; then return 0; fi
    while IFS= read -r id; do
        if [[ ${#id} -gt 200 || $id != "$start"* ]]; then continue; fi
        if [[ $id == [$alnum]* && $id != *[!$alnum._:/@+-]* ]]; then
            COMPREPLY[${#COMPREPLY[@]}]=$id
        fi
    done 2>/dev/null <"$folder/cmtool/models" || :
}

_cmtool_files() {
    local file escaped
    escaped=
    compopt -o filenames 2>/dev/null || escaped=yes # bash 3.2 has no compopt
    while IFS= read -r file; do
        if [[ -n $file && -n $escaped ]]; then
            if [[ -d $file ]]; then file=$file/; fi
            printf -v file %q "$file"
            if [[ $file == \\~* ]]; then file=${file:1}; fi
        fi
        if [[ -n $file ]]; then COMPREPLY[${#COMPREPLY[@]}]=$file; fi
    done <<<"$(compgen -f -- "$cur")"
}

# Reads the words between the command and the one that is being written.  Each option is given by
# its names, with = behind them when it takes a value and * when it may be repeated.
_cmtool_read() {
    local option name word valued given ended
    valued=' ' given=' ' ended=
    for option in "$@"; do
        if [[ $option == *=* ]]; then valued="$valued${option%%=*} "; fi
    done
    valued=${valued//,/ }
    for word in ${words[@]+"${words[@]}"}; do
        if [[ -n $expects ]]; then
            expects=
        elif [[ -n $ended || $word != -?* ]]; then
            taken=yes
        elif [[ $word == -- ]]; then
            ended=yes
        else
            if [[ $valued == *" $word "* ]]; then expects=$word; fi
            given="$given${word%%=*} "
        fi
    done
    if [[ -n $expects || -n $ended ]]; then return 0; fi
    if [[ $whole == --*=* ]]; then
        expects=${whole%%=*}
        cur=${whole#*=}
        return 0
    fi
    for option in "$@"; do
        word=${option%%[=*]*}
        for name in ${word//,/ }; do
            if [[ $given == *" $name "* && $option != *'*' ]]; then word=; fi
        done
        options="$options ${word//,/ }"
    done
}
"""

_MIDDLE = r"""
_cmtool() {
    # Under set -k, local would not see what it were to assign.
    local IFS line whole cur command expects options taken
    local word first plain double single part before cut sign index
    local -a words
    IFS=$' \t\n'
    line=${COMP_LINE:0:COMP_POINT}
    command='' expects='' options='' taken='' first=yes
    words=()
    COMPREPLY=()
    # Takes the line apart at blanks that are neither quoted nor escaped; bash itself takes it apart
    # at = and : as well.
    plain='[^[:space:]"\'\''\]|\\.' double='"([^"\]|\\.)*"' single="'[^']*'"
    part="^[[:space:]]*(($plain|$double|$single)+)[[:space:]]"
    while [[ $line =~ $part ]]; do
        word=${BASH_REMATCH[1]}
        line=${line:${#BASH_REMATCH[0]}}
        if [[ -n $command ]]; then
            words[${#words[@]}]=$word
        elif [[ -z $first && $word != -* ]]; then
            command=$word
        fi
        first=
    done
    whole=${line#"${line%%[![:space:]]*}"}
    cur=$whole
"""

_TAIL = r"""
    # bash puts in place only what stands behind the last character at which it takes words apart
    # (from it on, when that is @), or behind the quote.
    before=${whole%"$cur"}
    cut=$cur
    for sign in = :; do
        if [[ $COMP_WORDBREAKS == *"$sign"* ]]; then
            cut=${cut##*"$sign"}
            if [[ $before == *"$sign"* ]]; then before=; fi
        fi
    done
    if [[ $COMP_WORDBREAKS == *@* && $cut == *@* ]]; then cut=@${cut##*@}; fi
    cut=${cur%"$cut"}
    if [[ -n $cut ]]; then before=; fi
    if [[ $cur == [\"\']* ]]; then before='' cut=''; fi
    cut=${cut//\\/}
    if [[ -z $before$cut ]]; then return 0; fi
    for ((index = 0; index < ${#COMPREPLY[@]}; index++)); do
        COMPREPLY[index]=$before${COMPREPLY[index]#"$cut"}
    done
}

complete -F _cmtool cmtool
"""


def script(definition: Definition) -> str:
    """Give the script."""
    sets = "".join(
        f"\n_cmtool_{name}() {{\n    _cmtool_words \\\n        {_lines(words, 8)}\n}}\n"
        for name, words in definition.shared().items()
    )
    return "".join((_HEAD, sets, _MIDDLE, "\n".join(_cases(definition)), "\n", _TAIL))


def _lines(words: Iterable[str], indent: int) -> str:
    return filled(map(shlex.quote, words), " " * indent, " \\")


def _cases(definition: Definition) -> Iterator[str]:
    yield "    case $command in"
    yield "        '')"
    yield "            if [[ $cur == -* ]]; then"
    yield f"                _cmtool_words {_lines(_names(definition.options), 20)}"
    yield "            else"
    commands = (command.name for command in definition.commands)
    yield f"                _cmtool_words {_lines(commands, 20)}"
    yield "            fi"
    yield "            ;;"
    for command in definition.commands:
        yield f"        {command.name})"
        yield from _command(command)
        yield "            ;;"
    yield "    esac"


def _command(command: Command) -> Iterator[str]:
    yield f"            _cmtool_read \\\n                {_lines(map(_told, command.options), 16)}"
    yield "            case $expects in"
    for option in command.options:
        if option.value is not None and option.value.kind is not Kind.TEXT:
            yield f"                {' | '.join(option.names)}) {_offer(option.value)} ;;"
    yield "                '')"
    if command.argument is None:
        yield "                    _cmtool_words $options"
    else:
        yield "                    if [[ -n $taken || $cur == -* ]]; then"
        yield "                        _cmtool_words $options"
        yield "                    else"
        yield f"                        {_offer(command.argument)}"
        yield "                    fi"
    yield "                    ;;"
    yield "            esac"


def _told(option: Option) -> str:
    """Give an option as _cmtool_read takes it."""
    value = "=" if option.value is not None else ""
    return f"{','.join(option.names)}{value}{'*' if option.repeatable else ''}"


def _offer(value: Value) -> str:
    match value.kind:
        case Kind.CHOICE if value.name:
            return f"_cmtool_{value.name}"
        case Kind.CHOICE:
            return f"_cmtool_words {' '.join(map(shlex.quote, value.choices))}"
        case Kind.FILE:
            return "_cmtool_files"
        case Kind.MODEL:
            return "_cmtool_models"
        case Kind.TEXT:
            return ":"


def _names(options: Iterable[Option]) -> tuple[str, ...]:
    return tuple(name for option in options for name in option.names)
