# shellcheck shell=bash
# shellcheck disable=SC2154 # work is that of check-boot
# Sourced by scripts/check-boot: certificates and JSON Web Tokens by openssl, with keys in "$work".

# certify KEY: makes the key of a certificate for 127.0.0.1, and an authority behind it.
certify() {
    local new=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    openssl req -x509 "${new[@]}" -days 2 -subj /CN=authority \
        -keyout "$work/ca.key" -out "$work/ca.pem" &&
        openssl req "${new[@]}" -subj /CN=jamey -keyout "$1" -out "$work/api.csr" &&
        openssl x509 -req -in "$work/api.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
            -CAcreateserial -days 2 -extfile <(echo subjectAltName=IP:127.0.0.1) \
            -out "$work/api-cert.pem"
}

# token KID ALGORITHM SIGN...: a JSON Web Token for the shipped configuration's audience, signed by
# the command.
token() {
    local signed
    signed=$(printf '{"alg":"%s","typ":"JWT","kid":"%s"}' "$2" "$1" | base64_url)
    signed+=.$(printf '{"sub":"ada","role":"operator","aud":"jamey","exp":%s}' \
        $(($(date +%s) + 3600)) | base64_url)
    printf '%s.%s\n' "$signed" "$(printf '%s' "$signed" | "${@:3}" | base64_url)"
}

by_secret() { openssl dgst -sha256 -hmac "$1" -binary; }

# With such a key openssl signs what is in a file, and nothing that comes by a pipe.
by_key() {
    cat >"$work/signed"
    openssl pkeyutl -sign -rawin -inkey "$1" -in "$work/signed"
}

# key_set NAME: a JSON Web Key Set with the public half of NAME.key, which is at the end of its DER.
key_set() {
    local x
    x=$(openssl pkey -in "$work/$1.key" -pubout -outform DER | tail -c 32 | base64_url)
    printf '{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"%s","x":"%s"}]}\n' "$1" "$x"
}

base64_url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
