import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { makeSshKey } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { fingerprintOf, type HostKey, parseHostKey, rsaBits } from './host-key.ts';
import { objectionTo, parseKnownHosts, trustedKeys } from './known-hosts.ts';

const field = (bytes: Buffer | string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(bytes));
  return Buffer.concat([length, Buffer.from(bytes)]);
};
const keyOf = (type: string, ...fields: readonly (Buffer | string)[]): HostKey =>
  parseHostKey(Buffer.concat([type, ...fields].map(field))) ?? { type: '', blob: Buffer.alloc(0) };
const encoded = ({ blob }: HostKey): string => blob.toString('base64');

const ed25519 = keyOf('ssh-ed25519', 'a'.repeat(32));
const another = keyOf('ssh-ed25519', 'b'.repeat(32));
const ecdsa = keyOf('ecdsa-sha2-nistp256', 'nistp256', 'c'.repeat(65));
const rsa = keyOf('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0, 0x80]), Buffer.alloc(383)]));

const line = (hosts: string, key = ed25519): string => `${hosts} ${key.type} ${encoded(key)}`;
const objection = (lines: readonly string[], { host = 'git.example.com', port = 22, key = ed25519 } = {}) =>
  objectionTo(key, { host, port }, parseKnownHosts(lines.join('\n')));

describe('a host is known', () => {
  test.each([
    ['git.example.com', {}],
    ['Git.Example.COM', {}],
    ['10.0.0.1,git.example.com', {}],
    ['*.example.com', {}],
    ['g?t.*', {}],
    ['*', {}],
    ['[git.example.com]:22', {}],
    ['[git.example.com]:2222', { port: 2222 }],
    ['git.example.com:2222', { port: 2222 }],
    ['[*.example.com]:2222', { port: 2222 }],
    ['*,!other.example.com', {}],
    ['::1', { host: '::1' }],
    ['[::1]:2222', { host: '::1', port: 2222 }],
  ])('by %s', (hosts, endpoint) => {
    expect(objection([line(hosts)], endpoint)).toBeUndefined();
  });

  test.each([
    ['git.example.co', {}],
    ['example.com', {}],
    ['git?example.com.*', {}],
    ['*,!git.example.com', {}],
    ['!*.example.com,git.example.com', {}],
    ['git.example.com', { port: 2222 }],
    ['*.example.com', { port: 2222 }],
    ['[git.example.com]:2222', {}],
    ['[git.example.com]:2222', { port: 22222 }],
    ['', {}],
    ['!git.example.com', {}],
    ['|1|AAAA|AAAA', {}],
    ['|2|AAAA|AAAA', {}],
    ['|', {}],
  ])('not by %s', (hosts, endpoint) => {
    expect(objection([line(hosts)], endpoint)).toContain('known_hosts has ');
  });

  test.each([
    ['git.example.com', 22],
    ['git.example.com', 2222],
  ])('by its hashed name, as ssh-keygen writes it: %s, port %i', async (host, port) => {
    const directory = await mkdtemp(join(tmpdir(), 'known-hosts-'));
    const file = join(directory, 'known_hosts');
    await writeFile(file, `${line(port === 22 ? host : `[${host}]:${port}`)}\n`);
    await promisify(execFile)('ssh-keygen', ['-H', '-f', file]);
    const hashed = await readFile(file, 'utf8');
    await rm(directory, { recursive: true });

    expect(hashed).toMatch(/^\|1\|/);
    expect(objection([hashed], { host, port })).toBeUndefined();
    expect(objection([hashed], { host, port: port + 1 })).toMatch(/^known_hosts has (no key|keys) for /);
    expect(objection([hashed], { host: 'other.example.com', port })).toMatch(/^known_hosts has no key for /);
    expect(objection([hashed], { host, port, key: another })).toContain('has changed');
  });
});

describe('a key', () => {
  test('is one of several that are known', () => {
    const lines = [line('git.example.com', another), line('git.example.com', ecdsa), line('git.example.com', ed25519)];

    for (const key of [another, ecdsa, ed25519]) expect(objection(lines, { key })).toBeUndefined();
    expect(trustedKeys(parseKnownHosts(lines.join('\r\n')), { host: 'git.example.com', port: 22 }).map(({ type }) => type)).toEqual([
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'ssh-ed25519',
    ]);
  });

  test('that has changed is told by its fingerprint', () => {
    expect(objection([line('git.example.com', another)])).toBe(
      `the host key of git.example.com has changed: it shows ssh-ed25519 ${fingerprintOf(ed25519)}, which is not in known_hosts`,
    );
  });

  test('of another type than those that are known is not taken for a first meeting', () => {
    expect(objection([line('git.example.com', ecdsa)])).toBe(
      `known_hosts has no key of this type for git.example.com: it shows ssh-ed25519 ${fingerprintOf(ed25519)}, known are ecdsa-sha2-nistp256`,
    );
  });

  test('that is revoked is refused, whomever it is revoked for and whatever else stands there', () => {
    for (const hosts of ['*', 'other.example.com', 'git.example.com']) {
      const lines = [line('git.example.com'), `@revoked ${line(hosts)}`];
      expect(objection(lines)).toContain('is revoked in known_hosts');
      expect(trustedKeys(parseKnownHosts(lines.join('\n')), { host: 'git.example.com', port: 22 })).toEqual([]);
    }
    expect(objection([line('git.example.com'), `@revoked ${line('*', another)}`])).toBeUndefined();
  });

  test('of a certificate authority vouches for nobody by itself', () => {
    expect(objection([`@cert-authority ${line('*.example.com')}`])).toContain('host certificates are not supported');
  });

  test('that stands for the host at another port is told', () => {
    expect(objection([line('git.example.com')], { port: 2222 })).toContain("the line has to begin with '[git.example.com]:2222'");
  });

  test.each([1_024, 2_047])('of RSA with %i bits is refused even when it is known', (bits) => {
    const modulus = Buffer.alloc(Math.ceil(bits / 8));
    modulus[0] = bits % 8 === 0 ? 0x80 : 0x40;
    const weak = keyOf('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0]), modulus]));

    expect(objection([line('git.example.com', weak)], { key: weak })).toContain(`too weak, RSA with ${bits} bits`);
  });

  test.each([2_048, 3_072, 2_056])('of RSA has as many bits as OpenSSL says: %i', async (bits) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    const { n = '' } = publicKey.export({ format: 'jwk' });

    expect(rsaBits(keyOf('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')])))).toBe(bits);
  });

  test('has the fingerprint that ssh-keygen shows', async () => {
    const { publicKey, fingerprint } = await makeSshKey({ type: 'ecdsa' });
    const key = parseHostKey(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'));

    expect(key === undefined ? '' : fingerprintOf(key)).toBe(fingerprint);
  });
});

