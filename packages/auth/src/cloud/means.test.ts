import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { startHttpProxy } from '../../test/proxies.ts';
import { askCloud, type CloudMeans } from './means.ts';

const question = (local: boolean) =>
  ({ provider: 'aws', step: 'ask', url: new URL('http://kms.test/'), request: {}, secrets: [], local }) as const;
const means = (more: Partial<CloudMeans>): CloudMeans => ({
  clock: fakeClock(),
  reach: 'anywhere',
  signal: AbortSignal.timeout(10_000),
  environment: { variables: {}, readFile: () => Promise.reject(new Error('none')) },
  ...more,
});
const environment = (variables: Readonly<Record<string, string>>) => ({ ...means({}).environment, variables });

describe('a cloud is asked', () => {
  test('through the proxy that the environment names, unless it excepts the address', async () => {
    await using proxy = await startHttpProxy();
    const [HTTP_PROXY, NO_PROXY] = [proxy.url, 'kms.test'];

    expect(await askCloud(question(false), means({ environment: environment({ HTTP_PROXY }) }))).toBe('by proxy: http://kms.test/');
    await expect(askCloud(question(false), means({ environment: environment({ HTTP_PROXY, NO_PROXY }) }))).rejects.toThrow('failed to ask');
    expect(proxy.asked).toHaveLength(1);
  });

  test('through the proxy that is given rather than that', async () => {
    await using proxy = await startHttpProxy();
    await using other = await startHttpProxy();

    await askCloud(question(false), means({ proxy: { address: new URL(proxy.url) }, environment: environment({ HTTP_PROXY: other.url }) }));
    expect([proxy.asked.length, other.asked.length]).toEqual([1, 0]);
  });

  test('through none for what is next door', async () => {
    await using proxy = await startHttpProxy();

    await expect(askCloud(question(true), means({ environment: environment({ HTTP_PROXY: proxy.url }) }))).rejects.toThrow('failed to ask');
    expect(proxy.asked).toEqual([]);
  });
});
