import { Agent, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { renderValidation, startWebhookServer, type WebhookServer } from './webhook-server.ts';

const configMaps = { group: '', version: 'v1', plural: 'configmaps' };

async function review(server: WebhookServer, name: string): Promise<unknown> {
  const dispatcher = new Agent({ connect: { ca: server.ca } });
  try {
    const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid: `uid-${name}`, operation: 'CREATE', name } };
    const answer = await request(server.url, { method: 'POST', body: JSON.stringify(body), dispatcher });
    return await answer.body.json();
  } finally {
    await dispatcher.destroy();
  }
}

describe('webhook server', () => {
  test('lets everything through until told otherwise, and says why it denies', async () => {
    await using server = await startWebhookServer();
    expect(await review(server, 'a')).toMatchObject({ kind: 'AdmissionReview', response: { uid: 'uid-a', allowed: true } });

    server.judge(({ name }) => (name === 'b' ? { deny: 'no b today' } : {}));

    expect(await review(server, 'a')).toMatchObject({ response: { allowed: true } });
    expect(await review(server, 'b')).toMatchObject({ response: { uid: 'uid-b', allowed: false, status: { message: 'no b today' } } });
    expect(server.asked).toBe(3);
  });

  test('ends at once, even while it thinks about an answer', async () => {
    const server = await startWebhookServer();
    server.judge(() => ({ afterMs: 60_000 }));
    const asking = review(server, 'slow').catch((error: unknown) => error);
    while (server.asked === 0) await new Promise(setImmediate);

    await server[Symbol.asyncDispose]();

    expect(await asking).toBeInstanceOf(Error);
  });
});

test('a validation is asked for in its own namespace alone', () => {
  const object = renderValidation('slow', {
    server: { url: 'https://127.0.0.1:1/', ca: 'PEM' },
    namespace: 'apps',
    resource: configMaps,
    timeoutSeconds: 5,
  });

  expect(object.webhooks).toMatchObject([
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } }, timeoutSeconds: 5, failurePolicy: 'Fail' },
  ]);
});
