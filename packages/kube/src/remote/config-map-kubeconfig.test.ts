import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { clientBed, signal } from '../../test/client-bed.ts';
import { json } from '../../test/https-server.ts';
import type { ConfigMap } from './config-map-keys.ts';
import { configMapConnection, parseGenericCluster } from './config-map-kubeconfig.ts';
import { UnsupportedProvider, UnusableKubeconfig } from './unusable-kubeconfig.ts';

type Data = Readonly<Record<string, string>>;

const configMap = (data: Data): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'apps', name: 'prod' },
  data,
});
const complete: Data = { provider: 'generic', address: 'https://Away.example.dev', serviceAccountName: 'deployer' };
const parse = (data: Data, defaultServiceAccount?: string) =>
  parseGenericCluster({ configMap: configMap(data), defaultServiceAccount }, {});

function refusal(use: () => unknown): Error {
  try {
    use();
  } catch (error) {
    expect(error).toBeInstanceOf(UnusableKubeconfig);
    return error as Error;
  }
  throw new Error('it was not refused');
}

describe('a ConfigMap that describes a cluster', () => {
  test('says where it is and as whom to come', () => {
    expect(parse({ ...complete, 'ca.crt': certificates.ca, audiences: '["a", "b"]', cluster: 'ignored' })).toEqual({
      server: 'https://away.example.dev:443',
      ca: certificates.ca,
      audiences: ['a', 'b'],
      account: { namespace: 'apps', name: 'deployer' },
    });
  });

  test('whose token is for the address as it is written, where it names no audience', () => {
    expect(parse(complete).audiences).toEqual(['https://Away.example.dev']);
  });

  test.each([
    ['away.example.dev', 'https://away.example.dev:443'],
    ['away.example.dev:6443', 'https://away.example.dev:6443'],
    ['https://away.example.dev:6443/some/path?and=query', 'https://away.example.dev:6443'],
    ['httpd.example.dev', 'https://httpd.example.dev:443'],
    ['[fd00::7]:6443', 'https://[fd00::7]:6443'],
  ])('may be at %s', (address, server) => {
    expect(parse({ ...complete, address }).server).toBe(server);
  });

  test('may leave the ServiceAccount to the operator', () => {
    const { serviceAccountName: _, ...without } = complete;
    expect(parse(without, 'default-deployer').account.name).toBe('default-deployer');
    expect(parse(complete, 'default-deployer').account.name).toBe('deployer');
    expect(refusal(() => parse(without)).message).toBe(
      "failed to use the kubeconfig of ConfigMap 'apps/prod': it has no key 'serviceAccountName', and the controller has no default for it",
    );
    expect(refusal(() => parse(without, '')).message).toContain("no key 'serviceAccountName'");
  });

  test('of a provider that Flux does not have is told so', () => {
    const error = refusal(() => parse({ ...complete, provider: 'CANARY' }));
    expect(error).toBeInstanceOf(UnsupportedProvider);
    expect(error.message).toContain("its provider is none of 'generic', 'aws', 'azure' and 'gcp'");
    expect(error.message).not.toContain('CANARY');
  });

  test.each<[string, Data, string]>([
    ['no provider', { address: 'x' }, "it has no key 'provider'"],
    ['no address', { ...complete, address: '' }, "it has no key 'address'"],
    ['an address that is none', { ...complete, address: 'https://CANARY CANARY' }, "'address' is not a URL"],
    ['an address in the clear', { ...complete, address: 'http://CANARY' }, "'address' is not an https URL"],
    ['an address with a login', { ...complete, address: 'CANARY:x@example.dev' }, "'address' has a login in it"],
    ['a local address', { ...complete, address: '127.1' }, "'address' is a loopback, link-local or metadata address"],
    ['an authority that is none', { ...complete, 'ca.crt': 'CANARY' }, "'ca.crt' is not a certificate"],
    ['a ServiceAccount of another namespace', { ...complete, serviceAccountName: 'CANARY/admin' }, "'serviceAccountName' is not the name"],
    ['a ServiceAccount that is a path', { ...complete, serviceAccountName: '..' }, "'serviceAccountName' is not the name"],
    ['audiences that are no list', { ...complete, audiences: 'CANARY' }, "'audiences' is not a YAML list"],
    ['audiences that are no texts', { ...complete, audiences: '[{CANARY: 1}]' }, "'audiences' is not a YAML list"],
    ['no audiences', { ...complete, audiences: '[]' }, "'audiences' is not a YAML list"],
    ['too many audiences', { ...complete, audiences: JSON.stringify(Array(17).fill('CANARY')) }, "'audiences' is not a YAML list"],
    ['audiences that are no YAML', { ...complete, audiences: '[CANARY' }, "'audiences' is not a YAML list"],
    ['too much', { ...complete, note: 'x'.repeat(256 * 1024) }, 'it is longer than 256 KiB'],
  ])('with %s is refused', (_what, data, message) => {
    const said = refusal(() => parse(data)).message;
    expect(said).toContain("failed to use the kubeconfig of ConfigMap 'apps/prod': ");
    expect(said).toContain(message);
    expect(said).not.toContain('CANARY');
  });
});

test('the connection carries a token of the ServiceAccount in the ConfigMap’s namespace', async () => {
  await using bed = await clientBed((_request, response) =>
    json(response, { metadata: { name: 'deployer' }, spec: { expirationSeconds: 3600 }, status: { token: 't0ken' } }, 201),
  );
  const source = { client: bed.client, clock: fakeClock(), signal };
  const connection = configMapConnection({ configMap: configMap(complete) }, {}, source);
  expect(connection).toMatchObject({ server: 'https://away.example.dev:443', reach: 'remote' });
  expect(bed.server.received).toEqual([]);
  expect(await connection.token?.()).toBe('t0ken');
  expect(bed.server.received[0]?.url).toBe('/api/v1/namespaces/apps/serviceaccounts/deployer/token');
  const local = configMapConnection({ configMap: configMap({ ...complete, address: '127.0.0.1' }) }, { allowLocalAddresses: true }, source);
  expect([local.server, local.reach]).toEqual(['https://127.0.0.1:443', undefined]);
});
