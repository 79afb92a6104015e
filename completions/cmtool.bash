# Completion of cmtool for bash, from 3.2 on.  Written by: cmtool completion bash
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

_cmtool_scenarios() {
    _cmtool_words \
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
        base_url_conflict client_base_url foreign_key_sent key_in_other_variable key_not_exported \
        file_oddity variable_misnamed proxy_in_use proxy_ambiguous ca_file_missing tls_inspected \
        tls_not_strict clock_skew balance_empty success_rate_low catalogue_unavailable \
        account_unavailable model_not_listed model_substituted trace_missing recovered stream_buffered \
        streams_left_out stream_remark 300 301 302 303 307 308 400 401 402 404 407 429 500 502 503
}

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
    case $command in
        '')
            if [[ $cur == -* ]]; then
                _cmtool_words --version --help -h
            else
                _cmtool_words doctor models stream-test request explain errors balance sandbox completion
            fi
            ;;
        doctor)
            _cmtool_read \
                --base-url= --api-key-file= --env-file= --sandbox= --timeout= --no-spend --model,-m= \
                '--protocol,-p=*' --format,-f= '--report=*' --strict --quiet,-q --verbose,-v --no-color --ascii \
                --help,-h
            case $expects in
                --api-key-file) _cmtool_files ;;
                --env-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --model | -m) _cmtool_models ;;
                --protocol | -p) _cmtool_words chat responses messages ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                '')
                    if [[ -n $taken || $cur == -* ]]; then
                        _cmtool_words $options
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        models)
            _cmtool_read \
                --check= --long,-l --base-url= --api-key-file= --env-file= --sandbox= --timeout= --no-spend \
                --format,-f= '--report=*' --strict --quiet,-q --verbose,-v --no-color --ascii --help,-h
            case $expects in
                --check) _cmtool_models ;;
                --api-key-file) _cmtool_files ;;
                --env-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                '')
                    if [[ -n $taken || $cur == -* ]]; then
                        _cmtool_words $options
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        stream-test)
            _cmtool_read \
                --base-url= --api-key-file= --env-file= --sandbox= --timeout= --no-spend --model,-m= \
                '--protocol,-p=*' --repeat= --concurrency= --retries= --prompt= --max-tokens= --idle-timeout= \
                --expect= --max-ttft= --max-gap= --max-duration= --min-tokens-per-second= --record= --replay= \
                --format,-f= '--report=*' --strict --quiet,-q --verbose,-v --no-color --ascii --help,-h
            case $expects in
                --api-key-file) _cmtool_files ;;
                --env-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --model | -m) _cmtool_models ;;
                --protocol | -p) _cmtool_words chat responses messages ;;
                --record) _cmtool_files ;;
                --replay) _cmtool_files ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                '')
                    if [[ -n $taken || $cur == -* ]]; then
                        _cmtool_words $options
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        request)
            _cmtool_read \
                --stream --prompt= --max-tokens= --base-url= --api-key-file= --env-file= --sandbox= --timeout= \
                --no-spend --model,-m= '--protocol,-p=*' --format,-f= '--report=*' --strict --quiet,-q \
                --verbose,-v --no-color --ascii --help,-h
            case $expects in
                --api-key-file) _cmtool_files ;;
                --env-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --model | -m) _cmtool_models ;;
                --protocol | -p) _cmtool_words chat responses messages ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                '')
                    if [[ -n $taken || $cur == -* ]]; then
                        _cmtool_words $options
                    else
                        _cmtool_models
                    fi
                    ;;
            esac
            ;;
        explain)
            _cmtool_read \
                --status= --protocol,-p= --model,-m= --format,-f= '--report=*' --strict --quiet,-q --verbose,-v \
                --no-color --ascii --help,-h
            case $expects in
                --protocol | -p) _cmtool_words chat responses messages ;;
                --model | -m) _cmtool_models ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                '')
                    if [[ -n $taken || $cur == -* ]]; then
                        _cmtool_words $options
                    else
                        _cmtool_files
                    fi
                    ;;
            esac
            ;;
        errors)
            _cmtool_read \
                --format,-f= '--report=*' --strict --quiet,-q --verbose,-v --no-color --ascii --help,-h
            case $expects in
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                '')
                    if [[ -n $taken || $cur == -* ]]; then
                        _cmtool_words $options
                    else
                        _cmtool_errors
                    fi
                    ;;
            esac
            ;;
        balance)
            _cmtool_read \
                --base-url= --api-key-file= --env-file= --sandbox= --timeout= --no-spend --format,-f= \
                '--report=*' --strict --quiet,-q --verbose,-v --no-color --ascii --help,-h
            case $expects in
                --api-key-file) _cmtool_files ;;
                --env-file) _cmtool_files ;;
                --sandbox) _cmtool_scenarios ;;
                --format | -f) _cmtool_words human json junit markdown ;;
                --report) _cmtool_files ;;
                '')
                    _cmtool_words $options
                    ;;
            esac
            ;;
        sandbox)
            _cmtool_read \
                --list --scenario= --host= --port= --delay= --first-token= --help,-h
            case $expects in
                --scenario) _cmtool_scenarios ;;
                '')
                    _cmtool_words $options
                    ;;
            esac
            ;;
        completion)
            _cmtool_read \
                --help,-h
            case $expects in
                '')
                    if [[ -n $taken || $cur == -* ]]; then
                        _cmtool_words $options
                    else
                        _cmtool_words bash zsh fish powershell
                    fi
                    ;;
            esac
            ;;
    esac

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
