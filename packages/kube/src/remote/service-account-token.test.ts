import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { type Answer, clientBed, refuse, signal } from '../../test/client-bed.ts';
import { json } from '../../test/https-server.ts';
import { serviceAccountToken } from './service-account-token.ts';

const key = { namespace: 'apps', name: 'deployer' };

interface Life {
  readonly expirationSeconds?: number;
  readonly expirationTimestamp?: string;
}

/** Answers TokenRequests with `token-1`, `token-2`, … */
function tokens({ expirationSeconds, expirationTimestamp }: Life = { expirationSeconds: 3600 }): Answer {
  let count = 0;
  return (request, response) => {
    count += 1;
    const { metadata } = JSON.parse(request.body) as { readonly metadata: unknown };
    json(response, { metadata, spec: { expirationSeconds }, status: { token: `token-${count}`, expirationTimestamp } }, 201);
  };
}

async function setUp(answer: Answer) {
  const bed = await clientBed(answer);
  const { client, clock } = bed;
  return { bed, clock, token: serviceAccountToken(key, { client, clock, audiences: ['https://away.dev'], signal }) };
}

describe('a token of a ServiceAccount', () => {
  test('is asked for by its name and for its audience', async () => {
    const { bed, token } = await setUp(tokens());
    await using _ = bed;
    expect(await token()).toBe('token-1');
    const [request] = bed.server.received;
    expect(request).toMatchObject({ method: 'POST', url: '/api/v1/namespaces/apps/serviceaccounts/deployer/token' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: key,
      spec: { audiences: ['https://away.dev'] },
    });
  });

  test('serves until 80 % of its life is over', async () => {
    const { bed, clock, token } = await setUp(tokens());
    await using _ = bed;
    expect(await token()).toBe('token-1');
    await clock.advance(2_879_999);
    expect(await token()).toBe('token-1');
    await clock.advance(1);
    expect(await token()).toBe('token-2');
  });

  test('lives as long as the server says, whatever its clock shows', async () => {
    const { bed, clock, token } = await setUp(tokens({ expirationSeconds: 600, expirationTimestamp: '1999-01-01T00:00:00Z' }));
    await using _ = bed;
    await token();
    await clock.advance(479_999);
    expect(await token()).toBe('token-1');
  });

  test('lives until it ends, where the server says only that', async () => {
    const clockNow = fakeClock().now();
    const { bed, clock, token } = await setUp(tokens({ expirationTimestamp: new Date(clockNow + 1_000_000).toISOString() }));
    await using _ = bed;
    await token();
    await clock.advance(790_000);
    expect(await token()).toBe('token-1');
    await clock.advance(11_000);
    expect(await token()).toBe('token-2');
  });

  test('is not used again when it was refused, but one that was refused at once is no reason to ask again', async () => {
    const { bed, clock, token } = await setUp(tokens());
    await using _ = bed;
    await token();
    expect(await token({ fresh: true })).toBe('token-1');
    await clock.advance(10_000);
    expect(await token({ fresh: true })).toBe('token-2');
    expect(bed.server.received).toHaveLength(2);
  });

  test('serves to its end while the API server cannot be asked for another', async () => {
    const first = tokens();
    let up = true;
    const { bed, clock, token } = await setUp((request, response) => (up ? first : refuse(500))(request, response));
    await using _ = bed;
    await token();
    up = false;
    await clock.advance(3_599_000);
    expect(await token()).toBe('token-1');
    await clock.advance(1_000);
    await expect(token()).rejects.toThrow("failed to get a token of ServiceAccount 'apps/deployer': no");
    up = true;
    expect(await token()).toBe('token-2');
  });

  test.each<[string, Answer]>([
    ['no token', (_request, response) => json(response, { metadata: key, status: {} }, 201)],
    ['no end', tokens({})],
    ['a past end', tokens({ expirationTimestamp: '1999-01-01T00:00:00Z' })],
  ])('with %s in the answer is none', async (_what, answer) => {
    const { bed, token } = await setUp(answer);
    await using _ = bed;
    await expect(token()).rejects.toThrow(/^failed to get a token of ServiceAccount 'apps\/deployer': the answer /);
  });
});
