# Completion of cmtool for fish.  Written by: cmtool completion fish
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

set -g __cmtool_scenarios \
    healthy missing-api-key invalid-api-key api-key-inactive user-inactive insufficient-balance \
    no-wallet model-not-found rate-limit-exceeded provider-error model-unavailable internal-error \
    db-error invalid-json invalid-messages unsupported-parameter unsupported-responses-feature flaky \
    flaky-auth flaky-drop retry-after rate-limit-tokens wallet-runs-dry wallet-reserved \
    empty-wallet-works alias model-substituted no-trace clock-skew one-protocol usage-broken \
    models-broken lying-status error-200 undocumented anthropic-overloaded echo-key malformed \
    empty-200 html-502 cloudflare-522 aws-504 varnish-503 proxy-403 proxy-407 captive-portal website \
    redirect drop reset no-answer slow buffered not-sse truncated disconnected stalled \
    keepalive-stalled stream-empty stream-malformed stream-error response-failed stream-error-nested \
    stream-error-unnamed stream-error-text error-as-stream html-as-stream stream-no-events \
    stream-after-end stream-unopened stream-unfinished sequence-gap only-pings endless \
    stream-provider-error stream-model-unavailable stream-rate-limit-exceeded stream-internal-error \
    stream-insufficient-balance odd-crlf odd-cr odd-bom odd-bytes odd-separators odd-comments \
    odd-content-type odd-blocks odd-data-lines reasoning tool-call

set -g __cmtool_errors \
    key_missing key_placeholder key_malformed key_wrong_vendor key_wrong_prefix base_url_invalid \
    base_url_path base_url_host base_url_insecure missing_api_key invalid_api_key api_key_inactive \
    user_inactive authentication_error insufficient_balance no_wallet billing_error model_not_found \
    rate_limit_exceeded internal_error db_error provider_error model_unavailable api_error \
    invalid_json invalid_messages unsupported_parameter unsupported_responses_feature \
    invalid_request_error dns_failure connection_refused connection_timeout connection_reset \
    network_unreachable response_timeout tls_expired tls_untrusted tls_hostname_mismatch tls_failure \
    proxy_unusable proxy_auth_required redirected intermediary_error not_the_gateway \
    undocumented_error malformed_response stream_error stream_truncated stream_disconnected \
    stream_stalled stream_not_sse stream_malformed stream_empty threshold_exceeded key_conflict \
    base_url_conflict client_base_url foreign_key_sent key_in_other_variable key_not_exported \
    file_oddity variable_misnamed proxy_in_use proxy_ambiguous ca_file_missing tls_inspected \
    tls_not_strict clock_skew balance_empty success_rate_low catalogue_unavailable \
    account_unavailable model_not_listed model_substituted trace_missing recovered stream_buffered \
    streams_left_out stream_remark 300 301 302 303 307 308 400 401 402 404 407 429 500 502 503

complete -c cmtool -f
complete -c cmtool -n __cmtool_in -l version -d 'Show the version'
complete -c cmtool -n __cmtool_in -l help -s h -d 'Show this message and exit'
complete -c cmtool -n __cmtool_in -a doctor -d 'Walk every check and print one diagnosis'
complete -c cmtool -n __cmtool_in -a models -d 'List the model IDs, one a line, sorted'
complete -c cmtool -n __cmtool_in -a stream-test -d 'Judge and measure real streams, fit for a pipeline'
complete -c cmtool -n __cmtool_in -a request -d 'Send one test request and show everything'
complete -c cmtool -n __cmtool_in -a explain -d 'Explain an error that is pasted, without any request'
complete -c cmtool -n __cmtool_in -a errors -d 'Print the error table, or one row of it in full'
complete -c cmtool -n __cmtool_in -a balance -d 'Show the wallet and the spend, in money'
complete -c cmtool -n __cmtool_in -a sandbox -d 'Serve a local gateway with a scenario for every failure'
complete -c cmtool -n __cmtool_in -a completion -d 'Print the completion script for a shell'

