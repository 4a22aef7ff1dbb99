import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { hiddenValuesOf, secretValuesOf } from './secret-values.ts';

const texts = (value: string) => secretValuesOf(Buffer.from(value)).flatMap(({ text }) => text ?? []);

test('a line is a secret as it stands', () => {
  expect(texts('hunter2')).toEqual(['hunter2']);
  expect(texts('correct horse battery staple\n')).toEqual(['correct horse battery staple']);
});

test.each([
  'true',
  'false',
  'short',
  'default',
  'Production',
  'flux-system',
  '123456',
  '8443',
  'https://git.example.com',
  'ssh://git@example.com/org/app',
  '',
])('%j is in too many messages to be a secret', (value) => {
  expect(texts(value)).toEqual([]);
});

test('an address is a secret by its path and by its password', () => {
  expect(texts('https://hooks.slack.com/services/T01/B02/x1Y2z3X4y5Z6x7Y8z9')).toContain('/services/T01/B02/x1Y2z3X4y5Z6x7Y8z9');
  expect(texts('http://jane:s3cret%40pass@proxy:3128')).toContain('s3cret@pass');
});

describe('of a document', () => {
  test('in PEM the lines of the key are secret, and nothing of a certificate', () => {
    const pem = (what: string, body: string) => `-----BEGIN ${what}-----\n${body}\n-----END ${what}-----\n`;
    expect(texts(pem('CERTIFICATE', 'MIIDcertificate') + pem('RSA PRIVATE KEY', 'MIIEfirst+line/\r\nlast=='))).toEqual([
      'MIIEfirst+line/',
      'last==',
    ]);
    expect(texts(pem('PUBLIC KEY', 'MIIBpublic'))).toEqual([]);
  });

  test('in JSON the fields that say so are secret, at any depth', () => {
    const login = { auths: { 'ghcr.io': { username: 'jane', password: 'hunter2', auth: 'amFuZTpodW50ZXIy' } } };
    expect(texts(JSON.stringify(login))).toEqual(['hunter2', 'amFuZTpodW50ZXIy']);
    const account = {
      type: 'service_account',
      project_id: 'my-project',
      private_key: '-----BEGIN PRIVATE KEY-----\nMIIEbody\n-----END PRIVATE KEY-----\n',
    };
    expect(texts(JSON.stringify(account, null, 2))).toEqual(['MIIEbody']);
  });

  test('in YAML the fields that say so are secret, and what looks like a token', () => {
    const yaml = `
apiVersion: v1
kind: Config
clusters:
- cluster: {}
  name: production
users:
- name: jane
  user:
    token: "t0ken-of-jane"
    client-key-data: LS0tLS1CRUdJTiBSU0E
replicas: 3
image: registry.example.com/team/app:v1
note: 9f86d081884c7d659a2feaa0c55ad015
`;
    expect(texts(yaml)).toEqual(['t0ken-of-jane', 'LS0tLS1CRUdJTiBSU0E', '9f86d081884c7d659a2feaa0c55ad015']);
  });

  test('of variables the values are secret whose names say so', () => {
    expect(texts(`# local\nexport DB_PASSWORD='hunter2'\nDB_HOST=db.example.com\nAPI_TOKEN=abcdef\n`)).toEqual(['hunter2', 'abcdef']);
  });

  test('what was meant to be JSON is read by lines', () => {
    expect(texts('{"password": "hunter2",\n"other": 1')).toEqual(['hunter2']);
  });

  test('it is a secret as a whole where it is encoded', () => {
    const value = 'a: 1\npassword: hunter2\n';
    expect(secretValuesOf(Buffer.from(value))[0]).toEqual({ text: undefined, bytes: Buffer.from(value) });
  });
});

test('what is no text is a secret where it is encoded', () => {
  const bytes = Buffer.from([0xff, 0xfe, 1, 2, 3, 4, 5, 6]);
  expect(secretValuesOf(bytes)).toEqual([{ text: undefined, bytes }]);
});

test.each([
  ['brackets', '['.repeat(200_000)],
  ['lines', 'a: b\n'.repeat(50_000)],
  ['one line', `password: ${'x '.repeat(100_000)}\n`],
  ['spaces', `${' '.repeat(200_000)}\nx`],
])('hostile documents take little time: %s', (_what, text) => {
  const spentMs = startCpuTime();
  texts(text);
  expect(spentMs()).toBeLessThan(1_000);
});

test('of a text that is secret whatever it looks like each line is, but for words of everybody', () => {
  const hidden = (text: string) => [...new Set(hiddenValuesOf(text).flatMap((value) => value.text ?? []))];
  expect(hidden('first line\n  second line  \nshort\ndefault\n')).toEqual(['first line', 'second line']);
  expect(hidden('{"pin":"odd-word","port":8080}')).toEqual(['{"pin":"odd-word","port":8080}']);
});
