# shellcheck shell=bash
# Keys: one SSH client key for the bed, one SSH host key per host, and a test CA for TLS. All live in the state directory.

ssh_client_key() {
  mkdir -p "$TB_STATE/keys"
  [ -f "$TB_STATE/keys/id.pub" ] || ssh-keygen -q -t ed25519 -N '' -C testbed -f "$TB_STATE/keys/id" <<<y >/dev/null
}

ssh_host_key() {
  local dir
  dir=$(host_dir "$1")
  [ -f "$dir/ssh_host_key.pub" ] || ssh-keygen -q -t ed25519 -N '' -C "$TB_NAME$1" -f "$dir/ssh_host_key" <<<y >/dev/null
}

# tls_ca DIR: makes a certificate authority there.
tls_ca() {
  [ ! -f "$1/cacert.pem" ] || return 0
  mkdir -p "$1"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$TB_NAME test bed" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$1/cakey.pem" -out "$1/cacert.new" 2>/dev/null
  mv "$1/cacert.new" "$1/cacert.pem"
}

# tls_cert CA-DIR DIR server|client COMMON-NAME [SUBJECT-ALT-NAME]: DIR gets cacert.pem and KINDcert.pem, KINDkey.pem,
# the names that libvirt's "pkipath" URI parameter expects.
tls_cert() {
  local ca=$1 dir=$2 kind=$3 name=$4 alt=${5:-}
  [ ! -f "$dir/${kind}cert.pem" ] || return 0
  mkdir -p "$dir"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=testbed/CN=$name" \
    -keyout "$dir/${kind}key.pem" -out "$dir/request.pem" 2>/dev/null
  {
    echo "basicConstraints=critical,CA:FALSE"
    echo "keyUsage=critical,digitalSignature,keyEncipherment" # libvirt insists on both
    echo "extendedKeyUsage=${kind}Auth"
    [ -z "$alt" ] || echo "subjectAltName=$alt"
  } >"$dir/extensions"
  openssl x509 -req -in "$dir/request.pem" -CA "$ca/cacert.pem" -CAkey "$ca/cakey.pem" \
    -set_serial "0x$(openssl rand -hex 15)" -days 3650 -extfile "$dir/extensions" -out "$dir/cert.new" 2>/dev/null
  cp "$ca/cacert.pem" "$dir/cacert.pem"
  mv "$dir/cert.new" "$dir/${kind}cert.pem"
  rm "$dir/request.pem" "$dir/extensions"
}

# The client's certificate, and one from an authority that no host trusts.
tls_base() {
  tls_ca "$TB_STATE/tls/ca"
  tls_cert "$TB_STATE/tls/ca" "$TB_STATE/tls/client" client client
  tls_ca "$TB_STATE/tls/stranger-ca"
  tls_cert "$TB_STATE/tls/stranger-ca" "$TB_STATE/tls/stranger" client stranger
}

tls_host() {
  tls_cert "$TB_STATE/tls/ca" "$(host_dir "$1")/etc/libvirt/pki" server "$TB_NAME$1" \
    "DNS:$TB_NAME$1,IP:$(host_ip "$1")"
}
