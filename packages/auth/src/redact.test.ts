import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { redact } from './redact.ts';

/** A credential that no other text has in it: nothing of it may be left. */
const CANARY = 'CANARYcanary0123456789CANARY';
const PEM_BODY = 'MIIEpQIBAAKCAQEACANARYx0y8FzV0b1m2lH\nq3CANARYl7dYkq0Nn4bYJx9R2tVg==';

/** Texts as libraries and servers write them, each with a credential. */
const LEAKS: Readonly<Record<string, string>> = {
  'a password in a URL': `failed to fetch https://user:${CANARY}@git.example.com/x.git`,
  'a password with an @ in a URL': `failed to fetch https://user:${CANARY}@${CANARY}@git.example.com/x.git`,
  'a token in a URL': `Get "https://${CANARY}@api.example.com": EOF`,
  'a shared access signature': `Get "https://x.blob.core.windows.net/c?sv=2021&sig=${CANARY}%3D&se=2026": dial tcp: timeout`,
  'a presigned address': `GET https://s3.example.com/b/k?X-Amz-Credential=${CANARY}&X-Amz-Signature=${CANARY}`,
  'an access token in a query': `GET https://api.example.com/x?access_token=${CANARY}`,
  'a form': `body: grant_type=password&client_secret=${CANARY}&username=x`,
  'an Authorization header': `> Authorization: Bearer ${CANARY}`,
  'an Authorization header without a scheme': `authorization=${CANARY}`,
  'Go’s print of headers': `map[Accept:[*/*] Authorization:[Basic ${CANARY}] User-Agent:[x]]`,
  'headers in JSON': `{"Authorization":"Bearer ${CANARY}","accept":"x"}`,
  'a proxy’s header': `Proxy-Authorization: Basic ${CANARY}`,
  'a header of GitLab': `PRIVATE-TOKEN: ${CANARY}`,
  'a cookie': `Set-Cookie: ${CANARY}; Path=/`,
  'an API key': `X-Api-Key: ${CANARY}`,
  'a bearer token in a sentence': `the server refused bearer ${CANARY}`,
  'a key in PEM': `bad key -----BEGIN RSA PRIVATE KEY-----\n${PEM_BODY}\n-----END RSA PRIVATE KEY----- in x`,
  'a key in PEM that was cut off': `bad key -----BEGIN OPENSSH PRIVATE KEY-----\n${PEM_BODY}`,
  'a key in PEM with headers': `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0CANARY\n\n${PEM_BODY}\n-----END RSA PRIVATE KEY-----`,
  'a key in PEM with headers that was cut off': `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0CANARY\n\n${PEM_BODY}`,
  'a key in PEM in base64': `data: ${Buffer.from(`-----BEGIN RSA PRIVATE KEY-----\n${PEM_BODY}`).toString('base64')}`,
  'a JWT': `token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQ.${CANARY} has expired`,
  'a registry’s login in base64': `cannot parse ${Buffer.from(`{"auths":{"ghcr.io":{"password":"${CANARY}"}}}`).toString('base64')}`,
  'an age key': `unknown identity AGE-SECRET-KEY-1${CANARY.toUpperCase()}`,
  'a token of GitHub': `bad credentials: ghp_${CANARY}`,
  'a fine-grained token of GitHub': `bad credentials: github_pat_${CANARY}`,
  'a token of GitLab': `bad credentials: glpat-${CANARY}`,
  'a token of Slack': `invalid_auth xoxb-1234567890-${CANARY}`,
  'a token of Google': `401 for ya29.${CANARY}`,
  'a token of Docker': `401 for dckr_pat_${CANARY}`,
  'a webhook of Slack': `Post "https://hooks.slack.com/services/T0/B0/${CANARY}": EOF`,
  'a webhook of Discord': `Post "https://discord.com/api/webhooks/123/${CANARY}": EOF`,
  'a bot of Telegram': `Post "https://api.telegram.org/bot123:${CANARY}/sendMessage": EOF`,
  'a connection string': `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${CANARY}==;EndpointSuffix=y`,
  'credentials of AWS': `aws_secret_access_key=${CANARY}`,
  'a JSON field': `{"username":"jane","password":"${CANARY}"}`,
  'a JSON field of another spelling': `{"clientSecret" : "${CANARY}"}`,
  'an applied configuration in JSON': `metadata: {"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\\"data\\":{\\"x\\":\\"${CANARY}\\"}}\\n"}}`,
  'an applied configuration as Go prints it': `annotations: kubectl.kubernetes.io/last-applied-configuration:{"data":{"x":"${CANARY}"}}\nand more`,
  'a Secret in JSON': `cannot decode {"kind":"Secret","data":{"x":"${CANARY}"},"type":"Opaque"}`,
  'a Secret in JSON that was cut off': `cannot decode {"kind":"Secret","stringData":{"x":"${CANARY}`,
  'a Secret as Go prints it': `Secret{ObjectMeta:{x}, Data:map[string][]uint8{"x": ${CANARY}}}`,
  'a Secret in YAML': `cannot apply\napiVersion: v1\nkind: Secret\ndata:\n  x: ${CANARY}\n  y: ${CANARY}\ntype: Opaque`,
};

