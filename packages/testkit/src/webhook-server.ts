import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import type { KubeClient } from '@gotk/kube';
import { issueServingCertificate } from './certificates/authority.ts';

/** What the API server asks (admission.k8s.io/v1), as far as tests look at it. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly namespace?: string;
  readonly name?: string;
  readonly userInfo: { readonly username: string };
  /** Null for a deletion. */
  readonly object: Unstructured | null;
}

export interface Verdict {
  /** Absent: let it through. Otherwise what whoever sent the request is told. */
  readonly deny?: string;
  /** With a denial: the reason of its Status, and the fields that it is about. */
  readonly reason?: string;
  readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[];
  /** What whoever sent the request is warned of, whatever the verdict. */
  readonly warnings?: readonly string[];
  /** How long to think before answering (milliseconds). */
  readonly afterMs?: number;
}

export interface WebhookServer extends AsyncDisposable {
  readonly url: string;
  /** PEM: who signed its certificate. */
  readonly ca: string;
  /** How many requests came in so far. */
  readonly asked: number;
  /** From now on requests are judged so. At first all are let through. */
  judge(by: (request: AdmissionRequest) => Verdict): void;
}

/** Starts an admission webhook on loopback, over TLS as the API server demands. Disposing ends it together with its open connections. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const { ca, cert, key } = issueServingCertificate(['127.0.0.1']);
  const closing = new AbortController();
  let judge: (request: AdmissionRequest) => Verdict = () => ({});
  let asked = 0;
  const server: Server = createServer({ cert, key }, async (request, response) => {
    asked += 1;
    try {
      const review = (await json(request)) as { readonly request: AdmissionRequest };
      const verdict = judge(review.request);
      if (verdict.afterMs !== undefined) await delay(verdict.afterMs, undefined, { signal: closing.signal });
      response.setHeader('content-type', 'application/json').end(JSON.stringify(reviewFor(review.request.uid, verdict)));
    } catch {
      // The API server gave up, the server is closing, or what came was no review: no answer is the only honest one.
      response.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ca,
    get asked() {
      return asked;
    },
    judge(by) {
      judge = by;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function reviewFor(uid: string, { deny, reason, causes, warnings }: Verdict): unknown {
  const status = { code: 403, message: deny, reason, ...(causes === undefined ? {} : { details: { causes } }) };
  const verdict = deny === undefined ? { allowed: true } : { allowed: false, status };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, ...verdict, warnings } };
}

export interface Validation {
  readonly server: Pick<WebhookServer, 'url' | 'ca'>;
  /** Only writes in this namespace are shown to the webhook. */
  readonly namespace: string;
  /** Plural with its group: `configmaps`, `widgets.example.com`. Subresources are left out. */
  readonly resource: Pick<Resource<KubeObject>, 'group' | 'version' | 'plural'>;
  /** How long the API server waits for an answer before it refuses the request; 1 to 30. */
  readonly timeoutSeconds: number;
}

const configurations: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

/**
 * Has the API server ask the webhook about every write of a kind in one namespace, and in no other. Disposing takes that back. The API
 * server takes notice a moment later, of either: wait for an effect.
 */
export async function registerValidation(client: KubeClient, name: string, validation: Validation): Promise<AsyncDisposable> {
  const object = renderValidation(name, validation);
  await client.apply(configurations, object, { fieldManager: 'testkit', force: true, signal: AbortSignal.timeout(10_000) });
  return {
    [Symbol.asyncDispose]: async () => {
      await client.delete(configurations, { namespace: '', name }, { signal: AbortSignal.timeout(10_000) });
    },
  };
}

export function renderValidation(name: string, { server, namespace, resource, timeoutSeconds }: Validation): Unstructured {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.testkit.invalid`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds,
        clientConfig: { url: server.url, caBundle: Buffer.from(server.ca).toString('base64') },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [
          {
            apiGroups: [resource.group],
            apiVersions: [resource.version],
            operations: ['CREATE', 'UPDATE', 'DELETE'],
            resources: [resource.plural],
          },
        ],
      },
    ],
  };
}
