import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { COMMIT, SigningHome, type SshSigner, signedCommit } from '../../test/signing-home.ts';
import type { SignedObject } from './outcome.ts';
import { wireString } from './ssh-wire.ts';
import { verifySignature } from './verify-signature.ts';

// Real programs make keys, which takes as long as it takes.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home: SigningHome;
let ed25519: SshSigner;
beforeAll(() => {
  home = new SigningHome();
  ed25519 = home.sshKey('ed25519');
});
afterAll(() => home[Symbol.dispose]());

const nowMs = Date.now();
const verify = (object: SignedObject, ...texts: readonly string[]) =>
  verifySignature({ object, keys: texts.map((text, index) => ({ name: `author${index}.sshpub`, text })), nowMs });
const armoured = (blob: Uint8Array) =>
  `-----BEGIN SSH SIGNATURE-----\n${Buffer.from(blob).toString('base64').replace(/.{70}/g, '$&\n').trim()}\n-----END SSH SIGNATURE-----\n`;
const blobOf = (text: string) => Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64');
const uint32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);

describe('a signature by SSH', () => {
  test.each([
    ['ed25519', undefined],
    ['ecdsa', 256],
    ['ecdsa', 384],
    ['ecdsa', 521],
    ['rsa', 2048],
    ['rsa', 3072],
  ] as const)('with a key of %s %s verifies, as git says', async (type, bits) => {
    const key = home.sshKey(type, bits);
    home.allow(key.publicKey);
    for (const hash of ['sha256', 'sha512']) {
      const commit = signedCommit(home.sshSign(key, COMMIT, { hash }));

      expect(await verify(commit, key.publicKey)).toEqual({
        kind: 'verified',
        signer: { keyFile: 'author0.sshpub', id: key.fingerprint, fingerprint: key.fingerprint, scheme: 'ssh' },
      });
      expect(home.gitAccepts(commit)).toBe(true);
    }
  });

  test('of git commit -S and git tag -s verifies', async () => {
    home.allow(ed25519.publicKey);
    const config = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${ed25519.file}.pub`];
    home.git([...config, 'commit', '--quiet', '--allow-empty', '-S', '-m', 'ünïcode, and a line\n\nBody']);
    home.git([...config, 'tag', '-s', '-m', 'a release', 'v1']);

    expect(await verify(home.object('HEAD', 'commit'), ed25519.publicKey)).toMatchObject({ kind: 'verified' });
    expect(await verify(home.object('v1', 'tag'), ed25519.publicKey)).toMatchObject({ kind: 'verified' });
  });

  test('by a key that is not among the given ones is told by its fingerprint, as git says', async () => {
    const other = home.sshKey('ed25519');
    home.allow(other.publicKey);
    const commit = signedCommit(home.sshSign(ed25519));

    expect(await verify(commit, other.publicKey)).toEqual({
      kind: 'unknown-key',
      message: `signed with SSH key ${ed25519.fingerprint}, which none of the given keys is`,
    });
    expect(home.gitAccepts(commit)).toBe(false);
  });

  test('over another content does not verify, as git says', async () => {
    home.allow(ed25519.publicKey);
    const commit = signedCommit(home.sshSign(ed25519), COMMIT.replace('nothing', 'anything'));

    expect(await verify(commit, ed25519.publicKey)).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(ed25519.fingerprint),
    });
    expect(home.gitAccepts(commit)).toBe(false);
  });

  test('that was made for a file, not for Git, does not verify, as git says', async () => {
    home.allow(ed25519.publicKey);
    const commit = signedCommit(home.sshSign(ed25519, COMMIT, { namespace: 'file' }));

    expect(await verify(commit, ed25519.publicKey)).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('another use than Git'),
    });
    expect(home.gitAccepts(commit)).toBe(false);
  });

  test('by an RSA key of 1024 bits does not verify', async () => {
    const key = home.sshKey('rsa', 1024);
    const commit = signedCommit(home.sshSign(key));

    expect(await verify(commit, key.publicKey)).toMatchObject({ kind: 'invalid', message: expect.stringContaining('2048 bits') });
  });

  test('by a certificate is refused as what it is', async () => {
    const authority = home.sshKey('ed25519');
    home.run('ssh-keygen', ['-q', '-s', authority.file, '-I', 'jo', '-n', 'jo@example.com', `${ed25519.file}.pub`]);
    const commit = signedCommit(home.sshSign({ ...ed25519, file: `${ed25519.file}-cert.pub` }));

    const result = await verify(commit, authority.publicKey, ed25519.publicKey);

    expect(result).toMatchObject({ kind: 'invalid', message: expect.stringContaining('certificates are not supported') });
  });
});

describe('what is in an SSH signature', () => {
  interface Fields {
    readonly version: number;
    readonly reserved: string;
    readonly hash: string;
    readonly tail: Buffer;
  }
  const rebuilt = (changes: Partial<Fields>) => {
    const fields = { version: 1, reserved: '', hash: 'sha512', tail: Buffer.alloc(0), ...changes };
    const blob = blobOf(home.sshSign(ed25519));
    const key = Buffer.from(ed25519.publicKey.split(' ')[1] ?? '', 'base64');
    const signature = blob.subarray(10 + 4 + key.length + 4 + 3 + 4 + 4 + 6 + 4);
    const parts = [Buffer.from('SSHSIG'), uint32(fields.version), wireString(key), wireString('git'), wireString(fields.reserved)];
    return signedCommit(armoured(Buffer.concat([...parts, wireString(fields.hash), wireString(signature), fields.tail])));
  };

  test('verifies when it is put together again as it was', async () => {
    expect(await verify(rebuilt({}), ed25519.publicKey)).toMatchObject({ kind: 'verified' });
  });

  test.each([
    ['another version', { version: 2 }],
    ['a reserved field that is not empty, which OpenSSH does not sign', { reserved: 'x' }],
    ['a hash of SHA-1', { hash: 'sha1' }],
    ['bytes behind it', { tail: Buffer.from([0]) }],
  ])('is refused for %s', async (_, changes) => {
    expect(await verify(rebuilt(changes), ed25519.publicKey)).toMatchObject({ kind: 'invalid' });
  });

  test('is refused for every length that lies', async () => {
    const blob = blobOf(home.sshSign(ed25519));
    for (const value of [0, 1, 0x7f, 0xffffffff]) {
      for (let at = 10; at < blob.length - 4; at += 1) {
        const lying = Buffer.concat([blob.subarray(0, at), uint32(value), blob.subarray(at + 4)]);
        if (!lying.equals(blob))
          expect(await verify(signedCommit(armoured(lying)), ed25519.publicKey)).toMatchObject({
            kind: expect.stringMatching(/invalid|unknown-key/),
          });
      }
    }
  });

  test('is refused when it was cut off anywhere', async () => {
    const blob = blobOf(home.sshSign(ed25519));
    for (let length = 0; length < blob.length; length += 1) {
      expect(await verify(signedCommit(armoured(blob.subarray(0, length))), ed25519.publicKey)).toMatchObject({ kind: 'invalid' });
    }
  });

  test('is refused as ssh-rsa, over SHA-1', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const blob = rsaBlob(publicKey);
    for (const [algorithm, digest, kind] of [
      ['ssh-rsa', 'sha1', 'invalid'],
      ['rsa-sha2-256', 'sha256', 'verified'],
      ['rsa-sha2-512', 'sha512', 'verified'],
      ['rsa-sha2-512', 'sha256', 'invalid'],
    ] as const) {
      const value = sign(digest, toSign(), privateKey);
      const signature = Buffer.concat([wireString(algorithm), wireString(value)]);
      expect(await verify(signedCommit(enveloped(blob, signature)), `ssh-rsa ${blob.toString('base64')}`)).toMatchObject({ kind });
    }
  });
});

const toSign = () =>
  Buffer.concat([Buffer.from('SSHSIG'), ...['git', '', 'sha512', createHash('sha512').update(COMMIT).digest()].map(wireString)]);
const enveloped = (blob: Buffer, signature: Buffer) =>
  armoured(Buffer.concat([Buffer.from('SSHSIG'), uint32(1), ...[blob, 'git', '', 'sha512', signature].map(wireString)]));

function rsaBlob(key: KeyObject): Buffer {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  return Buffer.concat(
    ['ssh-rsa', Buffer.from(e, 'base64url'), Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')])].map(wireString),
  );
}

describe('a signature by a security token', () => {
  const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest();

  /** What a token does, with a key that is in no token. */
  function token(type: 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com', { flags = 1, signedFor = 'ssh:' } = {}) {
    const isEd25519 = type.includes('ed25519');
    const { publicKey, privateKey } = isEd25519 ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const point = Buffer.from(x, 'base64url');
    const body = isEd25519 ? [point] : ['nistp256', Buffer.concat([Buffer.from([4]), point, Buffer.from(y, 'base64url')])];
    const blob = Buffer.concat([type, ...body, 'ssh:'].map(wireString));
    const state = Buffer.concat([Buffer.from([flags]), uint32(7)]);
    const message = Buffer.concat([sha256(signedFor), state, sha256(toSign())]);
    const raw = isEd25519 ? sign(null, message, privateKey) : sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const value = isEd25519 ? raw : Buffer.concat([raw.subarray(0, 32), raw.subarray(32)].map((number) => wireString(mpint(number))));
    return {
      publicKey: `${type} ${blob.toString('base64')}`,
      armour: enveloped(blob, Buffer.concat([wireString(type), wireString(value), state])),
    };
  }

  function mpint(number: Buffer): Buffer {
    const bytes = number.subarray(number.findIndex((byte) => byte !== 0));
    return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
  }

  test.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const)(
    'with %s verifies, as git says',
    async (type) => {
      const { publicKey, armour } = token(type);
      home.allow(publicKey);

      expect(await verify(signedCommit(armour), publicKey)).toMatchObject({ kind: 'verified' });
      expect(home.gitAccepts(signedCommit(armour))).toBe(true);
    },
  );

  test('does not verify for another application, as git says', async () => {
    const { publicKey, armour } = token('sk-ssh-ed25519@openssh.com', { signedFor: 'web:' });
    home.allow(publicKey);

    expect(await verify(signedCommit(armour), publicKey)).toMatchObject({ kind: 'invalid' });
    expect(home.gitAccepts(signedCommit(armour))).toBe(false);
  });

  test('does not verify when nobody touched it: stricter than git, as strict as sshd', async () => {
    const { publicKey, armour } = token('sk-ssh-ed25519@openssh.com', { flags: 0 });

    expect(await verify(signedCommit(armour), publicKey)).toMatchObject({ kind: 'invalid', message: expect.stringContaining('touching') });
  });
});

describe('a file of SSH keys', () => {
  test.each([
    ['comments, empty lines and Windows line ends', (key: string) => `# us\r\n\r\n${key.trim()}\r\n`],
    ['options that limit a login', (key: string) => `no-pty,command="echo \\"a b\\"" ${key}`],
    ['the principals of an allowed-signers file', (key: string) => `jo@example.com,*@example.org ${key}`],
    ['keys of types that do not count', (key: string) => `ssh-dss AAAAB3NzaC1kc3M=\n${key}`],
    ['no comment behind the key', (key: string) => key.split(' ').slice(0, 2).join(' ')],
  ])('may have %s', async (_, text) => {
    expect(await verify(signedCommit(home.sshSign(ed25519)), text(ed25519.publicKey))).toMatchObject({ kind: 'verified' });
  });

  test.each([
    ['cert-authority', 'line 1 limits its key by an option that is not supported'],
    ['no-pty,expiry-time="20200101"', 'line 1 limits its key by an option that is not supported'],
    ['valid-before="20200101"', 'line 1 limits its key by an option that is not supported'],
  ])('that limits its key by %s is not read, and that is said', async (options, message) => {
    expect(await verify(signedCommit(home.sshSign(ed25519)), `${options} ${ed25519.publicKey}`)).toMatchObject({
      kind: 'unknown-key',
      message: expect.stringContaining(`author0.sshpub was not read: ${message}`),
    });
  });

  test('with a line that is no key is not read at all, as upstream; another file is', async () => {
    const commit = signedCommit(home.sshSign(ed25519));
    const broken = `${ed25519.publicKey}ssh-ed25519 AAAA\n`;

    expect(await verify(commit, broken)).toMatchObject({
      kind: 'unknown-key',
      message: expect.stringContaining('line 2 holds no SSH public key'),
    });
    expect(await verify(commit, broken, ed25519.publicKey)).toMatchObject({ kind: 'verified', signer: { keyFile: 'author1.sshpub' } });
  });

  test('of more than a mebibyte is not read', async () => {
    expect(await verify(signedCommit(home.sshSign(ed25519)), `${ed25519.publicKey}${'#\n'.repeat(600_000)}`)).toMatchObject({
      kind: 'unknown-key',
    });
  });

  test('is needed: a key under another name is for OpenPGP', async () => {
    const object = signedCommit(home.sshSign(ed25519));

    const result = await verifySignature({ object, keys: [{ name: 'author.asc', text: ed25519.publicKey }], nowMs });

    expect(result).toMatchObject({ kind: 'unknown-key', message: expect.stringContaining('.sshpub') });
  });
});