describe('a file', () => {
  test('may have comments, empty lines, tabs and lines that are none', () => {
    const lines = [
      ...['', '# a comment', '   ', 'garbage', 'git.example.com', 'git.example.com ssh-ed25519', 'git.example.com ssh-ed25519 !!!'],
      ...[
        'git.example.com ssh-ed25519 AAAA',
        '@revoked',
        '@unheard-of * ssh-ed25519 AAAAC3',
        `git.example.com\tssh-ed25519\t${encoded(rsa)} a comment`,
      ],
    ];

    expect(objection(lines, { key: rsa })).toBeUndefined();
    expect(parseKnownHosts(lines.join('\n')).entries).toHaveLength(1);
  });

  test('with a marker that nobody knows trusts nobody by it', () => {
    expect(objection([`@trust-me ${line('git.example.com')}`])).toBe(
      `known_hosts has no key for git.example.com: it shows ssh-ed25519 ${fingerprintOf(ed25519)}`,
    );
  });

  test('names its keys as it likes: what counts is in them', () => {
    expect(objection([`git.example.com ssh-rsa ${encoded(ed25519)}`])).toBeUndefined();
  });

  test('of a megabyte, with patterns made to be slow, is judged in no time', () => {
    const slow = `${'*a'.repeat(200)}b`;
    const lines = Array.from({ length: 2_000 }, () => line(slow, another));
    const spentMs = startCpuTime();

    expect(objection(lines, { host: 'a'.repeat(253) })).toContain('known_hosts has no key');

    expect(spentMs()).toBeLessThan(2_000);
  });
});

test('a file takes time by its length, whoever wrote it', () => {
  const small = keyOf('x');
  const lines = Array.from({ length: 40_000 }, () => line('*', small));
  const spentMs = startCpuTime();

  expect(objection([...lines, line('git.example.com')])).toBeUndefined();

  expect(spentMs()).toBeLessThan(4_000);
});
