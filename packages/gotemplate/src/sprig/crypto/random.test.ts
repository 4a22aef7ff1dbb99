import { createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBase64 } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { CRYPTO_DATA, RANDOM } from '../../../test/crypto/cases.ts';
import { cryptoData } from '../../../test/crypto/data.ts';
import { TemplateSet } from '../../index.ts';
import { sprigFunctions } from '../functions.ts';

// What Go made at random is in the file: of the same random bytes we make the same, and where there are none to give, something of the same form.
const { keys, random } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../testdata/crypto.json'), 'utf8')) as {
  readonly keys: Readonly<Record<string, string>>;
  readonly random: Readonly<Record<string, { readonly template: string; readonly expands: string }>>;
};

const byGo = (name: string): string => {
  expect(random[name]?.template, 'recorded anew: scripts/record-crypto-main.ts').toBe(RANDOM[name]);
  return random[name]?.expands ?? '';
};

function rendered(
  template: string,
  { bytes = randomBytes, given = {} }: { bytes?: (count: number) => Uint8Array; given?: typeof keys } = {},
): string {
  const clock = { now: () => Date.UTC(2000, 0, 1) };
  const set = new TemplateSet({ functions: sprigFunctions({ clock, randomBytes: bytes }) });
  set.parse('t', template);
  return set.execute('t', cryptoData({ ...keys, ...given }));
}

const named = (start: string): readonly string[] => Object.keys(RANDOM).filter((name) => name.startsWith(start));

describe('hashes of passwords', () => {
  test.each([...named('bcrypt'), ...named('htpasswd')])('%s is what Go makes of it with the same salt', (name) => {
    const hash = byGo(name);
    const salt = /\$2a\$10\$(.{22})/.exec(hash)?.[1] ?? '';
    expect(rendered(RANDOM[name] ?? '', { bytes: (count) => Uint8Array.from(decodeBase64(salt, count)) })).toBe(hash);
  });

  test('are other ones each time', () => {
    expect(rendered('{{ bcrypt "a" }}')).not.toBe(rendered('{{ bcrypt "a" }}'));
  });

  test('are refused for bytes that are no UTF-8', () => {
    expect(() => rendered('{{ bcrypt "\\xff" }}')).toThrow('bcrypt: password has bytes that are no UTF-8');
  });
});

test.each(['a short text', 'a block of text', 'a long text'])('%s is encrypted as Go does with the same vector, and read again', (name) => {
  const encrypted = byGo(name);
  const vector = Buffer.from(encrypted, 'base64').subarray(0, 16);
  expect(rendered(RANDOM[name] ?? '', { bytes: () => vector })).toBe(encrypted);
  const [, password, text] = /encryptAES ("[^"]*") ("[^"]*")/.exec(RANDOM[name] ?? '') ?? [];
  expect(rendered(`{{ decryptAES ${password} (encryptAES ${password} ${text}) | eq ${text} }}`)).toBe('true');
});

const typeOf = (pem: string): string => pem.split('\n', 1)[0] ?? '';

describe('private keys', () => {
  test.each(['a key for RSA', 'a key of no kind', 'a key for ECDSA', 'a key for Ed25519'])('%s is written as Go writes it', (name) => {
    expect(rendered('{{ (genCAWithKey "ca" 1 .keys.made).Key }}', { given: { made: byGo(name) } })).toBe(byGo(name));
  });

  test.each(['a key of no kind', 'a key for ECDSA', 'a key for Ed25519'])(
    '%s is of the same kind and size as that of Go',
    (name) => {
      const [ours, theirs] = [rendered(RANDOM[name] ?? ''), byGo(name)];
      expect(typeOf(ours)).toBe(typeOf(theirs));
      expect(createPrivateKey(ours).asymmetricKeyDetails).toEqual(createPrivateKey(theirs).asymmetricKeyDetails);
    },
    // Whoever looks for two primes may look for long.
    120_000,
  );

  test('a key for DSA is of the same kind and size as that of Go', () => {
    const [ours, theirs] = [rendered(RANDOM['a key for DSA'] ?? ''), byGo('a key for DSA')];
    expect(typeOf(ours)).toBe(typeOf(theirs));
    const details = createPrivateKey(ours).asymmetricKeyDetails;
    expect(details).toEqual(createPrivateKey(theirs).asymmetricKeyDetails);
    expect(details).toMatchObject({ modulusLength: 2048, divisorLength: 256 });
  }, 120_000);
});

const split = (text: string): { readonly certificate: X509Certificate; readonly key: string } => {
  const end = text.indexOf('-----END CERTIFICATE-----\n') + '-----END CERTIFICATE-----\n'.length;
  return { certificate: new X509Certificate(text.slice(0, end)), key: text.slice(end) };
};

describe('certificates with keys of their own', () => {
  test.each(['an authority', 'a certificate of its own', 'a certificate of an authority'])(
    '%s says what that of Go says',
    (name) => {
      const [ours, theirs] = [split(rendered(RANDOM[name] ?? '')), split(byGo(name))];
      const fields = ({ certificate, key }: ReturnType<typeof split>) => ({
        subject: certificate.subject,
        issuer: certificate.issuer,
        names: certificate.subjectAltName,
        from: certificate.validFrom,
        to: certificate.validTo,
        isAuthority: certificate.ca,
        usage: certificate.keyUsage,
        size: certificate.publicKey.asymmetricKeyDetails,
        belongs: certificate.checkPrivateKey(createPrivateKey(key)),
        form: typeOf(key),
      });
      expect(fields(ours)).toEqual(fields(theirs));
      expect(fields(ours).belongs).toBe(true);
    },
    120_000,
  );

  test('are verified by those of their authority, and by no other', () => {
    const [ca = '', leaf = '', other = ''] = rendered(
      '{{ $ca := genCA "ca" 365 }}{{ $leaf := genSignedCert "leaf" .addresses .oneHost 10 $ca }}{{ $ca.Cert }}|{{ $leaf.Cert }}|{{ (genCA "ca" 365).Cert }}',
    )
      .split('|')
      .map(String);
    const [authority, certificate, stranger] = [new X509Certificate(ca), new X509Certificate(leaf), new X509Certificate(other)];
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.verify(stranger.publicKey)).toBe(false);
    expect(authority.verify(createPublicKey(ca))).toBe(true);
    expect(certificate.checkHost('example.com')).toBe('example.com');
    expect(certificate.checkIP('10.0.0.1')).toBe('10.0.0.1');
    expect(certificate.serialNumber).not.toBe(authority.serialNumber);
    expect(CRYPTO_DATA.addresses).toContain('10.0.0.1');
  }, 120_000);
});
