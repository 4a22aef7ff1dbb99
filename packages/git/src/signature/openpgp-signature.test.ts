import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { COMMIT, SigningHome, signedCommit } from '../../test/signing-home.ts';
import type { SignedObject } from './outcome.ts';
import { verifySignature } from './verify-signature.ts';

// Real programs make keys, which takes as long as it takes.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home: SigningHome;
let jo: string;
beforeAll(() => {
  home = new SigningHome();
  jo = home.gpgKey();
});
afterAll(() => home[Symbol.dispose]());

const verify = (object: SignedObject, ...texts: readonly string[]) =>
  verifySignature({ object, keys: texts.map((text, index) => ({ name: `author${index}.asc`, text })), nowMs: Date.now() });
const ADD_KEY = ['--quick-add-key'];

describe('a signature by gpg', () => {
  test.each(['ed25519', 'rsa2048', 'rsa3072', 'nistp256', 'nistp384', 'nistp521'])(
    'with a key of %s verifies, as git says',
    async (algorithm) => {
      const key = home.gpgKey({ algorithm });
      const commit = signedCommit(home.gpgSign(key));

      expect(await verify(commit, home.publicKey(key))).toEqual({
        kind: 'verified',
        signer: { keyFile: 'author0.asc', id: key.slice(-16), fingerprint: key, scheme: 'openpgp' },
      });
      expect(home.gitAccepts(commit)).toBe(true);
    },
  );

  test.each(['brainpoolP256r1', 'brainpoolP512r1'])('with a key of %s is told to be of a kind that is not supported', async (algorithm) => {
    const key = home.gpgKey({ algorithm });

    const result = await verify(signedCommit(home.gpgSign(key)), home.publicKey(key));

    expect(result).toMatchObject({ kind: 'invalid', message: expect.stringContaining('of a kind that is not supported') });
  });

  test('of git commit -S and git tag -s verifies', async () => {
    const config = ['-c', `user.signingKey=${jo}`];
    home.git([...config, 'commit', '--quiet', '--allow-empty', '-S', '-m', 'ünïcode, and a line\n\nBody']);
    home.git([...config, 'tag', '-s', '-m', 'a release', 'v1']);

    expect(await verify(home.object('HEAD', 'commit'), home.publicKey(jo))).toMatchObject({ kind: 'verified' });
    expect(await verify(home.object('v1', 'tag'), home.publicKey(jo))).toMatchObject({ kind: 'verified' });
  });

  test('by a subkey is shown by the id of the primary key, as Flux does, with the fingerprint of the subkey', async () => {
    const key = home.gpgKey({ usage: 'cert' });
    home.gpg([...ADD_KEY, key, 'ed25519', 'sign', 'never']);
    const commit = signedCommit(home.gpgSign(key));

    const result = await verify(commit, home.publicKey(key));

    expect(result).toMatchObject({ kind: 'verified', signer: { id: key.slice(-16), fingerprint: expect.not.stringContaining(key) } });
    expect(home.gitAccepts(commit)).toBe(true);
  });

  test('over text verifies when the content is text, in the one form that was signed', async () => {
    const crlf = COMMIT.replace('nothing yet', 'nothing\r\nyet');
    const args = ['--textmode'];

    expect(await verify(signedCommit(home.gpgSign(jo, COMMIT, { args })), home.publicKey(jo))).toMatchObject({ kind: 'verified' });
    const other = signedCommit(home.gpgSign(jo, crlf, { args }), crlf);
    expect(await verify(other, home.publicKey(jo))).toMatchObject({ kind: 'invalid', message: expect.stringContaining('text') });
    // What it would stand for as well.
    const moved = signedCommit(home.gpgSign(jo, crlf, { args }), crlf.replaceAll('\r', ''));
    expect(home.gitAccepts(other) && home.gitAccepts(moved)).toBe(true);
  });

  test('is refused when a signature stands beside it, as git says', async () => {
    const [one = '', two = ''] = [home.gpgSign(jo), home.gpgSign(jo, 'anything')];
    const commit = signedCommit(`${one}${two}`);

    expect(await verify(commit, home.publicKey(jo))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('one armoured block'),
    });
  });

  test('that is two signatures in one armour is refused, as git says', async () => {
    const other = home.gpgKey();
    const commit = signedCommit(home.gpgSign(jo, COMMIT, { args: ['--local-user', other] }));

    expect(await verify(commit, home.publicKey(jo, other))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('one OpenPGP signature'),
    });
    expect(home.gitAccepts(commit)).toBe(false);
  });
});