complete -c cmtool -n '__cmtool_in doctor' -l base-url -x -d 'Else CROSSMODEL_API_URL, else the public gateway'
complete -c cmtool -n '__cmtool_in doctor' -l api-key-file -r -F -d 'A file, - for stdin; else CROSSMODEL_API_KEY'
complete -c cmtool -n '__cmtool_in doctor' -l env-file -r -F -d 'A .env file for what the environment lacks'
complete -c cmtool -n '__cmtool_in doctor' -l sandbox -x -a '$__cmtool_scenarios' -d 'Ask a local gateway instead: healthy, slow, ...'
complete -c cmtool -n '__cmtool_in doctor' -l timeout -x -d 'Deadline of the whole command'
complete -c cmtool -n '__cmtool_in doctor' -l no-spend -d 'Ask only what is free; predict the rest'
complete -c cmtool -n '__cmtool_in doctor' -l model -s m -x -a '(__cmtool_models)' -d 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'
complete -c cmtool -n '__cmtool_in doctor' -l protocol -s p -x -a 'chat responses messages' -d 'chat, responses, messages; all, or repeat it'
complete -c cmtool -n '__cmtool_in doctor' -l format -s f -x -a 'human json junit markdown' -d 'human, json, junit, markdown'
complete -c cmtool -n '__cmtool_in doctor' -l report -r -F -d 'Also to a .json, .xml or .md file; repeatable'
complete -c cmtool -n '__cmtool_in doctor' -l strict -d 'A warning fails too'
complete -c cmtool -n '__cmtool_in doctor' -l quiet -s q -d 'Say only what matters most'
complete -c cmtool -n '__cmtool_in doctor' -l verbose -s v -d 'Show every exchange'
complete -c cmtool -n '__cmtool_in doctor' -l no-color -d 'No colours; NO_COLOR does the same'
complete -c cmtool -n '__cmtool_in doctor' -l ascii -d 'Plain ASCII output'
complete -c cmtool -n '__cmtool_in doctor' -l help -s h -d 'Show this message and exit'
complete -c cmtool -n '__cmtool_wants doctor --base-url --api-key-file --env-file --sandbox --timeout --model -m --protocol -p --format -f --report' -a '(__cmtool_models)'

complete -c cmtool -n '__cmtool_in models' -l check -x -a '(__cmtool_models)' -d 'Say whether an ID exists; else the nearest'
complete -c cmtool -n '__cmtool_in models' -l long -s l -d 'Show owner and date'
complete -c cmtool -n '__cmtool_in models' -l base-url -x -d 'Else CROSSMODEL_API_URL, else the public gateway'
complete -c cmtool -n '__cmtool_in models' -l api-key-file -r -F -d 'A file, - for stdin; else CROSSMODEL_API_KEY'
complete -c cmtool -n '__cmtool_in models' -l env-file -r -F -d 'A .env file for what the environment lacks'
complete -c cmtool -n '__cmtool_in models' -l sandbox -x -a '$__cmtool_scenarios' -d 'Ask a local gateway instead: healthy, slow, ...'
complete -c cmtool -n '__cmtool_in models' -l timeout -x -d 'Deadline of the whole command'
complete -c cmtool -n '__cmtool_in models' -l no-spend -d 'Ask only what is free; predict the rest'
complete -c cmtool -n '__cmtool_in models' -l format -s f -x -a 'human json junit markdown' -d 'human, json, junit, markdown'
complete -c cmtool -n '__cmtool_in models' -l report -r -F -d 'Also to a .json, .xml or .md file; repeatable'
complete -c cmtool -n '__cmtool_in models' -l strict -d 'A warning fails too'
complete -c cmtool -n '__cmtool_in models' -l quiet -s q -d 'Say only what matters most'
complete -c cmtool -n '__cmtool_in models' -l verbose -s v -d 'Show every exchange'
complete -c cmtool -n '__cmtool_in models' -l no-color -d 'No colours; NO_COLOR does the same'
complete -c cmtool -n '__cmtool_in models' -l ascii -d 'Plain ASCII output'
complete -c cmtool -n '__cmtool_in models' -l help -s h -d 'Show this message and exit'
complete -c cmtool -n '__cmtool_wants models --check --base-url --api-key-file --env-file --sandbox --timeout --format -f --report' -a '(__cmtool_models)'

