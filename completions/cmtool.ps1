# Completion of cmtool for PowerShell.  Written by: cmtool completion powershell
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

    $scenarios = (
        'healthy missing-api-key invalid-api-key api-key-inactive user-inactive insufficient-balance
         no-wallet model-not-found rate-limit-exceeded provider-error model-unavailable internal-error
         db-error invalid-json invalid-messages unsupported-parameter unsupported-responses-feature flaky
         flaky-auth flaky-drop retry-after rate-limit-tokens wallet-runs-dry wallet-reserved
         empty-wallet-works alias model-substituted no-trace clock-skew one-protocol usage-broken
         models-broken lying-status error-200 undocumented anthropic-overloaded echo-key malformed
         empty-200 html-502 cloudflare-522 aws-504 varnish-503 proxy-403 proxy-407 captive-portal website
         redirect drop reset no-answer slow buffered not-sse truncated disconnected stalled
         keepalive-stalled stream-empty stream-malformed stream-error response-failed stream-error-nested
         stream-error-unnamed stream-error-text error-as-stream html-as-stream stream-no-events
         stream-after-end stream-unopened stream-unfinished sequence-gap only-pings endless
         stream-provider-error stream-model-unavailable stream-rate-limit-exceeded stream-internal-error
         stream-insufficient-balance odd-crlf odd-cr odd-bom odd-bytes odd-separators odd-comments
         odd-content-type odd-blocks odd-data-lines reasoning tool-call'
    ) -split '\s+'

    $errors = (
        'key_missing key_placeholder key_malformed key_wrong_vendor key_wrong_prefix base_url_invalid
         base_url_path base_url_host base_url_insecure missing_api_key invalid_api_key api_key_inactive
         user_inactive authentication_error insufficient_balance no_wallet billing_error model_not_found
         rate_limit_exceeded internal_error db_error provider_error model_unavailable api_error
         invalid_json invalid_messages unsupported_parameter unsupported_responses_feature
         invalid_request_error dns_failure connection_refused connection_timeout connection_reset
         network_unreachable response_timeout tls_expired tls_untrusted tls_hostname_mismatch tls_failure
         proxy_unusable proxy_auth_required redirected intermediary_error not_the_gateway
         undocumented_error malformed_response stream_error stream_truncated stream_disconnected
         stream_stalled stream_not_sse stream_malformed stream_empty threshold_exceeded key_conflict
         base_url_conflict client_base_url foreign_key_sent key_in_other_variable key_not_exported
         file_oddity variable_misnamed proxy_in_use proxy_ambiguous ca_file_missing tls_inspected
         tls_not_strict clock_skew balance_empty success_rate_low catalogue_unavailable
         account_unavailable model_not_listed model_substituted trace_missing recovered stream_buffered
         streams_left_out stream_remark 300 301 302 303 307 308 400 401 402 404 407 429 500 502 503'
    ) -split '\s+'

    $options = @()
    $offered = @()
    switch ($command) {
        'doctor' {
            $options = @(
                @('--base-url', 'Else CROSSMODEL_API_URL, else the public gateway'),
                @('--api-key-file', 'A file, - for stdin; else CROSSMODEL_API_KEY'),
                @('--env-file', 'A .env file for what the environment lacks'),
                @('--sandbox', 'Ask a local gateway instead: healthy, slow, ...'),
                @('--timeout', 'Deadline of the whole command'),
                @('--no-spend', 'Ask only what is free; predict the rest'),
                @('--model', 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'),
                @('-m', 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'),
                @('--protocol', 'chat, responses, messages; all, or repeat it'),
                @('-p', 'chat, responses, messages; all, or repeat it'),
                @('--format', 'human, json, junit, markdown'),
                @('-f', 'human, json, junit, markdown'),
                @('--report', 'Also to a .json, .xml or .md file; repeatable'),
                @('--strict', 'A warning fails too'),
                @('--quiet', 'Say only what matters most'),
                @('-q', 'Say only what matters most'),
                @('--verbose', 'Show every exchange'),
                @('-v', 'Show every exchange'),
                @('--no-color', 'No colours; NO_COLOR does the same'),
                @('--ascii', 'Plain ASCII output'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--base-url' { $offered = @(); $options = @() }
                '--api-key-file' { $offered = @(); $options = @() }
                '--env-file' { $offered = @(); $options = @() }
                '--sandbox' { $offered = $scenarios; $options = @() }
                '--timeout' { $offered = @(); $options = @() }
                '--model' { $offered = @(Get-Model); $options = @() }
                '-m' { $offered = @(Get-Model); $options = @() }
                '--protocol' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '-p' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '--format' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '-f' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '--report' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = @(Get-Model) } }
            }
        }
        'models' {
            $options = @(
                @('--check', 'Say whether an ID exists; else the nearest'),
                @('--long', 'Show owner and date'),
                @('-l', 'Show owner and date'),
                @('--base-url', 'Else CROSSMODEL_API_URL, else the public gateway'),
                @('--api-key-file', 'A file, - for stdin; else CROSSMODEL_API_KEY'),
                @('--env-file', 'A .env file for what the environment lacks'),
                @('--sandbox', 'Ask a local gateway instead: healthy, slow, ...'),
                @('--timeout', 'Deadline of the whole command'),
                @('--no-spend', 'Ask only what is free; predict the rest'),
                @('--format', 'human, json, junit, markdown'),
                @('-f', 'human, json, junit, markdown'),
                @('--report', 'Also to a .json, .xml or .md file; repeatable'),
                @('--strict', 'A warning fails too'),
                @('--quiet', 'Say only what matters most'),
                @('-q', 'Say only what matters most'),
                @('--verbose', 'Show every exchange'),
                @('-v', 'Show every exchange'),
                @('--no-color', 'No colours; NO_COLOR does the same'),
                @('--ascii', 'Plain ASCII output'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--check' { $offered = @(Get-Model); $options = @() }
                '--base-url' { $offered = @(); $options = @() }
                '--api-key-file' { $offered = @(); $options = @() }
                '--env-file' { $offered = @(); $options = @() }
                '--sandbox' { $offered = $scenarios; $options = @() }
                '--timeout' { $offered = @(); $options = @() }
                '--format' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '-f' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '--report' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = @(Get-Model) } }
            }
        }
        'stream-test' {
            $options = @(
                @('--base-url', 'Else CROSSMODEL_API_URL, else the public gateway'),
                @('--api-key-file', 'A file, - for stdin; else CROSSMODEL_API_KEY'),
                @('--env-file', 'A .env file for what the environment lacks'),
                @('--sandbox', 'Ask a local gateway instead: healthy, slow, ...'),
                @('--timeout', 'Deadline of the whole command'),
                @('--no-spend', 'Ask only what is free; predict the rest'),
                @('--model', 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'),
                @('-m', 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'),
                @('--protocol', 'chat, responses, messages; all, or repeat it'),
                @('-p', 'chat, responses, messages; all, or repeat it'),
                @('--repeat', 'Streams in each protocol'),
                @('--concurrency', 'Streams open at once'),
                @('--retries', 'Fresh attempts after what may pass'),
                @('--prompt', 'What to ask; to count, unless named'),
                @('--max-tokens', 'Cap of the output, in tokens'),
                @('--idle-timeout', 'Longest silence of the model'),
                @('--expect', 'What the text has to match somewhere'),
                @('--max-ttft', 'Latest first text'),
                @('--max-gap', 'Longest pause between deltas'),
                @('--max-duration', 'Longest whole stream'),
                @('--min-tokens-per-second', 'Lowest rate'),
                @('--record', 'Keep the raw bytes with their times'),
                @('--replay', 'Judge a recording, or a capture of curl -i'),
                @('--format', 'human, json, junit, markdown'),
                @('-f', 'human, json, junit, markdown'),
                @('--report', 'Also to a .json, .xml or .md file; repeatable'),
                @('--strict', 'A warning fails too'),
                @('--quiet', 'Say only what matters most'),
                @('-q', 'Say only what matters most'),
                @('--verbose', 'Show every exchange'),
                @('-v', 'Show every exchange'),
                @('--no-color', 'No colours; NO_COLOR does the same'),
                @('--ascii', 'Plain ASCII output'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--base-url' { $offered = @(); $options = @() }
                '--api-key-file' { $offered = @(); $options = @() }
                '--env-file' { $offered = @(); $options = @() }
                '--sandbox' { $offered = $scenarios; $options = @() }
                '--timeout' { $offered = @(); $options = @() }
                '--model' { $offered = @(Get-Model); $options = @() }
                '-m' { $offered = @(Get-Model); $options = @() }
                '--protocol' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '-p' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '--repeat' { $offered = @(); $options = @() }
                '--concurrency' { $offered = @(); $options = @() }
                '--retries' { $offered = @(); $options = @() }
                '--prompt' { $offered = @(); $options = @() }
                '--max-tokens' { $offered = @(); $options = @() }
                '--idle-timeout' { $offered = @(); $options = @() }
                '--expect' { $offered = @(); $options = @() }
                '--max-ttft' { $offered = @(); $options = @() }
                '--max-gap' { $offered = @(); $options = @() }
                '--max-duration' { $offered = @(); $options = @() }
                '--min-tokens-per-second' { $offered = @(); $options = @() }
                '--record' { $offered = @(); $options = @() }
                '--replay' { $offered = @(); $options = @() }
                '--format' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '-f' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '--report' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = @(Get-Model) } }
            }
        }
        'request' {
            $options = @(
                @('--stream', 'Ask for a stream'),
                @('--prompt', 'What to ask'),
                @('--max-tokens', 'Cap of the output, in tokens'),
                @('--base-url', 'Else CROSSMODEL_API_URL, else the public gateway'),
                @('--api-key-file', 'A file, - for stdin; else CROSSMODEL_API_KEY'),
                @('--env-file', 'A .env file for what the environment lacks'),
                @('--sandbox', 'Ask a local gateway instead: healthy, slow, ...'),
                @('--timeout', 'Deadline of the whole command'),
                @('--no-spend', 'Ask only what is free; predict the rest'),
                @('--model', 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'),
                @('-m', 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'),
                @('--protocol', 'chat, responses, messages; all, or repeat it'),
                @('-p', 'chat, responses, messages; all, or repeat it'),
                @('--format', 'human, json, junit, markdown'),
                @('-f', 'human, json, junit, markdown'),
                @('--report', 'Also to a .json, .xml or .md file; repeatable'),
                @('--strict', 'A warning fails too'),
                @('--quiet', 'Say only what matters most'),
                @('-q', 'Say only what matters most'),
                @('--verbose', 'Show every exchange'),
                @('-v', 'Show every exchange'),
                @('--no-color', 'No colours; NO_COLOR does the same'),
                @('--ascii', 'Plain ASCII output'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--prompt' { $offered = @(); $options = @() }
                '--max-tokens' { $offered = @(); $options = @() }
                '--base-url' { $offered = @(); $options = @() }
                '--api-key-file' { $offered = @(); $options = @() }
                '--env-file' { $offered = @(); $options = @() }
                '--sandbox' { $offered = $scenarios; $options = @() }
                '--timeout' { $offered = @(); $options = @() }
                '--model' { $offered = @(Get-Model); $options = @() }
                '-m' { $offered = @(Get-Model); $options = @() }
                '--protocol' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '-p' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '--format' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '-f' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '--report' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = @(Get-Model) } }
            }
        }
        'explain' {
            $options = @(
                @('--status', 'The HTTP status of the answer'),
                @('--protocol', 'chat, responses, messages'),
                @('-p', 'chat, responses, messages'),
                @('--model', 'The model that was asked for'),
                @('-m', 'The model that was asked for'),
                @('--format', 'human, json, junit, markdown'),
                @('-f', 'human, json, junit, markdown'),
                @('--report', 'Also to a .json, .xml or .md file; repeatable'),
                @('--strict', 'A warning fails too'),
                @('--quiet', 'Say only what matters most'),
                @('-q', 'Say only what matters most'),
                @('--verbose', 'Show every exchange'),
                @('-v', 'Show every exchange'),
                @('--no-color', 'No colours; NO_COLOR does the same'),
                @('--ascii', 'Plain ASCII output'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--status' { $offered = @(); $options = @() }
                '--protocol' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '-p' { $offered = @('chat', 'responses', 'messages'); $options = @() }
                '--model' { $offered = @(Get-Model); $options = @() }
                '-m' { $offered = @(Get-Model); $options = @() }
                '--format' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '-f' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '--report' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = @() } }
            }
        }
        'errors' {
            $options = @(
                @('--format', 'human, json, junit, markdown'),
                @('-f', 'human, json, junit, markdown'),
                @('--report', 'Also to a .json, .xml or .md file; repeatable'),
                @('--strict', 'A warning fails too'),
                @('--quiet', 'Say only what matters most'),
                @('-q', 'Say only what matters most'),
                @('--verbose', 'Show every exchange'),
                @('-v', 'Show every exchange'),
                @('--no-color', 'No colours; NO_COLOR does the same'),
                @('--ascii', 'Plain ASCII output'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--format' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '-f' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '--report' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = $errors } }
            }
        }
        'balance' {
            $options = @(
                @('--base-url', 'Else CROSSMODEL_API_URL, else the public gateway'),
                @('--api-key-file', 'A file, - for stdin; else CROSSMODEL_API_KEY'),
                @('--env-file', 'A .env file for what the environment lacks'),
                @('--sandbox', 'Ask a local gateway instead: healthy, slow, ...'),
                @('--timeout', 'Deadline of the whole command'),
                @('--no-spend', 'Ask only what is free; predict the rest'),
                @('--format', 'human, json, junit, markdown'),
                @('-f', 'human, json, junit, markdown'),
                @('--report', 'Also to a .json, .xml or .md file; repeatable'),
                @('--strict', 'A warning fails too'),
                @('--quiet', 'Say only what matters most'),
                @('-q', 'Say only what matters most'),
                @('--verbose', 'Show every exchange'),
                @('-v', 'Show every exchange'),
                @('--no-color', 'No colours; NO_COLOR does the same'),
                @('--ascii', 'Plain ASCII output'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--base-url' { $offered = @(); $options = @() }
                '--api-key-file' { $offered = @(); $options = @() }
                '--env-file' { $offered = @(); $options = @() }
                '--sandbox' { $offered = $scenarios; $options = @() }
                '--timeout' { $offered = @(); $options = @() }
                '--format' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '-f' { $offered = @('human', 'json', 'junit', 'markdown'); $options = @() }
                '--report' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = $null } }
            }
        }
        'sandbox' {
            $options = @(
                @('--list', 'Print the scenarios and end'),
                @('--scenario', 'Whose key to print'),
                @('--host', 'Where to listen'),
                @('--port', '0 takes a free one'),
                @('--delay', 'Wait before every answer'),
                @('--first-token', 'Wait before a stream''s'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                '--scenario' { $offered = $scenarios; $options = @() }
                '--host' { $offered = @(); $options = @() }
                '--port' { $offered = @(); $options = @() }
                '--delay' { $offered = @(); $options = @() }
                '--first-token' { $offered = @(); $options = @() }
                default { if (-not $before) { $offered = $null } }
            }
        }
        'completion' {
            $options = @(
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            switch -CaseSensitive ($previous) {
                default { if (-not $before) { $offered = @('bash', 'zsh', 'fish', 'powershell') } }
            }
        }
        '' {
            $options = @(
                @('--version', 'Show the version'),
                @('--help', 'Show this message and exit'),
                @('-h', 'Show this message and exit')
            )
            $offered = @(
                @('doctor', 'Walk every check and print one diagnosis'),
                @('models', 'List the model IDs, one a line, sorted'),
                @('stream-test', 'Judge and measure real streams, fit for a pipeline'),
                @('request', 'Send one test request and show everything'),
                @('explain', 'Explain an error that is pasted, without any request'),
                @('errors', 'Print the error table, or one row of it in full'),
                @('balance', 'Show the wallet and the spend, in money'),
                @('sandbox', 'Serve a local gateway with a scenario for every failure'),
                @('completion', 'Print the completion script for a shell')
            )
        }
    }

    if (-not $before -and ($word -like '-*' -or $null -eq $offered)) { $offered = $options }
    $start = [System.Management.Automation.WildcardPattern]::Escape($word)
    $offered | Where-Object { "$(@($_)[0])" -like "$start*" } | ForEach-Object {
        $text, $help = @($_)
        if (-not $help) { $help = $text }
        [System.Management.Automation.CompletionResult]::new(
            "$before$text", $text, 'ParameterValue', $help)
    }
}