describe('A19: what does not verify, with the id of the key and nothing of the packets', () => {
  const refused = async (commit: SignedObject, keys: string, expected: { readonly kind: string; readonly names?: string }) => {
    const result = await verify(commit, keys);
    expect(result).toMatchObject({ kind: expected.kind, message: expect.stringContaining(expected.names ?? jo.slice(-16)) });
    expect(result.kind === 'verified' ? '' : result.message).toMatch(/^[\w .:;,()'/-]{10,200}$/);
  };

  test('a signature by an unknown key, as git says', async () => {
    using strangers = new SigningHome();
    const stranger = strangers.gpgKey();
    const commit = signedCommit(strangers.gpgSign(stranger));

    await refused(commit, home.publicKey(jo), { kind: 'unknown-key', names: stranger.slice(-16) });
    expect(home.gitAccepts(commit)).toBe(false);
  });

  test('a good signature over another commit, as git says', async () => {
    const commit = signedCommit(home.gpgSign(jo), COMMIT.replace('nothing', 'anything'));

    await refused(commit, home.publicKey(jo), { kind: 'invalid' });
    expect(home.gitAccepts(commit)).toBe(false);
  });

  test('a key that has expired since: refused by upstream, shown as such by git', async () => {
    const key = home.gpgKey({ expires: 'seconds=86400', at: '20200101T000000' });
    const commit = signedCommit(home.gpgSign(key, COMMIT, { at: '20200101T120000' }));

    await refused(commit, home.publicKey(key), { kind: 'expired-key', names: 'expired at 2020-01-02T00:00:00Z' });
  });

  test('a key that had expired when it signed', async () => {
    const key = home.gpgKey({ expires: 'seconds=86400', at: '20200101T000000' });
    const packet = home.gpgSign(key, COMMIT, { at: '20200101T120000' });
    // gpg itself does not sign with it: the time of the signature is after the end as seen from a key that was shortened.
    home.gpg(['--faked-system-time', '20200101T060000!', '--quick-set-expire', key, 'seconds=3600']);

    await refused(signedCommit(packet), home.publicKey(key), { kind: 'expired-key', names: key.slice(-16) });
  });

  test('a subkey that has expired since, of a key that has not', async () => {
    const key = home.gpgKey({ usage: 'cert', at: '20200101T000000' });
    home.gpg(['--faked-system-time', '20200101T000000!', ...ADD_KEY, key, 'ed25519', 'sign', 'seconds=86400']);
    const commit = signedCommit(home.gpgSign(key, COMMIT, { at: '20200101T120000' }));

    await refused(commit, home.publicKey(key), { kind: 'expired-key', names: 'expired at 2020-01-02' });
  });

  test('a revoked key, as git says', async () => {
    const key = home.gpgKey();
    const commit = signedCommit(home.gpgSign(key));
    const before = home.publicKey(key);
    home.revoke(key);

    await refused(commit, home.publicKey(key), { kind: 'revoked-key', names: key.slice(-16) });
    expect(home.gitAccepts(commit)).toBe(false);
    // An older copy in another file does not bring it back.
    expect(await verify(commit, before, home.publicKey(key))).toMatchObject({ kind: 'revoked-key' });
  });

  test.each(['MD5', 'SHA1', 'RIPEMD160'])('a signature over %s, which git may take', async (digest) => {
    const key = home.gpgKey({ algorithm: 'rsa2048' });
    const args = ['--digest-algo', digest, '--allow-weak-digest-algos'];

    await refused(signedCommit(home.gpgSign(key, COMMIT, { args })), home.publicKey(key), { kind: 'invalid', names: 'too weak' });
  });

  test('a key of RSA with 1024 bits, or of DSA, as upstream', async () => {
    for (const algorithm of ['rsa1024', 'dsa2048']) {
      const key = home.gpgKey({ algorithm });

      await refused(signedCommit(home.gpgSign(key)), home.publicKey(key), { kind: 'invalid', names: 'may not sign' });
    }
  });

  test('a signature that has expired, as git says', async () => {
    const key = home.gpgKey({ at: '20200101T000000' });
    const commit = signedCommit(home.gpgSign(key, COMMIT, { at: '20200101T120000', args: ['--default-sig-expire', '1d'] }));

    await refused(commit, home.publicKey(key), { kind: 'invalid', names: 'expired at 2020-01-02T12:00:00Z' });
  });

  test('a signature from the future, with its time', async () => {
    const key = home.gpgKey();
    const commit = signedCommit(home.gpgSign(key, COMMIT, { at: '20990101T000000' }));

    await refused(commit, home.publicKey(key), { kind: 'invalid', names: 'is of 2099-01-01T00:00:00Z, which is in the future' });
  });

  test('a signature from before its key was made', async () => {
    const key = home.gpgKey({ at: '20210101T000000' });
    const args = ['--ignore-time-conflict', '--ignore-valid-from'];

    await refused(signedCommit(home.gpgSign(key, COMMIT, { at: '20200101T000000', args })), home.publicKey(key), {
      kind: 'invalid',
      names: key.slice(-16),
    });
  });
});

describe('a key whose expiry was put off', () => {
  test('verifies what it signed before and after, with and without its older signatures on itself, as git says', async () => {
    const key = home.gpgKey({ expires: 'seconds=86400', at: '20200101T000000' });
    const before = signedCommit(home.gpgSign(key, COMMIT, { at: '20200101T120000' }));
    home.gpg(['--faked-system-time', '20200101T180000!', '--quick-set-expire', key, '0']);
    const after = signedCommit(home.gpgSign(key, COMMIT, { at: '20210101T120000' }));
    const minimal = home.gpg(['--armor', '--export-options', 'export-minimal', '--export', key]);

    for (const commit of [before, after]) {
      expect(home.gitAccepts(commit)).toBe(true);
      for (const text of [home.publicKey(key), minimal]) expect(await verify(commit, text)).toMatchObject({ kind: 'verified' });
    }
  });
});

describe('a file of OpenPGP keys', () => {
  test('may hold several keys in one armour, several armours, and notes around them', async () => {
    const [one = '', two = '', three = ''] = [home.gpgKey(), home.gpgKey(), home.gpgKey()];
    const text = `The team\n\n${home.publicKey(one, two)}\nand\r\n${home.publicKey(three).replaceAll('\n', '\r\n')}`;

    for (const key of [one, two, three]) {
      expect(await verify(signedCommit(home.gpgSign(key)), text)).toMatchObject({ kind: 'verified', signer: { id: key.slice(-16) } });
    }
  });

  test.each([
    ['is no armour', 'hello'],
    ['has no end', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ=='],
    ['is a private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==\n-----END PGP PRIVATE KEY BLOCK-----'],
    ['is damaged', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!!\n-----END PGP PUBLIC KEY BLOCK-----'],
    ['is too large', '#'.repeat(1_100_000)],
  ])('that %s is passed over, and named when nobody else has the key', async (_, text) => {
    const commit = signedCommit(home.gpgSign(jo));

    expect(await verify(commit, text)).toMatchObject({
      kind: 'unknown-key',
      message: expect.stringContaining('; author0.asc was not read: '),
    });
    expect(await verify(commit, text, home.publicKey(jo))).toMatchObject({ kind: 'verified', signer: { keyFile: 'author1.asc' } });
  });

  test('of any name but .sshpub counts, as upstream', async () => {
    const keys = [{ name: 'pubkey', text: home.publicKey(jo) }];

    expect(await verifySignature({ object: signedCommit(home.gpgSign(jo)), keys, nowMs: Date.now() })).toMatchObject({ kind: 'verified' });
  });
});

test('an object without a signature, or with one of another kind, is told apart', async () => {
  const unsigned = { type: 'commit', content: Buffer.from(COMMIT) } as const;

  expect(await verify(unsigned, home.publicKey(jo))).toEqual({ kind: 'unsigned', message: 'the commit is not signed' });
  const x509 = signedCommit('-----BEGIN SIGNED MESSAGE-----\nAAAA\n-----END SIGNED MESSAGE-----');
  expect(await verify(x509, home.publicKey(jo))).toMatchObject({ kind: 'invalid', message: expect.stringContaining('neither') });
});