complete -c cmtool -n '__cmtool_in stream-test' -l base-url -x -d 'Else CROSSMODEL_API_URL, else the public gateway'
complete -c cmtool -n '__cmtool_in stream-test' -l api-key-file -r -F -d 'A file, - for stdin; else CROSSMODEL_API_KEY'
complete -c cmtool -n '__cmtool_in stream-test' -l env-file -r -F -d 'A .env file for what the environment lacks'
complete -c cmtool -n '__cmtool_in stream-test' -l sandbox -x -a '$__cmtool_scenarios' -d 'Ask a local gateway instead: healthy, slow, ...'
complete -c cmtool -n '__cmtool_in stream-test' -l timeout -x -d 'Deadline of the whole command'
complete -c cmtool -n '__cmtool_in stream-test' -l no-spend -d 'Ask only what is free; predict the rest'
complete -c cmtool -n '__cmtool_in stream-test' -l model -s m -x -a '(__cmtool_models)' -d 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'
complete -c cmtool -n '__cmtool_in stream-test' -l protocol -s p -x -a 'chat responses messages' -d 'chat, responses, messages; all, or repeat it'
complete -c cmtool -n '__cmtool_in stream-test' -l repeat -x -d 'Streams in each protocol'
complete -c cmtool -n '__cmtool_in stream-test' -l concurrency -x -d 'Streams open at once'
complete -c cmtool -n '__cmtool_in stream-test' -l retries -x -d 'Fresh attempts after what may pass'
complete -c cmtool -n '__cmtool_in stream-test' -l prompt -x -d 'What to ask; to count, unless named'
complete -c cmtool -n '__cmtool_in stream-test' -l max-tokens -x -d 'Cap of the output, in tokens'
complete -c cmtool -n '__cmtool_in stream-test' -l idle-timeout -x -d 'Longest silence of the model'
complete -c cmtool -n '__cmtool_in stream-test' -l expect -x -d 'What the text has to match somewhere'
complete -c cmtool -n '__cmtool_in stream-test' -l max-ttft -x -d 'Latest first text'
complete -c cmtool -n '__cmtool_in stream-test' -l max-gap -x -d 'Longest pause between deltas'
complete -c cmtool -n '__cmtool_in stream-test' -l max-duration -x -d 'Longest whole stream'
complete -c cmtool -n '__cmtool_in stream-test' -l min-tokens-per-second -x -d 'Lowest rate'
complete -c cmtool -n '__cmtool_in stream-test' -l record -r -F -d 'Keep the raw bytes with their times'
complete -c cmtool -n '__cmtool_in stream-test' -l replay -r -F -d 'Judge a recording, or a capture of curl -i'
complete -c cmtool -n '__cmtool_in stream-test' -l format -s f -x -a 'human json junit markdown' -d 'human, json, junit, markdown'
complete -c cmtool -n '__cmtool_in stream-test' -l report -r -F -d 'Also to a .json, .xml or .md file; repeatable'
complete -c cmtool -n '__cmtool_in stream-test' -l strict -d 'A warning fails too'
complete -c cmtool -n '__cmtool_in stream-test' -l quiet -s q -d 'Say only what matters most'
complete -c cmtool -n '__cmtool_in stream-test' -l verbose -s v -d 'Show every exchange'
complete -c cmtool -n '__cmtool_in stream-test' -l no-color -d 'No colours; NO_COLOR does the same'
complete -c cmtool -n '__cmtool_in stream-test' -l ascii -d 'Plain ASCII output'
complete -c cmtool -n '__cmtool_in stream-test' -l help -s h -d 'Show this message and exit'
complete -c cmtool -n '__cmtool_wants stream-test --base-url --api-key-file --env-file --sandbox --timeout --model -m --protocol -p --repeat --concurrency --retries --prompt --max-tokens --idle-timeout --expect --max-ttft --max-gap --max-duration --min-tokens-per-second --record --replay --format -f --report' -a '(__cmtool_models)'

