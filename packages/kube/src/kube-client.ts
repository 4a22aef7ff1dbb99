import { type Clock, isRecord, type KubeObject, type Resource, renderApiVersion, systemClock } from '@gotk/apimachinery';
import type { Deletion, KubeClient } from './client.ts';
import type { ClusterConnection } from './connection.ts';
import { discoveryMapper } from './discovery.ts';
import { ProtocolError } from './errors.ts';
import { identityHeaders } from './impersonation.ts';
import type { RestMapper } from './rest-mapper.ts';
import { tokenBucket } from './transport/rate-ceiling.ts';
import {
  applyRequest,
  createRequest,
  deleteRequest,
  getRequest,
  listRequest,
  patchRequest,
  replaceRequest,
  watchRequest,
} from './transport/requests.ts';
import { createTransport, type RequestSeen, type Transport } from './transport/transport.ts';
import { watchEvents } from './transport/watch-stream.ts';

export interface KubeClientOptions {
  readonly connection: ClusterConnection;
  /** `name/version`. The API server takes the name for the field manager of requests that name none. */
  readonly userAgent: string;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Ceilings on the rate of requests, as `--kube-api-qps` (50) and `--kube-api-burst` (300). */
  readonly qps?: number;
  readonly burst?: number;
  /** The ceilings hold also where the server shares out its capacity itself (API Priority and Fairness); default: there they do not, as in client-go. */
  readonly firmRate?: boolean;
  /** How long the server has to answer a call in full; 30 s. */
  readonly timeoutMs?: number;
  /** The longest answer that is read; 64 MiB. An informer that meets it asks for smaller pages. */
  readonly maxAnswerBytes?: number;
  /** Called once for each request that was answered, or failed (code 0). Must not throw. */
  readonly onRequest?: (seen: RequestSeen) => void;
}

/** The server closes a watch after a random time between these bounds: watches opened together do not end together. */
const WATCH_SECONDS = { from: 300, to: 600 } as const;

/** Opens no connection before the first request. Throws when the connection's server is no URL that may be used. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const { connection, userAgent, clock = systemClock, random = Math.random, onRequest = () => undefined } = options;
  const transport = createTransport({
    connection,
    clock,
    userAgent,
    ceiling: tokenBucket({ clock, qps: options.qps ?? 50, burst: options.burst ?? 300, firm: options.firmRate ?? false }),
    timeoutMs: options.timeoutMs ?? 30_000,
    maxAnswerBytes: options.maxAnswerBytes ?? 64 * 1024 * 1024,
    onRequest,
  });
  const mapper = discoveryMapper(transport, clock);
  return {
    ...verbs(transport, mapper, random),
    impersonate(identity) {
      const headers = identityHeaders(identity);
      const view: Transport = {
        call: (request) => transport.call({ ...request, identity: headers }),
        stream: (request) => transport.stream({ ...request, identity: headers }),
        untilAnswered: transport.untilAnswered,
        close: () => undefined,
      };
      return {
        ...verbs(view, mapper, random),
        impersonate() {
          throw new Error(`cannot impersonate while impersonating '${identity.userName}'`);
        },
        close: () => Promise.resolve(),
      };
    },
    close() {
      transport.close();
      return Promise.resolve();
    },
  };
}

function verbs(transport: Transport, mapper: RestMapper, random: () => number): Omit<KubeClient, 'impersonate' | 'close'> {
  return {
    mapper,
    initialEvents: true,
    untilAnswered: transport.untilAnswered,
    async get(resource, key, options) {
      const { body } = await transport.call(getRequest(resource, key, options));
      return objectOf(resource, body, options);
    },
    async list(resource, options) {
      const { body } = await transport.call(listRequest(resource, options));
      const { items, metadata } = (body ?? {}) as Partial<RawList>;
      if (!Array.isArray(items ?? []) || !isRecord(metadata)) throw new ProtocolError(`the list of ${resource.plural} is not a list`);
      return {
        items: (items ?? []).map((item) => objectOf(resource, item, options)),
        resourceVersion: metadata.resourceVersion ?? '',
        ...(metadata.continue ? { continue: metadata.continue } : {}),
      };
    },
    async *watch(resource, options) {
      const timeoutSeconds = WATCH_SECONDS.from + Math.floor(random() * (WATCH_SECONDS.to - WATCH_SECONDS.from));
      for await (const event of watchEvents(transport.stream(watchRequest(resource, { ...options, timeoutSeconds }))))
        yield event.type === 'BOOKMARK' ? event : { type: event.type, object: objectOf(resource, event.object, options) };
    },
    async create(resource, object, options) {
      const { body } = await transport.call(createRequest(resource, object, options));
      return objectOf(resource, body);
    },
    async replace(resource, object, options) {
      const { body } = await transport.call(replaceRequest(resource, object, options));
      return objectOf(resource, body);
    },
    async apply(resource, object, options) {
      const { body, status, warnings } = await transport.call(applyRequest(resource, object, options));
      return { object: objectOf(resource, body, options), created: status === 201, warnings };
    },
    async patch(resource, target, options) {
      const { body } = await transport.call(patchRequest(resource, target, options));
      return objectOf(resource, body);
    },
    async delete(resource, key, options) {
      const { body } = await transport.call(deleteRequest(resource, key, options));
      return deletionOf(body);
    },
  };
}

interface RawList {
  readonly items: readonly unknown[] | null;
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
}

/** The server answers with a Status when the object is gone; some kinds answer with the object as it was, gone or not. */
function deletionOf(body: unknown): Deletion {
  if (!isRecord(body)) return 'pending';
  if (body.kind === 'Status') return body.status === 'Success' ? 'gone' : 'pending';
  const { finalizers, deletionGracePeriodSeconds = 0 } = isRecord(body.metadata) ? body.metadata : { finalizers: ['unknown'] };
  const held = Array.isArray(finalizers) && finalizers.length > 0;
  return held || deletionGracePeriodSeconds !== 0 ? 'pending' : 'gone';
}

/** Items of a list do not carry the kind that was asked for, and metadata-only answers carry another. */
function objectOf<T extends KubeObject>(
  resource: Resource<T>,
  body: unknown,
  { metadataOnly = false }: { readonly metadataOnly?: boolean } = {},
): T {
  const object = body as T | null;
  if (typeof object?.metadata?.name !== 'string') throw new ProtocolError(`the answer is not a ${resource.kind}`);
  const head = { apiVersion: renderApiVersion(resource), kind: resource.kind, metadata: object.metadata };
  return metadataOnly ? (head as T) : { ...object, ...head };
}
