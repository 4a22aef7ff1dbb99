import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CRYPTO_GROUPS } from '../../../test/crypto/cases.ts';
import { cryptoData } from '../../../test/crypto/data.ts';
import { TemplateError, TemplateSet } from '../../index.ts';
import { sprigFunctions } from '../functions.ts';
import { elementsOfDer, firstElement } from './der-reader.ts';

interface Recorded {
  readonly go: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly outcomes: Readonly<Record<string, readonly { readonly template: string; readonly expands?: string; readonly fails?: string }[]>>;
}

// What Go makes of each template is written in the file: where our result or the text of our error differs, ours is wrong.
const { go, keys, outcomes } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../testdata/crypto.json'), 'utf8')) as Recorded;
const data = cryptoData(keys);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----\n[^-]*-----END CERTIFICATE-----\n/g;
const ECDSA = '06082a8648ce3d0403';

/** What is signed, where a signature is another one each time. */
function withoutRandomSignature(pem: string): string {
  const [fields, algorithm] = elementsOfDer(firstElement(new X509Certificate(pem).raw).content);
  const isRandom = Buffer.from(algorithm?.content ?? [])
    .toString('hex')
    .startsWith(ECDSA);
  return isRandom ? `${Buffer.from(fields?.raw ?? []).toString('base64')}\n` : pem;
}

/** The serial numbers of the certificates that Go made are what is random in ours. */
function serialNumbers(expands: string): () => Uint8Array {
  const numbers = Array.from(expands.matchAll(CERTIFICATE), ([pem]) => new X509Certificate(pem).serialNumber.padStart(32, '0'));
  return () => Buffer.from(numbers.shift() ?? '01'.repeat(16), 'hex');
}

describe.each(Object.entries(CRYPTO_GROUPS))(`%s, as ${go} has them`, (group, templates) => {
  test.each(templates.map((template, index) => [index, template] as const))(
    '%i: %s',
    (index, template) => {
      const outcome = outcomes[group]?.[index];
      expect(outcome?.template, 'recorded anew: scripts/record-crypto-main.ts').toBe(template);
      const execute = (): string => {
        const clock = { now: () => Date.UTC(2000, 0, 1) };
        const functions = sprigFunctions({ clock, randomBytes: serialNumbers(outcome?.expands ?? '') });
        const set = new TemplateSet({ name: 't', functions });
        set.parse('t', template);
        return set.execute('t', data);
      };
      if (outcome?.fails !== undefined) {
        expect(execute).toThrow(TemplateError);
        return expect(execute).toThrow(expect.objectContaining({ message: outcome.fails }));
      }
      // A byte that is none of UTF-8 is a replacement character in the file.
      const comparable = (text: string | undefined): string | undefined =>
        text?.replaceAll(CERTIFICATE, withoutRandomSignature).replaceAll(/[\ud800-\udfff]/gu, '\ufffd');
      expect(comparable(execute())).toBe(comparable(outcome?.expands));
    },
    60_000,
  );
});
