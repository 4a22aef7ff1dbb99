import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { COMMIT, SigningHome, signedCommit } from '../../test/signing-home.ts';
import { openpgpBytesOf, soleArmour } from './armour.ts';
import { packetsOf } from './openpgp-packets.ts';
import type { KeyFile, SignedObject, Verification } from './outcome.ts';
import { verifySignature } from './verify-signature.ts';

const RUNS = { numRuns: 300 };
const KINDS = ['verified', 'unsigned', 'unknown-key', 'expired-key', 'revoked-key', 'invalid'];

// Real programs make keys, which takes as long as it takes.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home: SigningHome;
const keys: KeyFile[] = [];
const signatures = { ed25519: '', rsa: '', ssh: '', sshEcdsa: '', sshRsa: '' };
beforeAll(() => {
  home = new SigningHome();
  for (const [name, algorithm] of [
    ['ed25519', 'ed25519'],
    ['rsa', 'rsa2048'],
  ] as const) {
    const key = home.gpgKey({ algorithm });
    keys.push({ name: `${name}.asc`, text: home.publicKey(key) });
    signatures[name] = home.gpgSign(key);
  }
  for (const [name, type] of [
    ['ssh', 'ed25519'],
    ['sshEcdsa', 'ecdsa'],
    ['sshRsa', 'rsa'],
  ] as const) {
    const key = home.sshKey(type);
    keys.push({ name: `${name}.sshpub`, text: key.publicKey });
    signatures[name] = home.sshSign(key);
  }
});
afterAll(() => home[Symbol.dispose]());

const schemes = Object.keys(signatures) as readonly (keyof typeof signatures)[];
const verify = (object: SignedObject, files: readonly KeyFile[] = keys): Promise<Verification> =>
  verifySignature({ object, keys: files, nowMs: Date.now() });
const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  const at = bit % (copy.length * 8);
  copy.writeUInt8(copy.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
  return copy;
};
const rearmoured = (armoured: string, change: (bytes: Buffer) => Buffer): string => {
  const lines = armoured.trim().split('\n');
  const isPgp = armoured.startsWith('-----BEGIN PGP');
  const bytes = isPgp ? openpgpBytesOf(soleArmour(armoured, 'PGP SIGNATURE')) : Buffer.from(lines.slice(1, -1).join(''), 'base64');
  return [
    lines[0],
    ...(isPgp ? [''] : []),
    ...(change(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []),
    lines.at(-1),
  ].join('\n');
};

describe.each(schemes)('a bit that flips, in a signature by %s', (scheme) => {
  test('anywhere in the object: what still verifies is the same content, by the same key', async () => {
    const good = await verify(signedCommit(signatures[scheme]));
    const { content } = signedCommit(signatures[scheme]);
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length * 8 - 1), async (bit) => {
        const changed = flipped(content, bit);
        const result = await verify({ type: 'commit', content: changed });
        expect(KINDS).toContain(result.kind);
        if (result.kind !== 'verified') return;
        expect(result).toEqual(good);
        const text = changed.toString();
        // Only the header of the armour, which nobody signs, or the spaces behind it.
        expect(`${text.slice(0, text.indexOf('gpgsig'))}${text.slice(text.indexOf('\n\n') + 1)}`).toBe(COMMIT);
      }),
      RUNS,
    );
  });

  test('in what was signed: never verifies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(COMMIT.length * 8 - 1), async (bit) => {
        const { content } = signedCommit(signatures[scheme], COMMIT);
        const at = Buffer.from(content).indexOf('gpgsig');
        const header = content.subarray(at, content.indexOf(0x0a, Buffer.from(content).indexOf('-----END')) + 1);
        const changed = flipped(Buffer.from(COMMIT), bit);
        const object = Buffer.concat([changed.subarray(0, at), header, changed.subarray(at)]);
        expect((await verify({ type: 'commit', content: object })).kind).not.toBe('verified');
      }),
      RUNS,
    );
  });

  test('in the bytes of the signature: never verifies, but for hints to the key and counts of bits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (bit) => {
        let hinted = false;
        const armoured = rearmoured(signatures[scheme], (bytes) => {
          hinted = isHint(bytes, (bit % (bytes.length * 8)) >> 3);
          return flipped(bytes, bit);
        });
        const { kind } = await verify(signedCommit(armoured));
        if (!hinted) expect(kind).not.toBe('verified');
        expect(KINDS).toContain(kind);
      }),
      RUNS,
    );
  });
});

/**
 * Whether a byte of an OpenPGP signature is in the part that nobody signs, or counts the bits of a number whose bytes stay what they are.
 */
function isHint(bytes: Buffer, at: number): boolean {
  if (bytes.toString('latin1', 0, 6) === 'SSHSIG') return false;
  const [{ body } = { body: bytes }] = packetsOf(bytes);
  const unhashed = bytes.length - body.length + 6 + body.readUInt16BE(4);
  const end = unhashed + 2 + bytes.readUInt16BE(unhashed);
  if (at >= unhashed && at < end) return true;
  for (let number = end + 2; number < bytes.length; number += 2 + Math.ceil(bytes.readUInt16BE(number) / 8)) {
    if (at === number || at === number + 1) return true;
  }
  return false;
}

test('keys that are damaged are a typed result, never a throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...schemes), fc.nat(), async (scheme, bit) => {
      const damaged = keys.map(({ name, text }) => ({ name, text: flipped(Buffer.from(text), bit).toString('latin1') }));
      expect(KINDS).toContain((await verify(signedCommit(signatures[scheme]), damaged)).kind);
    }),
    RUNS,
  );
});

test('any bytes at all are a typed result, never a throw', async () => {
  const lines = fc.constantFrom(
    '-----BEGIN PGP SIGNATURE-----',
    '-----END PGP SIGNATURE-----',
    '-----BEGIN SSH SIGNATURE-----',
    '-----END SSH SIGNATURE-----',
    '',
    '=AAAA',
    'iHUE',
    'U1NIU0lH',
    'Hash: x',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { maxLength: 8 }), fc.uint8Array({ maxLength: 80 }), async (some, bytes) => {
      const signature = [...some, Buffer.from(bytes).toString('base64')].join('\n');
      expect(['invalid', 'unsigned', 'unknown-key']).toContain((await verify(signedCommit(signature))).kind);
      expect(['invalid', 'unsigned']).toContain((await verify({ type: 'tag', content: bytes })).kind);
    }),
    RUNS,
  );
});
