#!/bin/sh
# Records test/testdata/sops anew with the real sops and age on the PATH. The key is made here, and for these files alone.
set -eu
cd "$(dirname "$0")/../test/testdata/sops"
rm -f -- *
age-keygen -o keys.agekey 2>/dev/null; R=$(age-keygen -y keys.agekey)
enc() { sops --disable-version-check encrypt --age "$R" "$@"; }
T=$(mktemp -d)
printf 'apiVersion: v1\nkind: Secret\nmetadata:\n    name: login\n    namespace: apps\nstringData:\n    password: s3cret\n' >$T/m.yaml
enc --encrypted-regex '^(data|stringData)$' $T/m.yaml >manifest.yaml
sed '/namespace:/d' $T/m.yaml >$T/p.yaml; enc --encrypted-regex '^(data|stringData)$' $T/p.yaml >patch.yaml
printf 'apiVersion: v1\nkind: Secret\nmetadata:\n    name: one\nstringData:\n    password: s3cret\n---\napiVersion: v1\nkind: Secret\nmetadata:\n    name: two\nstringData:\n    password: s3cret\n' >$T/s.yaml; enc --encrypted-regex '^(data|stringData)$' $T/s.yaml >several.yaml
printf 'apiVersion: v1\nkind: Secret\nmetadata:\n    name: kept\n    annotations:\n        kustomize.toolkit.fluxcd.io/decrypt: Disabled\nstringData:\n    password: s3cret\n' >$T/e.yaml; enc --encrypted-regex '^(data|stringData)$' $T/e.yaml >exempt.yaml
printf 'PASSWORD=s3cret\n' >$T/app.env; enc $T/app.env >app.env
printf '[db]\npassword = s3cret\n' >$T/s.ini; enc $T/s.ini >settings.ini
printf '{"auths": {"r": {"password": "s3cret"}}}' >$T/d.json; enc $T/d.json >docker.json
enc --input-type binary --output-type binary $T/p.yaml >patch
# What an API server or a webhook may repeat: each in a form of its own.
printf 'apiVersion: v1\nkind: Secret\nmetadata:\n    name: quiet\nstringData:\n    word: violet-heron-s3cret\n    lines: |\n        first ibis s3cret line\n        second lark s3cret line\ndata:\n    coded: %s\n' "$(printf amber-wren-s3cret | base64)" >$T/q.yaml; enc --encrypted-regex '^(data|stringData)$' $T/q.yaml >quiet.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: open\ndata:\n    note: scarlet-finch-s3cret-${NONE:=x}\n' >$T/o.yaml; enc --encrypted-regex '^data$' $T/o.yaml >open.yaml
printf 'apiVersion: v1\nkind: Service\nmetadata:\n    name: web\nspec:\n    type: copper-raven-s3cret\n    ports:\n        - port: 80\n' >$T/w.yaml; enc --encrypted-regex '^type$' $T/w.yaml >service.yaml
printf 'bl0b-s3cret' >$T/blob; enc --input-type binary $T/blob >blob
rm -r $T
