import { describe, expect, test } from 'vitest';
import { isLocalAddress, LocalAddress, refuseLocalHost, remoteLookup } from './outbound-address.ts';

const LOCAL = [
  ['loopback', '127.0.0.1'],
  ['all of loopback', '127.255.255.254'],
  ['this host', '0.0.0.0'],
  ['the metadata of most clouds', '169.254.169.254'],
  ['the metadata of Alibaba', '100.100.100.200'],
  ['the agent of Azure', '168.63.129.16'],
  ['multicast', '224.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['loopback in IPv6', '::1'],
  ['no address in IPv6', '::'],
  ['link-local in IPv6', 'fe80::1'],
  ['link-local with its link', 'fe80::1%eth0'],
  ['the end of link-local', 'febf::1'],
  ['multicast in IPv6', 'ff02::1'],
  ['loopback in an old disguise', '::127.0.0.1'],
  ['loopback, mapped', '::ffff:127.0.0.1'],
  ['metadata, mapped, in hexadecimal', '::ffff:a9fe:a9fe'],
  ['loopback behind NAT64', '64:ff9b::127.0.0.1'],
  ['metadata behind NAT64', '64:ff9b::a9fe:a9fe'],
  ['the metadata of AWS in IPv6', 'fd00:ec2::254'],
  ['the credentials of EKS Pod Identity in IPv6', 'fd00:ec2::23'],
  ['the metadata of Oracle of old', '192.0.0.192'],
  ['the metadata of Google in IPv6', 'fd20:ce::254'],
  ['the metadata of Alibaba behind NAT64', '64:ff9b::100.100.100.200'],
  ['the agent of Azure behind NAT64', '64:ff9b::168.63.129.16'],
] as const;

describe('an address', () => {
  test.each(LOCAL)('of %s is local: %s', (_what, address) => {
    expect(isLocalAddress(address)).toBe(true);
  });

  test.each(['10.0.0.1', '192.168.1.1', '172.16.0.1', '100.64.0.1', '8.8.8.8', 'fd00::1', '2001:db8::1', '::ffff:10.0.0.1', 'fec0::1'])(
    '%s may be a server’s',
    (address) => {
      expect(isLocalAddress(address)).toBe(false);
    },
  );

  test.each(['', 'localhost', '127.1', '1.2.3.4.5'])('that is none (%j) is not taken for remote', (text) => {
    expect(isLocalAddress(text)).toBe(true);
  });
});

test.each(['127.0.0.1', '127.1', '0x7f.1', '2130706433', '0', '[::1]', '[::ffff:127.0.0.1]', '[0:0:0:0:0:0:0:1]', '169.254.169.254'])(
  'a URL that writes a local address as %s is refused',
  (host) => {
    expect(() => refuseLocalHost(new URL(`https://${host}:6443`).hostname)).toThrow(LocalAddress);
  },
);

test('a name is no address: it is looked up first', () => {
  expect(() => refuseLocalHost('localhost')).not.toThrow();
});

describe('a lookup', () => {
  const answering = (...addresses: readonly string[]) =>
    remoteLookup((_host, options, callback) => {
      expect(options).toMatchObject({ all: true });
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    });
  const ask = (lookup: ReturnType<typeof remoteLookup>, all: boolean): Promise<unknown> =>
    new Promise((resolve) => lookup('api.example.dev', { all }, (error, address, family) => resolve(error ?? [address, family])));

  test('leaves local addresses out', async () => {
    const lookup = answering('127.0.0.1', '10.0.0.7', '::1', 'fd00::7');
    expect(await ask(lookup, false)).toEqual(['10.0.0.7', 4]);
    expect(await ask(lookup, true)).toEqual([
      [
        { address: '10.0.0.7', family: 4 },
        { address: 'fd00::7', family: 6 },
      ],
      undefined,
    ]);
  });

  test('of a name that stands for local addresses alone fails', async () => {
    for (const all of [true, false]) {
      const error = await ask(answering('127.0.0.1', '::1'), all);
      expect(error).toBeInstanceOf(LocalAddress);
      expect(String(error)).toContain(`'api.example.dev' is a loopback, link-local or metadata address`);
    }
  });

  test('that fails says why', async () => {
    const none = remoteLookup((_host, _options, callback) => callback(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }), []));
    expect(await ask(none, true)).toMatchObject({ code: 'ENOTFOUND' });
  });
});
