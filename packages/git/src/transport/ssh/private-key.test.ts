import { generateKeyPairSync } from 'node:crypto';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { makeSshKey, type SshKeyOptions, startSshServer } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { never } from '../../../test/git-server.ts';
import { connect } from '../../connection.ts';
import { loadSsh2 } from './load-ssh2.ts';
import { decryptedIdentity, privateKeyOf } from './private-key.ts';

const KEYS: readonly SshKeyOptions[] = [
  { type: 'ed25519' },
  { type: 'ed25519', passphrase: 'a phrase' },
  ...(['openssh', 'pem', 'pkcs8'] as const).flatMap((format): SshKeyOptions[] => [
    { type: 'rsa', bits: 2_048, format },
    { type: 'rsa', bits: 3_072, format, passphrase: 'a phrase' },
    { type: 'ecdsa', bits: 256, format, passphrase: 'a phrase' },
    { type: 'ecdsa', bits: 384, format },
    { type: 'ecdsa', bits: 521, format },
  ]),
];

test('a real sshd lets in whoever has one of the keys that ssh-keygen makes, in any of its formats', { timeout: 60_000 }, async () => {
  const keys = await Promise.all(KEYS.map(makeSshKey));
  const { privateKey: pkcs8, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const blob = Buffer.concat([
    Buffer.from('0000000b', 'hex'),
    Buffer.from('ssh-ed25519'),
    Buffer.from('00000020', 'hex'),
    Buffer.from(x, 'base64url'),
  ]);
  const own = `ssh-ed25519 ${blob.toString('base64')}`;
  await using server = await startSshServer({ authorizedKeys: [...keys.map((key) => key.publicKey), own] });
  const repository = await server.createRepository('app');
  await repository.commit('first', { a: '1' });
  const identities = [
    ...keys.map(({ privateKey }, index) => ({ identity: privateKey, passphrase: KEYS[index]?.passphrase })),
    { identity: pkcs8.export({ type: 'pkcs8', format: 'pem' }).toString(), passphrase: undefined },
    {
      identity: pkcs8.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'a phrase' }).toString(),
      passphrase: 'a phrase',
    },
  ];

  for (const { identity, passphrase } of identities) {
    const access = {
      username: server.user,
      identity,
      knownHosts: server.knownHosts.plain,
      ...(passphrase === undefined ? {} : { passphrase }),
    };
    await using remote = connect({ url: new URL(repository.url), access });
    await expect(remote.handshake(never()), identity.split('\n')[0]).resolves.toBeUndefined();
  }
  expect(server.connections).toBe(identities.length);
});

test.each(KEYS)('without its passphrase it is the same key: %j', async (options) => {
  const { privateKey: identity } = await makeSshKey(options);
  const { passphrase } = options;
  const ssh2 = await loadSsh2();
  const access = { identity, ...(passphrase === undefined ? {} : { passphrase }) };

  const bare = privateKeyOf({ identity: await decryptedIdentity(access) }, ssh2);

  expect(bare.getPublicSSH()).toEqual(privateKeyOf(access, ssh2).getPublicSSH());
  expect(bare.verify('content', bare.sign('content') as never)).toBe(true);
});