/** What happens to a text on its way into a message. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in JSON': (text) => JSON.stringify({ message: text }),
  'in JSON within JSON': (text) => JSON.stringify({ error: JSON.stringify({ message: text }) }),
  'percent-encoded': encodeURIComponent,
};

describe.each(Object.entries(ENCODINGS))('%s', (_how, encode) => {
  test.each(Object.entries(LEAKS))('%s is masked', (_what, text) => {
    const shown = redact(encode(text));
    expect(shown).toContain('*****');
    expect(shown).not.toMatch(/canary/i);
  });
});

test.each([
  ['failed to fetch https://user:CANARY@git.example.com/x.git', 'failed to fetch https://*****@git.example.com/x.git'],
  ['Authorization: Bearer CANARYCANARY rest', 'Authorization: ***** rest'],
  ['sent Basic Q0FOQVJZQ0FOQVJZ to host', 'sent Basic ***** to host'],
  ['GET /blob?sig=CANARY&v=1', 'GET /blob?sig=*****&v=1'],
  ['key -----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY----- end', 'key ***** end'],
  ['{"a":"x","password":"CANARY","b":"y"}', '{"a":"x","password":"*****","b":"y"}'],
  ['kind: Secret\ndata:\n  a: CANARY\n  b: CANARY\ntype: Opaque', 'kind: Secret\ndata:\n*****type: Opaque'],
])('what stands around %j stays', (text, shown) => {
  expect(redact(text)).toBe(shown);
});

test.each([
  "applied revision 'main@sha1:3f2a91c' from http://git.example.com:8080/x.git?ref=main",
  'basic authentication required',
  'WWW-Authenticate: Bearer realm="https://auth.example.com/token",service="registry"',
  "Secret 'apps/prod' has no key 'password'",
  'ConfigMap/apps/web configured: {"data":{"a":"b"}}',
  'image ghcr.io/org/app:v1.2.3@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'mail to jane@example.com, see https://example.com/a@b',
  '100% done, 50%41 and C:\\new\\table',
  '',
])('%j has no credential and stays as it is', (text) => {
  expect(redact(text)).toBe(text);
});

test.each([
  ['addresses without end', 'https://'.repeat(20_000) + 'a'.repeat(100_000)],
  ['addresses with one', `a://${'b@'.repeat(50_000)}`],
  ['keys without end', `-----BEGIN ${'A'.repeat(100_000)}`],
  ['keys that begin and begin', '-----BEGIN A-----'.repeat(6_000)],
  ['headers', 'authorization: '.repeat(8_000)],
  ['quotes', '"'.repeat(100_000)],
  ['fields', '"password":"'.repeat(8_000)],
  ['backslashes', '\\'.repeat(100_000)],
  ['percent signs', '%25'.repeat(40_000)],
  ['annotations', 'last-applied-configuration:{'.repeat(4_000)],
  ['a Secret’s data', `Secret ${'"data":{'.repeat(12_000)}`],
  ['a Secret in YAML', `Secret\n${'data:\n a\n'.repeat(12_000)}`],
  ['YAML with spaces', `Secret\ndata:\n${' a'.repeat(50_000)}`],
  ['tokens', 'eyJ.'.repeat(25_000)],
])('hostile text is masked in linear time: %s', (_what, text) => {
  const took = (input: string) => {
    const spentMs = startCpuTime();
    redact(input);
    return spentMs();
  };
  // 1,000 ms is what a hundred kilobytes would take at a millisecond for each hundred bytes; quadratic patterns take minutes.
  expect(took(text)).toBeLessThan(1_000);
});
