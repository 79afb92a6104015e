# Completion of cmtool for bash.  Written by: cmtool completion bash
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

_cmtool_scenarios() {
    _cmtool_words \
        healthy missing-api-key invalid-api-key api-key-inactive user-inactive insufficient-balance \
        no-wallet model-not-found rate-limit-exceeded provider-error model-unavailable internal-error \
        db-error invalid-json invalid-messages unsupported-parameter unsupported-responses-feature flaky \
        flaky-auth flaky-drop retry-after rate-limit-tokens wallet-runs-dry empty-wallet-works alias \
        model-substituted no-trace clock-skew one-protocol usage-broken models-broken lying-status \
        error-200 undocumented anthropic-overloaded echo-key malformed empty-200 html-502 cloudflare-522 \
        aws-504 varnish-503 proxy-403 proxy-407 captive-portal website redirect drop reset no-answer \
        slow buffered not-sse truncated disconnected stalled keepalive-stalled stream-empty \
        stream-malformed stream-error response-failed stream-error-nested stream-error-unnamed \
        stream-error-text error-as-stream html-as-stream stream-no-events stream-after-end \
        stream-unopened stream-unfinished sequence-gap only-pings endless stream-provider-error \
        stream-model-unavailable stream-rate-limit-exceeded stream-internal-error \
        stream-insufficient-balance odd-crlf odd-cr odd-bom odd-bytes odd-separators odd-comments \
        odd-content-type odd-blocks odd-data-lines reasoning tool-call
}

_cmtool_errors() {
    _cmtool_words \
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
        base_url_conflict key_in_other_variable key_not_exported proxy_in_use ca_file_missing clock_skew \
        balance_empty success_rate_low catalogue_unavailable account_unavailable model_not_listed \
        model_substituted trace_missing recovered stream_buffered streams_left_out stream_remark 301 302 \
        303 307 308 400 401 402 404 407 429 500 502 503
}

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
    case $command in
        '')
            _cmtool_words doctor models stream-test request errors balance sandbox completion --version --help -h
            ;;
        doctor)
            case $prev in
                --base-url) : ;;
                --api-key-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --timeout) : ;;
                --model | -m) _cmtool_models ;;
                --protocol | -p) _cmtool_words chat responses messages ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                *)
                    if [[ $cur == -* ]]; then
                        _cmtool_words --no-spend --base-url --api-key-file --sandbox --timeout --model -m --protocol -p --format -f \
                            --report --strict --quiet -q --verbose -v --no-color --ascii --help -h
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        models)
            case $prev in
                --check) _cmtool_models ;;
                --base-url) : ;;
                --api-key-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --timeout) : ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                *)
                    if [[ $cur == -* ]]; then
                        _cmtool_words --check --long -l --base-url --api-key-file --sandbox --timeout --format -f --report --strict \
                            --quiet -q --verbose -v --no-color --ascii --help -h
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        stream-test)
            case $prev in
                --base-url) : ;;
                --api-key-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --timeout) : ;;
                --model | -m) _cmtool_models ;;
                --protocol | -p) _cmtool_words chat responses messages ;;
                --repeat) : ;;
                --concurrency) : ;;
                --retries) : ;;
                --prompt) : ;;
                --max-tokens) : ;;
                --idle-timeout) : ;;
                --expect) : ;;
                --max-ttft) : ;;
                --max-gap) : ;;
                --max-duration) : ;;
                --min-tokens-per-second) : ;;
                --record) _cmtool_files ;;
                --replay) _cmtool_files ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                *)
                    if [[ $cur == -* ]]; then
                        _cmtool_words --base-url --api-key-file --sandbox --timeout --model -m --protocol -p --repeat --concurrency \
                            --retries --prompt --max-tokens --idle-timeout --expect --max-ttft --max-gap --max-duration \
                            --min-tokens-per-second --record --replay --format -f --report --strict --quiet -q --verbose -v \
                            --no-color --ascii --help -h
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        request)
            case $prev in
                --prompt) : ;;
                --max-tokens) : ;;
                --base-url) : ;;
                --api-key-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --timeout) : ;;
                --model | -m) _cmtool_models ;;
                --protocol | -p) _cmtool_words chat responses messages ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                *)
                    if [[ $cur == -* ]]; then
                        _cmtool_words --stream --prompt --max-tokens --base-url --api-key-file --sandbox --timeout --model -m \
                            --protocol -p --format -f --report --strict --quiet -q --verbose -v --no-color --ascii --help -h
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        errors)
            case $prev in
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                *)
                    if [[ $cur == -* ]]; then
                        _cmtool_words --format -f --report --strict --quiet -q --verbose -v --no-color --ascii --help -h
                    else
                        _cmtool_errors
                    fi
                    ;;
            esac
            ;;
        balance)
            case $prev in
                --base-url) : ;;
                --api-key-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --timeout) : ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                *)
                    _cmtool_words --base-url --api-key-file --sandbox --timeout --format -f --report --strict --quiet -q --verbose \
                            -v --no-color --ascii --help -h
                    ;;
            esac
            ;;
        sandbox)
            case $prev in
                --scenario) _cmtool_scenarios ;;
                --host) : ;;
                --port) : ;;
                --delay) : ;;
                --first-token) : ;;
                *)
                    _cmtool_words --list --scenario --host --port --delay --first-token --help -h
                    ;;
            esac
            ;;
        completion)
            case $prev in
                *)
                    if [[ $cur == -* ]]; then
                        _cmtool_words --help -h
                    else
                        _cmtool_words bash zsh fish powershell
                    fi
                    ;;
            esac
            ;;
    esac

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
