import type { ApiRequest } from './api-request.ts';

/** One request and what became of it, as a proxy or the API server's audit log saw it. */
export interface RequestRecord extends ApiRequest {
  /** Wall clock. */
  readonly atMs: number;
  readonly durationMs: number;
  /** What the client was answered; 0 when it got no answer, or not yet. */
  readonly status: number;
  /** The API server got the request. */
  readonly forwarded: boolean;
  /** The fault that it met, by name. */
  readonly fault?: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly dryRun: boolean;
  /** Who the API server took the client for. Known to the audit log alone. */
  readonly user?: string;
  /** The object after a write, as the server answered. Known to the proxy alone; '' for what the answer does not hold. */
  readonly object?: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  /** Of a delete: what the server was to check first. Known to the proxy alone. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** A record that is still being filled in. */
export type OpenRecord = { -readonly [field in keyof RequestRecord]: RequestRecord[field] };

export interface RequestTrace {
  /** Those kept, in the order in which they came. */
  readonly records: readonly RequestRecord[];
  /** How many older ones were forgotten: a check that counts cannot be trusted if there are any. */
  readonly forgotten: number;
  open(request: ApiRequest): OpenRecord;
}

/** Keeps the newest `limit` requests at least, and twice as many at most. */
export function createRequestTrace(limit = 50_000): RequestTrace {
  const records: OpenRecord[] = [];
  let forgotten = 0;
  return {
    records,
    get forgotten() {
      return forgotten;
    },
    open(request) {
      if (records.length >= 2 * limit) {
        records.splice(0, limit);
        forgotten += limit;
      }
      const record: OpenRecord = {
        ...request,
        atMs: Date.now(),
        durationMs: 0,
        status: 0,
        forwarded: false,
        requestBytes: 0,
        responseBytes: 0,
        dryRun: new URLSearchParams(request.query).has('dryRun'),
      };
      records.push(record);
      return record;
    },
  };
}
