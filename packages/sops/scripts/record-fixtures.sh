#!/bin/sh
# Records test/testdata/files anew with the real sops, age and gpg on the PATH. Every key is made here, and for these files alone.
set -eu
cd "$(dirname "$0")/../test/testdata"
export GNUPGHOME="$(mktemp -d)" HOME="$(mktemp -d)"
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME" "$HOME"' EXIT
rm -rf keys files
mkdir keys files
for name in one two three; do age-keygen -o keys/$name.agekey; done 2>/dev/null
age-keygen -pq -o keys/hybrid.agekey 2>/dev/null
recipient() { age-keygen -y "keys/$1.agekey"; }
in_batch() { gpg --batch --quiet --passphrase "$passphrase" --pinentry-mode loopback "$@"; }
fingerprint() { gpg --batch --with-colons --list-keys "$1@example.com" | awk -F: '/^fpr/ { print $10; exit }'; }
# gpg_key NAME PRIMARY SUBKEY PASSPHRASE
gpg_key() {
  passphrase=$4
  in_batch --quick-generate-key "$1@example.com" "$2" cert,sign never
  in_batch --quick-add-key "$(fingerprint "$1")" "$3" encr never
  in_batch --armor --export-secret-keys "$1@example.com" >"keys/$1.asc"
}
gpg_key rsa rsa2048 rsa2048 ''
gpg_key curve ed25519 cv25519 ''
gpg_key other ed25519 cv25519 ''
gpg_key locked ed25519 cv25519 'a passphrase'
one=$(recipient one)
echo '{}' >"$HOME/.sops.yaml"

type_of() { case "$1" in *.yaml) echo yaml ;; *.json) echo json ;; *.env) echo dotenv ;; *.ini) echo ini ;; *) echo binary ;; esac; }
# record NAME PLAIN [OPTIONS FOR SOPS]
record() {
  name=$1 plain=$2 type=$(type_of "$2")
  shift 2
  sops --disable-version-check --config "$HOME/.sops.yaml" encrypt --input-type "$type" --output-type "$type" "$@" "plain/$plain" >"files/$name.enc.${plain##*.}"
  cat keys/*.agekey >"$HOME/all.agekey"
  SOPS_AGE_KEY_FILE="$HOME/all.agekey" sops --disable-version-check decrypt --input-type "$type" --output-type "$type" \
    "files/$name.enc.${plain##*.}" >"files/$name.dec.${plain##*.}"
}
for plain in every-type.yaml every-type.json every-type.env every-type.ini binary.bin multi.yaml anchors.yaml comments.yaml nested.json empty.json toplevel.ini; do
  record "${plain%.*}" "$plain" --age "$one"
done
record hybrid manifest.yaml --age "$(recipient hybrid)"
record two-recipients manifest.yaml --age "$(recipient two),$one"
record encrypted-regex manifest.yaml --age "$one" --encrypted-regex '^(data|stringData)$'
record unencrypted-regex manifest.yaml --age "$one" --unencrypted-regex '^(apiVersion|kind|metadata)$'
record encrypted-suffix manifest.yaml --age "$one" --encrypted-suffix Data
record unencrypted-suffix manifest.yaml --age "$one" --unencrypted-suffix name
rule() { printf 'creation_rules:\n  - age: "%s"\n    %s\n' "$one" "$1" >"$HOME/.sops.yaml"; }
rule 'encrypted_comment_regex: "^ enc"'
record encrypted-comment-regex partly.yaml
rule 'unencrypted_comment_regex: "sops:dec"'
record unencrypted-comment-regex partly.yaml
rule 'encrypted_regex: "^(data|stringData)$"
    mac_only_encrypted: true'
record mac-only-encrypted manifest.yaml
echo '{}' >"$HOME/.sops.yaml"
record pgp-rsa manifest.yaml --pgp "$(fingerprint rsa)"
record pgp-curve manifest.yaml --pgp "$(fingerprint curve)"
record mixed manifest.yaml --age "$one" --pgp "$(fingerprint rsa)"
groups() {
  cat >"$HOME/.sops.yaml" <<EOF
creation_rules:
  - shamir_threshold: $1
    key_groups:
      - age: ["$one"]
      - age: ["$(recipient two)"]
      - pgp: ["$(fingerprint rsa)"]
EOF
}
groups 2
record two-of-three manifest.yaml
record two-of-three-env every-type.env
record two-of-three-ini toplevel.ini
groups 3
record three-of-three manifest.yaml
