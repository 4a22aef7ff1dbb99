import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cryptoData } from '../../../test/crypto/data.ts';
import { TemplateError, TemplateSet } from '../../index.ts';
import { sprigFunctions } from '../functions.ts';
import { sequence } from './der.ts';
import { elementsOfDer, firstElement } from './der-reader.ts';
import { firstPem, renderPem } from './pem.ts';

const { keys } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../testdata/crypto.json'), 'utf8')) as {
  readonly keys: Readonly<Record<string, string>>;
};

const functions = sprigFunctions();

/** Whatever comes of it, it is a text or an error of the template. */
function comesToAnEnd(template: string, made: string): void {
  const set = new TemplateSet({ functions });
  set.parse('t', template);
  try {
    set.execute('t', cryptoData({ ...keys, made }));
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(TemplateError);
  }
}

interface Change {
  readonly at: number;
  readonly byte: number;
  readonly length: number;
}

/** A PEM block with some bytes of its content changed, or left out. */
function changed(pem: string, changes: readonly Change[]): string {
  const [begin = '', ...lines] = pem.trim().split('\n');
  const end = lines.pop() ?? '';
  let bytes = Buffer.from(lines.join(''), 'base64');
  for (const { at, byte, length } of changes) {
    const from = at % (bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, from), Uint8Array.of(byte), bytes.subarray(from + length)]);
  }
  return `${begin}\n${bytes.toString('base64')}\n${end}\n`;
}

const change = fc.record({
  // The beginning says how everything is put together.
  at: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3000 })),
  byte: fc.integer({ min: 0, max: 255 }),
  length: fc.constantFrom(0, 1, 1, 1, 2, 40),
});
const changes = fc.array(change, { minLength: 1, maxLength: 3 });

describe('what was broken is an error of the template, or does no harm:', () => {
  test.each(['rsa', 'rsa8', 'p256', 'p256of8', 'p521', 'ed25519', 'x25519', 'dsa'])(
    'a key like %s',
    (name) => {
      const sign = '{{ $c := genSelfSignedCertWithKey "cn" .addresses .oneHost 1 .keys.made }}{{ $c.Cert }}';
      fc.assert(
        fc.property(changes, (some) => comesToAnEnd(sign, changed(keys[name] ?? '', some))),
        { numRuns: 50 },
      );
    },
    120_000,
  );

  test('a certificate', () => {
    const sign =
      '{{ $ca := buildCustomCert .encoded.made .encoded.rsa }}{{ (genSignedCertWithKey "cn" nil nil 1 $ca .keys.ed25519).Cert }}';
    fc.assert(
      fc.property(changes, (some) => comesToAnEnd(sign, changed(keys.certificate ?? '', some))),
      { numRuns: 150 },
    );
  }, 120_000);

  test('a text with lines that begin and end blocks', () => {
    const line = fc.constantFrom(
      '-----BEGIN RSA PRIVATE KEY-----',
      '-----END RSA PRIVATE KEY-----',
      'AAAA',
      'a: b',
      '',
      '-----',
      ' ',
      '-----BEGIN ',
      '-----END ',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', ''), (lines, end) =>
        comesToAnEnd('{{ genCAWithKey "ca" 1 .keys.made }}', lines.join(end)),
      ),
      { numRuns: 150 },
    );
  }, 120_000);
});

test.each([1, 2, 3, 4, 5, 8])('a key for RSA whose number %i is even has no signature, and the template an error', (index) => {
  const block = firstPem(keys.rsa ?? '');
  const numbers = elementsOfDer(firstElement(block?.bytes ?? new Uint8Array()).content).map(({ raw }) => Uint8Array.from(raw));
  const last = (numbers[index]?.length ?? 0) - 1;
  numbers[index]?.set([(numbers[index]?.[last] ?? 0) & 0xfe], last);
  const made = renderPem({ type: 'RSA PRIVATE KEY', bytes: sequence(...numbers) });
  comesToAnEnd('{{ genCAWithKey "ca" 1 .keys.made }}', made);
});

test.each([
  '-----BEGIN RSA PRIVATE KEY-----\n'.repeat(50_000),
  '\n-----END RSA PRIVATE KEY-----'.repeat(50_000),
  `-----BEGIN RSA PRIVATE KEY-----\n${'a: b\n'.repeat(300_000)}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${'A\t'.repeat(700_000)}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN RSA PRIVATE KEY-----\n${'\n-----END RSA PRIVATE KEY'.repeat(50_000)}`,
  `-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----${' '.repeat(1_000_000)}x`,
])('a megabyte that looks like keys is soon read: %#', (text) => {
  comesToAnEnd('{{ genCAWithKey "ca" 1 .keys.made }}', text);
});
