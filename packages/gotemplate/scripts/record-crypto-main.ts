import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { TemplateSet } from '../src/index.ts';
import { sprigFunctions } from '../src/sprig/index.ts';
import { CRYPTO_DATA, CRYPTO_GROUPS, RANDOM } from '../test/crypto/cases.ts';
import { cryptoData } from '../test/crypto/data.ts';
import { makeKeys } from '../test/crypto/keys.ts';
import { type Outcome, recordStillClock } from './still-clock.ts';

// What Go makes of the templates in test/crypto, for src/sprig/crypto/fidelity.test.ts, and whether Go takes what we make:
// node packages/gotemplate/scripts/record-crypto-main.ts

const inBase64 = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')]));

function rendered(template: string, keys: Readonly<Record<string, string>>): string {
  const set = new TemplateSet({ functions: sprigFunctions() });
  set.parse('t', template);
  return set.execute('t', cryptoData(keys));
}

const made = makeKeys();
const certificate = rendered('{{ (genSelfSignedCertWithKey "made by us" nil .oneHost 36500 .keys.rsa).Cert }}', made);
const keys = { ...made, certificate };
const data = { ...CRYPTO_DATA, keys, encoded: inBase64(keys) };

let version = '';
const groups: string[] = [];
for (const [name, templates] of Object.entries(CRYPTO_GROUPS)) {
  const { go, outcomes } = await recordStillClock(templates, data);
  version = go;
  const lines = templates.map((template, index) => JSON.stringify({ template, ...outcomes[index] }));
  groups.push(`${JSON.stringify(name)}: [\n${lines.join(',\n')}\n]`);
}
const random = await recordStillClock(Object.values(RANDOM), data);
const randomLines = Object.entries(RANDOM).map(
  ([name, template], index) => `${JSON.stringify(name)}: ${JSON.stringify({ template, ...random.outcomes[index] })}`,
);
await checkOurs();
const text = [
  `{"go": ${JSON.stringify(version)}, "keys": ${JSON.stringify(keys, undefined, 1)},`,
  `"outcomes": {\n${groups.join(',\n')}\n},`,
  `"random": {\n${randomLines.join(',\n')}\n}}\n`,
].join('\n');
await writeFile(join(import.meta.dirname, '../testdata/crypto.json'), text);
stderr.write(`recorded with ${version}\n`);

/** Go reads what we encrypted, and signs with the keys and authorities that we made. */
async function checkOurs(): Promise<void> {
  const plain = 'Grüße, 世界 🎉, and more than a block';
  const ours = {
    encrypted: rendered(`{{ encryptAES "secretkey" "${plain}" }}`, keys),
    rsa: rendered('{{ genPrivateKey "rsa" }}', keys),
    ecdsa: rendered('{{ genPrivateKey "ecdsa" }}', keys),
    ed25519: rendered('{{ genPrivateKey "ed25519" }}', keys),
    dsa: rendered('{{ genPrivateKey "dsa" }}', keys),
    pair: rendered('{{ $ca := genCA "our authority" 365 }}{{ $ca.Cert }}|{{ $ca.Key }}', keys),
  };
  const [caCertificate = '', caKey = ''] = ours.pair.split('|');
  const encoded = inBase64({ ...ours, caCertificate, caKey, certificate });
  const { outcomes } = await recordStillClock(
    [
      '{{ decryptAES "secretkey" .encrypted }}',
      ...['rsa', 'ecdsa', 'ed25519'].map((kind) => `{{ (genCAWithKey "ca" 1 .${kind}).Key }}`),
      '{{ (buildCustomCert .encoded.certificate .encoded.dsa).Key }}',
      '{{ len (genSignedCert "leaf" nil nil 1 (buildCustomCert .encoded.caCertificate .encoded.caKey)).Cert | lt 500 }}',
    ],
    { ...ours, encoded },
  );
  const expected = [plain, ours.rsa, ours.ecdsa, ours.ed25519, ours.dsa, 'true'];
  const wrong = outcomes.find(({ expands }: Outcome, index) => expands !== expected[index]);
  if (wrong !== undefined) throw new Error(`Go does not take what we made: ${JSON.stringify(wrong)}`);
}
