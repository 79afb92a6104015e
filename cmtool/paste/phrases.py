"""What clients of many languages say when a call gets no answer, and the identifier behind it.

Literal pieces of text, lower-case, one a line; what tells more stands before what tells less, for
of one line the first row counts.  Three dots part two pieces that stand in one line.
"""

from __future__ import annotations

_ROWS = (
    (
        "key_malformed",
        r"""
        illegal header value
        invalid header value
        invalid character in header content
        err_invalid_char
        'ascii' codec can't encode character
        invalid http header
        is an invalid header value
        failed to parse header value
        cannot convert argument to a bytestring
        'latin-1' codec can't encode character
        invalid header field value for "authorization"
        must not contain cr/lf
        contains invalid character in authorization
        new-line characters are not allowed in header values
        return character(s) in header value
        invalid return character or leading space in header
        """,
    ),
    (
        "key_missing",
        r"""
        the api_key client option must be set
        could not resolve authentication method
        api_key client option must be set
        the openai_api_key environment variable is missing
        missing credentials. please pass an
        did not find openai_api_key
        did not find anthropic_api_key
        ai_loadapikeyerror
        api key is missing. pass it using
        openai api key is missing
        anthropic api key is missing
        keyerror: 'crossmodel_api_key'
        keyerror: 'openai_api_key'
        keyerror: 'anthropic_api_key'
        """,
    ),
    (
        "base_url_invalid",
        r"""
        request url is missing an 'http://' or 'https://' protocol
        unsupportedprotocol:
        invalid url 'api.
        no scheme supplied
        failed to parse url from
        err_invalid_url
        unsupported protocol scheme
        curl: (3)
        curl: (1) protocol
        relative url without a base
        builder error
        an invalid request uri was provided
        """,
    ),
    (
        "proxy_auth_required",
        r"""
        407 proxy authentication required
        response 407 from proxy
        proxyerror: 407
        received http code 407 from proxy
        tunnel connection failed: 407
        unable to tunnel through proxy. proxy returns "http/1.1 407
        connect tunnel failed, response 407
        ": proxy authentication required
        """,
    ),
    (
        "proxy_unusable",
        r"""
        curl: (5)
        curl: (97)
        could not resolve proxy
        proxyerror(
        proxyerror:
        proxyconnect tcp:
        err_proxy_connection_failed
        err_tunnel_connection_failed
        tunnel connection failed
        unable to tunnel through proxy
        from proxy after connect
        connect tunnel failed
        proxy connection failed
        failed to connect to proxy
        unable to connect to proxy
        unsuccessful tunnel
        proxy connect aborted
        """,
    ),
    (
        "tls_expired",
        r"""
        certificate has expired
        cert_has_expired
        err_cert_date_invalid
        certificate has expired or is not yet valid
        certificate is not yet valid
        cert_not_yet_valid
        certificateexpiredexception
        certificatenotyetvalidexception
        notaftercertificate
        nottimevalid
        invalid peer certificate: expired
        certificate expired
        sec_error_expired_certificate
        certificate is expired
        """,
    ),
    (
        "tls_hostname_mismatch",
        r"""
        hostname mismatch
        err_tls_cert_altname_invalid
        err_cert_common_name_invalid
        ' doesn't match
        x509: certificate is valid for
        x509: cannot validate certificate for
        no alternative certificate subject name matches
        no subject alternative
        remotecertificatenamemismatch
        notvalidforname
        does not match target host name
        certificate not valid for name
        ip address mismatch
        certificate common name
        altnames:
        ssl_error_bad_cert_domain
        """,
    ),
    (
        "tls_untrusted",
        r"""
        unable to get local issuer certificate
        self-signed certificate
        self signed certificate
        self_signed_cert_in_chain
        depth_zero_self_signed_cert
        unable_to_verify_leaf_signature
        unable_to_get_issuer_cert
        unable to verify the first certificate
        certificate signed by unknown authority
        pkix path building failed
        untrustedroot
        partialchain
        unknownissuer
        err_cert_authority_invalid
        unable to get issuer certificate
        sec_error_unknown_issuer
        unable to find valid certification path
        curl: (60)
        curl: (77)
        certificate verify failed
        caused by unknown ca
        unable to locally verify the issuer's authority
        doesn't have a known issuer
        could not establish trust relationship
        certificate_verify_failed
        certificate for this server is invalid
        nsurlerrordomain code=-1202
        unknown ca
        """,
    ),
    (
        "tls_failure",
        r"""
        wrong version number
        wrong_version_number
        sslv3_alert_handshake_failure
        handshake failure
        eof occurred in violation of protocol
        tls handshake timeout
        unexpected_eof_while_reading
        curl: (35)
        curl: (59)
        err_ssl_protocol_error
        first record does not look like a tls handshake
        ssl_error_syscall
        http: server gave http response to https client
        unable to establish ssl connection
        sslhandshakeexception
        the ssl connection could not be established
        client network socket disconnected before secure tls connection
        [ssl:
        write eproto
        'eproto'
        unexpected eof while reading
        ssl connection timeout
        tlsv1_alert
        record layer failure
        err_ssl_version_or_cipher_mismatch
        sslerror(
        remote error: tls:
        could not create ssl/tls secure channel
        nsurlerrordomain code=-1200
        """,
    ),
    (
        "dns_failure",
        r"""
        name or service not known
        nodename nor servname provided
        getaddrinfo failed
        could not resolve host
        curl: (6)
        enotfound
        eai_again
        eai_nodata
        temporary failure in name resolution
        no such host
        unknownhostexception
        nameresolutionerror
        failed to lookup address information
        err_name_not_resolved
        dns error
        unable to resolve host
        no address associated with hostname
        name resolution failed
        the remote name could not be resolved
        getaddrinfo:
        could not resolve hostname
        dns_probe_finished
        server misbehaving
        no such host is known
        nxdomain
        resolving timed out
        couldn't resolve host
        server with the specified hostname could not be found
        nsurlerrordomain code=-1003
        """,
    ),
    (
        "connection_refused",
        r"""
        connection refused
        econnrefused
        actively refused
        err_connection_refused
        connectionrefusederror
        connectionrefused
        connect call failed
        errno::econnrefused
        nsurlerrordomain code=-1004
        """,
    ),
    (
        "connection_timeout",
        r"""
        connecttimeout
        connect timed out
        connection timed out
        etimedout
        und_err_connect_timeout
        connect timeout
        err_connection_timed_out
        dial tcp … i/o timeout
        tcp connect error: operation timed out
        a connection attempt failed because the connected party did not
        httpconnecttimeoutexception
        connection timeout
        """,
    ),
    (
        "network_unreachable",
        r"""
        network is unreachable
        no route to host
        enetunreach
        ehostunreach
        err_internet_disconnected
        err_address_unreachable
        noroutetohostexception
        a socket operation was attempted to an unreachable
        err_network_changed
        network is down
        enetdown
        internet connection appears to be offline
        nsurlerrordomain code=-1009
        """,
    ),
    (
        "connection_refused",
        r"""
        curl: (7)
        """,
    ),
    (
        "stream_truncated",
        r"""
        stream closed before response.completed
        stream ended without producing
        stream closed before completion
        """,
    ),
    (
        "stream_empty",
        r"""
        request ended without sending any chunks
        """,
    ),
    (
        "stream_disconnected",
        r"""
        peer closed connection without sending complete message body
        incomplete chunked read
        curl: (18)
        curl: (92)
        incompleteread(
        err_incomplete_chunked_encoding
        premature close
        err_http2_protocol_error
        terminated]: other side closed
        typeerror: terminated
        response ended prematurely
        incomplete message
        stream was reset: internal_error
        err_stream_premature_close
        chunkedencodingerror
        transfer closed with outstanding read data remaining
        clientpayloaderror
        end of file before message length reached
        error decoding response body
        """,
    ),
    (
        "connection_reset",
        r"""
        connection reset by peer
        econnreset
        server disconnected
        socket hang up
        curl: (52)
        curl: (56)
        curl: (55)
        remotedisconnected
        connection aborted
        err_connection_reset
        err_empty_response
        err_connection_closed
        connection closed before message completed
        forcibly closed by the remote host
        broken pipe
        write epipe
        und_err_socket
        other side closed
        connectionreseterror
        empty reply from server
        unexpected end of file from server
        connection reset
        ": eof
        : unexpected eof
        goaway
        the connection was closed unexpectedly
        the network connection was lost
        nsurlerrordomain code=-1005
        """,
    ),
    (
        "response_timeout",
        r"""
        readtimeout
        request timed out
        read timed out
        und_err_headers_timeout
        und_err_body_timeout
        apitimeouterror
        apiconnectiontimeouterror
        curl: (28)
        context deadline exceeded
        client.timeout exceeded
        the read operation timed out
        httptimeoutexception
        httpclient.timeout
        operation timed out
        operation was aborted due to timeout
        err_timed_out
        ms exceeded
        sockettimeoutexception
        the operation has timed out
        pooltimeout
        writetimeout
        i/o timeout
        litellm.timeout
        taskcanceledexception
        connection error: timeout
        timeouterror
        deadline has elapsed
        net::readtimeout
        reason: :timeout
        nsurlerrordomain code=-1001
        """,
    ),
    (
        "redirected",
        r"""
        exceeded maximum allowed redirects
        too many redirects
        curl: (47)
        toomanyredirects
        err_too_many_redirects
        unexpected_redirect
        """,
    ),
)

PHRASES = tuple(
    (identifier, tuple(line.strip() for line in lines.strip().splitlines()))
    for identifier, lines in _ROWS
)
"""An identifier of the catalogue, and pieces of text that stand for it, in the order of telling."""

VAGUE_PHRASES = (
    "apiconnectionerror",
    "connection error.",
    "fetch failed",
    "connecterror",
    "failed to fetch",
    "all connection attempts failed",
    "error sending request",
    "curl: (",
    "net::err_failed",
    "max retries exceeded with url",
    "an error occurred while sending the request",
    "unable to connect to the remote server",
    "network error",
    "networkerror",
    "network request failed",
    "typeerror: load failed",
    "unable to connect. is the computer",
    "failed to connect to",
)
"""What leaves open why there was no answer."""
