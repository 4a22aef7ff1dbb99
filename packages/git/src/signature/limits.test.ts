import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { COMMIT, SigningHome, signedCommit } from '../../test/signing-home.ts';
import { verifySignature } from './verify-signature.ts';

// Real programs make keys, which takes as long as it takes.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home: SigningHome;
let openpgpKey = '';
let signature = '';
let sshSignature = '';
beforeAll(() => {
  home = new SigningHome();
  const jo = home.gpgKey();
  openpgpKey = home.publicKey(jo);
  signature = home.gpgSign(jo);
  sshSignature = home.sshSign(home.sshKey('ed25519'));
});
afterAll(() => home[Symbol.dispose]());

const BUSY_MS = 1_000;

/** The answer, and what it cost this process in time on a processor. */
async function costOf(armoured: string, { keyFile = 'jo.asc', text = openpgpKey, unsigned = COMMIT } = {}) {
  const before = process.cpuUsage();
  const result = await verifySignature({ object: signedCommit(armoured, unsigned), keys: [{ name: keyFile, text }], nowMs: Date.now() });
  const { user, system } = process.cpuUsage(before);
  return { result, cpuMs: (user + system) / 1000 };
}

describe('what is too large', () => {
  test('a signature of more than 64 KiB is refused', async () => {
    const padded = signature.replace('\n\n', `\nComment: ${'x'.repeat(66_000)}\n\n`);

    expect((await costOf(padded)).result).toMatchObject({ kind: 'invalid', message: 'the signature is larger than 65536 bytes' });
  });

  test('a commit of more than a mebibyte is refused', async () => {
    const { result } = await costOf(signature, { unsigned: `${COMMIT}${'x'.repeat(1_100_000)}` });

    expect(result).toMatchObject({ kind: 'invalid', message: 'the commit is larger than 1048576 bytes' });
  });
});

describe('what is as large as it may be, and made to take long, is answered at once', () => {
  test.each([
    ['spaces in a signature', () => costOf(`${signature.trimEnd()}${' '.repeat(60_000)}x`)],
    ['lines that go on', () => costOf(signature, { unsigned: COMMIT.replace('\n\n', `\nx y${'\n z'.repeat(250_000)}\n\n`) })],
    ['a name of spaces', () => costOf(signature, { unsigned: COMMIT.replace('Jo', ' '.repeat(900_000)) })],
    [
      'quotes in a line of keys',
      () => costOf(sshSignature, { keyFile: 'x.sshpub', text: `a="${'\\\\"'.repeat(100_000)} ssh-ed25519 AAAA` }),
    ],
    ['quotes that end early', () => costOf(sshSignature, { keyFile: 'x.sshpub', text: `${'"\\\\"'.repeat(100_000)} ssh-ed25519 AAAA` })],
    ['lines that are no keys', () => costOf(sshSignature, { keyFile: 'x.sshpub', text: '"\n'.repeat(300_000) })],
    ['armours without content', () => costOf(signature, { text: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n'.repeat(25_000) })],
    ['packets without content', () => costOf(signature, { text: armouredKeys(Buffer.alloc(700_000, Buffer.from([0xc6, 0x00]))) })],
    ['keys without content', () => costOf(signature, { text: armouredKeys(Buffer.alloc(700_000, Buffer.from([0xc6, 0x01, 0x04]))) })],
  ])('%s', async (_, attack) => {
    const { result, cpuMs } = await attack();

    expect(['invalid', 'unknown-key']).toContain(result.kind);
    expect(cpuMs).toBeLessThan(BUSY_MS);
  });
});

const armouredKeys = (bytes: Buffer): string =>
  `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${bytes.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END PGP PUBLIC KEY BLOCK-----`;
