import { expect, test } from 'vitest';
import { cryptoData } from '../../../test/crypto/data.ts';
import { TemplateSet } from '../../index.ts';
import { sprigFunctions } from '../functions.ts';

const CALLS = [
  '{{ bcrypt "a" }}',
  '{{ htpasswd "a" "b" }}',
  '{{ derivePassword 1 "long" "password" "user" "site" }}',
  '{{ genPrivateKey "rsa" }}',
  '{{ genPrivateKey "" }}',
  '{{ genPrivateKey "dsa" }}',
  '{{ genCA "ca" 1 }}',
  '{{ genSelfSignedCert "self" nil nil 1 }}',
];

test.each(CALLS)('%s is paid for before it is done', (call) => {
  const set = new TemplateSet({ functions: sprigFunctions() });
  set.parse('t', call);
  expect(() => set.execute('t', cryptoData({}), { maxSteps: 100_000 })).toThrow(expect.objectContaining({ kind: 'limit' }));
});

test.each(['bcrypt "a"', 'derivePassword 1 "pin" "password" "user" "site"', 'genPrivateKey "ecdsa"', 'genPrivateKey "ed25519"'])(
  '%s, ten thousand times, ends as an error of the template',
  (call) => {
    const set = new TemplateSet({ functions: sprigFunctions() });
    set.parse('t', `{{ range .times }}{{ ${call} }}{{ end }}`);
    const times = Array.from({ length: 10_000 }, () => null);
    expect(() => set.execute('t', new Map([['times', times]]), { maxSteps: 1_000_000 })).toThrow('takes more than 1000000 steps');
  },
  120_000,
);