describe('a key that cannot be used is refused in words that have nothing of it', () => {
  const read = async (identity: string, passphrase?: string): Promise<string> => {
    const ssh2 = await loadSsh2();
    try {
      privateKeyOf({ identity, ...(passphrase === undefined ? {} : { passphrase }) }, ssh2);
      return 'no error';
    } catch (error) {
      expect(error).toMatchObject({ name: 'InvalidLogin' });
      return (error as Error).message;
    }
  };

  test.each([
    { type: 'ed25519' } as const,
    { type: 'rsa', bits: 2_048, format: 'openssh' } as const,
    { type: 'rsa', bits: 2_048, format: 'pem' } as const,
    { type: 'ecdsa', format: 'pkcs8' } as const,
  ])('encrypted, without its passphrase and with another: %j', async (options) => {
    const { privateKey } = await makeSshKey({ ...options, passphrase: 'CANARY-phrase' });

    expect(await read(privateKey)).toBe("'identity' of the Secret is encrypted: it needs the key 'password' with its passphrase");
    expect(await read(privateKey, 'CANARY-other')).toBe("'password' of the Secret is not the passphrase of 'identity'");
    expect(await read(privateKey, 'CANARY-phrase')).toBe('no error');
  });

  test('not encrypted, a passphrase does it no harm', async () => {
    for (const format of ['openssh', 'pem', 'pkcs8'] as const)
      expect(await read((await makeSshKey({ type: 'ecdsa', format })).privateKey, 'CANARY')).toBe('no error');
  });

  const pem = (label: string, content: string) => `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

  const hopeless: readonly (readonly [identity: string, message: string])[] = [
    ['', "'identity' of the Secret is no private key in PEM"],
    ['CANARY', "'identity' of the Secret is no private key in PEM"],
    ['PuTTY-User-Key-File-3: ssh-ed25519\nCANARY', "'identity' of the Secret is no private key in PEM"],
    [pem('PUBLIC KEY', 'CANARY'), "'identity' of the Secret is no private key in PEM"],
    ...['OPENSSH PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'PRIVATE KEY', 'DSA PRIVATE KEY', 'CANARY PRIVATE KEY'].map(
      (label) => [pem(label, 'CANARYCANARYCANARY'), "'identity' of the Secret is damaged, or of a kind that is not supported"] as const,
    ),
    [
      generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      "'identity' of the Secret is damaged, or of a kind that is not supported",
    ],
  ];

  test.each(hopeless)('%j', async (identity, message) => {
    expect(await read(identity)).toBe(message);
    expect(await read(identity, 'CANARY')).toBe(message);
  });

  test('cut off at any place', async () => {
    const { privateKey } = await makeSshKey({ type: 'ecdsa' });
    const lines = privateKey.split('\n');
    for (let kept = 2; kept < lines.length - 2; kept++) {
      const cut = [...lines.slice(0, kept), lines.at(-2), ''].join('\n');
      expect(await read(cut)).toMatch(/damaged/);
    }
  });

  test('that would take minutes to decrypt', async () => {
    const { privateKey } = await makeSshKey({ type: 'ed25519', passphrase: 'a phrase' });
    const bytes = Buffer.from(privateKey.replace(/-----.*-----/g, ''), 'base64');
    const at = bytes.indexOf(Buffer.from([0, 0, 0, 16]), bytes.indexOf('bcrypt') + 10) + 20;
    bytes.writeUInt32BE(2 ** 31, at);
    const spentMs = startCpuTime();

    expect(await read(pem('OPENSSH PRIVATE KEY', bytes.toString('base64')), 'a phrase')).toContain('2147483648 rounds');

    expect(spentMs()).toBeLessThan(1_000);
  });

  test('that would take OpenSSL minutes to decrypt, and nothing could interrupt it', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const sound = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'a phrase' });
    // 2048 iterations, as OpenSSL writes them.
    const at = sound.indexOf(Buffer.from([0x02, 0x02, 0x08, 0x00]));
    // Two bytes more, in the number and in all that it is in.
    const absurd = Buffer.concat([sound.subarray(0, at), Buffer.from([0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]), sound.subarray(at + 4)]);
    for (const length of lengthsAround(absurd, at)) absurd.writeUInt8(absurd.readUInt8(length) + 2, length);
    const inPem = (der: Buffer) => pem('ENCRYPTED PRIVATE KEY', der.toString('base64'));
    const spentMs = startCpuTime();

    expect(at).toBeGreaterThan(0);
    expect(await read(inPem(sound), 'a phrase')).toBe('no error');
    expect(await read(inPem(absurd), 'a phrase')).toContain('too many iterations');
    expect(await read(inPem(absurd.subarray(0, 40)), 'a phrase')).toMatch(/damaged/);

    expect(spentMs()).toBeLessThan(1_000);
  });
});

/** Where the lengths of the sequences stand that a place is in: the last byte of each. */
function lengthsAround(der: Buffer, place: number): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < place; ) {
    const lengthAt = der[at + 1] === 0x81 ? at + 2 : at + 1;
    const end = lengthAt + 1 + der.readUInt8(lengthAt);
    const isAround = der[at] === 0x30 && end > place;
    if (isAround) found.push(lengthAt);
    at = isAround ? lengthAt + 1 : end;
  }
  return found;
}