complete -c cmtool -n '__cmtool_in request' -l stream -d 'Ask for a stream'
complete -c cmtool -n '__cmtool_in request' -l prompt -x -d 'What to ask'
complete -c cmtool -n '__cmtool_in request' -l max-tokens -x -d 'Cap of the output, in tokens'
complete -c cmtool -n '__cmtool_in request' -l base-url -x -d 'Else CROSSMODEL_API_URL, else the public gateway'
complete -c cmtool -n '__cmtool_in request' -l api-key-file -r -F -d 'A file, - for stdin; else CROSSMODEL_API_KEY'
complete -c cmtool -n '__cmtool_in request' -l env-file -r -F -d 'A .env file for what the environment lacks'
complete -c cmtool -n '__cmtool_in request' -l sandbox -x -a '$__cmtool_scenarios' -d 'Ask a local gateway instead: healthy, slow, ...'
complete -c cmtool -n '__cmtool_in request' -l timeout -x -d 'Deadline of the whole command'
complete -c cmtool -n '__cmtool_in request' -l no-spend -d 'Ask only what is free; predict the rest'
complete -c cmtool -n '__cmtool_in request' -l model -s m -x -a '(__cmtool_models)' -d 'Or MODEL; else CROSSMODEL_MODEL, or a cheap one'
complete -c cmtool -n '__cmtool_in request' -l protocol -s p -x -a 'chat responses messages' -d 'chat, responses, messages; all, or repeat it'
complete -c cmtool -n '__cmtool_in request' -l format -s f -x -a 'human json junit markdown' -d 'human, json, junit, markdown'
complete -c cmtool -n '__cmtool_in request' -l report -r -F -d 'Also to a .json, .xml or .md file; repeatable'
complete -c cmtool -n '__cmtool_in request' -l strict -d 'A warning fails too'
complete -c cmtool -n '__cmtool_in request' -l quiet -s q -d 'Say only what matters most'
complete -c cmtool -n '__cmtool_in request' -l verbose -s v -d 'Show every exchange'
complete -c cmtool -n '__cmtool_in request' -l no-color -d 'No colours; NO_COLOR does the same'
complete -c cmtool -n '__cmtool_in request' -l ascii -d 'Plain ASCII output'
complete -c cmtool -n '__cmtool_in request' -l help -s h -d 'Show this message and exit'
complete -c cmtool -n '__cmtool_wants request --prompt --max-tokens --base-url --api-key-file --env-file --sandbox --timeout --model -m --protocol -p --format -f --report' -a '(__cmtool_models)'

complete -c cmtool -n '__cmtool_in explain' -l status -x -d 'The HTTP status of the answer'
complete -c cmtool -n '__cmtool_in explain' -l protocol -s p -x -a 'chat responses messages' -d 'chat, responses, messages'
complete -c cmtool -n '__cmtool_in explain' -l model -s m -x -a '(__cmtool_models)' -d 'The model that was asked for'
complete -c cmtool -n '__cmtool_in explain' -l format -s f -x -a 'human json junit markdown' -d 'human, json, junit, markdown'
complete -c cmtool -n '__cmtool_in explain' -l report -r -F -d 'Also to a .json, .xml or .md file; repeatable'
complete -c cmtool -n '__cmtool_in explain' -l strict -d 'A warning fails too'
complete -c cmtool -n '__cmtool_in explain' -l quiet -s q -d 'Say only what matters most'
complete -c cmtool -n '__cmtool_in explain' -l verbose -s v -d 'Show every exchange'
complete -c cmtool -n '__cmtool_in explain' -l no-color -d 'No colours; NO_COLOR does the same'
complete -c cmtool -n '__cmtool_in explain' -l ascii -d 'Plain ASCII output'
complete -c cmtool -n '__cmtool_in explain' -l help -s h -d 'Show this message and exit'
complete -c cmtool -n '__cmtool_wants explain --status --protocol -p --model -m --format -f --report' -F

