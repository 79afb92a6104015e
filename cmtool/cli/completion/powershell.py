"""The completion script for PowerShell, 5.1 and 7.

https://learn.microsoft.com/powershell/module/microsoft.powershell.core/register-argumentcompleter.
5.1 does not ask it where the word is no more than dashes, and both offer files where it has nothing
to offer (https://github.com/PowerShell/PowerShell/issues/18233).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmtool.cli.completion.definition import Command, Definition, Kind, Option, Value, filled

_HEAD = r"""# Completion of cmtool for PowerShell.  Written by: cmtool completion powershell
# In $PROFILE:  cmtool completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName cmtool -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text } | Select-Object -Skip 1)
    $command = [string]($words | Where-Object { $_ -notlike '-*' } | Select-Object -First 1)
    $previous = [string]($words | Select-Object -Last 1)
    $word = [string]$wordToComplete
    $before = ''
    if ($word -cmatch '^(--[^=]+)=(.*)$') {
        $previous = $Matches[1]
        $before = "$previous="
        $word = $Matches[2]
    }

    # The model IDs that cmtool has last seen; a line that is no plain word is none.
    function Get-Model {
        $folder = if ($env:XDG_CACHE_HOME -like '/*') { $env:XDG_CACHE_HOME }
        elseif ($env:LOCALAPPDATA) { $env:LOCALAPPDATA }
        else { "$HOME/.cache" }
        $file = Get-Item -LiteralPath "$folder/cmtool/models" -ErrorAction SilentlyContinue
        if ($file -is [System.IO.FileInfo] -and $file.Length -gt 0) {
            Get-Content -LiteralPath $file.FullName -ErrorAction SilentlyContinue |
                Where-Object { $_ -cmatch '^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$' }
        }
    }

"""

_START = r"""
    $options = @()
    $offered = @()
"""

_TAIL = r"""
    if (-not $before -and ($word -like '-*' -or $null -eq $offered)) { $offered = $options }
    $start = [System.Management.Automation.WildcardPattern]::Escape($word)
    $offered | Where-Object { "$(@($_)[0])" -like "$start*" } | ForEach-Object {
        $text, $help = @($_)
        if (-not $help) { $help = $text }
        [System.Management.Automation.CompletionResult]::new(
            "$before$text", $text, 'ParameterValue', $help)
    }
}
"""


def script(definition: Definition) -> str:
    """Give the script."""
    sets = (_set(name, words) for name, words in definition.shared().items())
    return "".join(
        (_HEAD.rstrip() + "\n", *sets, _START, "\n".join(_switch(definition)), "\n", _TAIL)
    )


def _set(name: str, words: Iterable[str]) -> str:
    return f"\n    ${name} = (\n        '{filled(words, ' ' * 9)}'\n    ) -split '\\s+'\n"


def _switch(definition: Definition) -> Iterator[str]:
    yield "    switch ($command) {"
    for command in definition.commands:
        yield f"        {_quote(command.name)} {{"
        yield from _command(command)
        yield "        }"
    yield "        '' {"
    yield f"            $options = {_pairs(_names(definition.options))}"
    commands = ((command.name, command.help) for command in definition.commands)
    yield f"            $offered = {_pairs(commands)}"
    yield "        }"
    yield "    }"


def _command(command: Command) -> Iterator[str]:
    yield f"            $options = {_pairs(_names(command.options))}"
    yield "            switch -CaseSensitive ($previous) {"
    for option in command.options:
        if option.value is not None:
            for name in option.names:
                offered = f"{_offer(option.value)}; $options = @()"
                yield f"                {_quote(name)} {{ {offered} }}"
    argument = "$offered = $null" if command.argument is None else _offer(command.argument)
    yield f"                default {{ if (-not $before) {{ {argument} }} }}"
    yield "            }"


def _offer(value: Value) -> str:
    match value.kind:
        case Kind.CHOICE if value.name:
            return f"$offered = ${value.name}"
        case Kind.CHOICE:
            return f"$offered = @({', '.join(_quote(choice) for choice in value.choices)})"
        case Kind.MODEL:
            return "$offered = @(Get-Model)"
        case Kind.FILE | Kind.TEXT:
            return "$offered = @()"  # PowerShell offers files by itself where nothing else is


def _names(options: Iterable[Option]) -> Iterator[tuple[str, str]]:
    for option in options:
        for name in option.names:
            yield name, option.help


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    rows = (f"@({_quote(name)}, {_quote(told)})" for name, told in pairs)
    between = ",\n" + " " * 16
    return f"@(\n{' ' * 16}{between.join(rows)}\n            )"


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