complete -c cmtool -n '__cmtool_in errors' -l format -s f -x -a 'human json junit markdown' -d 'human, json, junit, markdown'
complete -c cmtool -n '__cmtool_in errors' -l report -r -F -d 'Also to a .json, .xml or .md file; repeatable'
complete -c cmtool -n '__cmtool_in errors' -l strict -d 'A warning fails too'
complete -c cmtool -n '__cmtool_in errors' -l quiet -s q -d 'Say only what matters most'
complete -c cmtool -n '__cmtool_in errors' -l verbose -s v -d 'Show every exchange'
complete -c cmtool -n '__cmtool_in errors' -l no-color -d 'No colours; NO_COLOR does the same'
complete -c cmtool -n '__cmtool_in errors' -l ascii -d 'Plain ASCII output'
complete -c cmtool -n '__cmtool_in errors' -l help -s h -d 'Show this message and exit'
complete -c cmtool -n '__cmtool_wants errors --format -f --report' -a '$__cmtool_errors'

complete -c cmtool -n '__cmtool_in balance' -l base-url -x -d 'Else CROSSMODEL_API_URL, else the public gateway'
complete -c cmtool -n '__cmtool_in balance' -l api-key-file -r -F -d 'A file, - for stdin; else CROSSMODEL_API_KEY'
complete -c cmtool -n '__cmtool_in balance' -l env-file -r -F -d 'A .env file for what the environment lacks'
complete -c cmtool -n '__cmtool_in balance' -l sandbox -x -a '$__cmtool_scenarios' -d 'Ask a local gateway instead: healthy, slow, ...'
complete -c cmtool -n '__cmtool_in balance' -l timeout -x -d 'Deadline of the whole command'
complete -c cmtool -n '__cmtool_in balance' -l no-spend -d 'Ask only what is free; predict the rest'
complete -c cmtool -n '__cmtool_in balance' -l format -s f -x -a 'human json junit markdown' -d 'human, json, junit, markdown'
complete -c cmtool -n '__cmtool_in balance' -l report -r -F -d 'Also to a .json, .xml or .md file; repeatable'
complete -c cmtool -n '__cmtool_in balance' -l strict -d 'A warning fails too'
complete -c cmtool -n '__cmtool_in balance' -l quiet -s q -d 'Say only what matters most'
complete -c cmtool -n '__cmtool_in balance' -l verbose -s v -d 'Show every exchange'
complete -c cmtool -n '__cmtool_in balance' -l no-color -d 'No colours; NO_COLOR does the same'
complete -c cmtool -n '__cmtool_in balance' -l ascii -d 'Plain ASCII output'
complete -c cmtool -n '__cmtool_in balance' -l help -s h -d 'Show this message and exit'

complete -c cmtool -n '__cmtool_in sandbox' -l list -d 'Print the scenarios and end'
complete -c cmtool -n '__cmtool_in sandbox' -l scenario -x -a '$__cmtool_scenarios' -d 'Whose key to print'
complete -c cmtool -n '__cmtool_in sandbox' -l host -x -d 'Where to listen'
complete -c cmtool -n '__cmtool_in sandbox' -l port -x -d '0 takes a free one'
complete -c cmtool -n '__cmtool_in sandbox' -l delay -x -d 'Wait before every answer'
complete -c cmtool -n '__cmtool_in sandbox' -l first-token -x -d 'Wait before a stream\'s'
complete -c cmtool -n '__cmtool_in sandbox' -l help -s h -d 'Show this message and exit'

complete -c cmtool -n '__cmtool_in completion' -l help -s h -d 'Show this message and exit'
complete -c cmtool -n '__cmtool_wants completion' -a 'bash zsh fish powershell'
