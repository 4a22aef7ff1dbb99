import type { ClusterConnection } from '@gotk/kube';
import { Pool } from 'undici';

export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Any request to an API server: `/readyz`, `/metrics`, subresources that `KubeClient` has no method for. */
export interface RawApi {
  /** Resolves with whatever status the server answered. Throws when there was no answer. */
  request(request: RawRequest): Promise<RawAnswer>;
  close(): Promise<void>;
}

export function createRawApi(connection: ClusterConnection): RawApi {
  const { ca, clientCertificate, insecureSkipTlsVerify, tlsServerName } = connection;
  const origin = new URL(connection.server);
  const pool = new Pool(origin.origin, {
    connections: 8,
    connect: {
      ...(ca === undefined ? {} : { ca }),
      ...clientCertificate,
      ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
      rejectUnauthorized: insecureSkipTlsVerify !== true,
    },
  });
  return {
    async request({ method, path, body, contentType = 'application/json', signal }) {
      const token = await connection.token?.();
      const answer = await pool.request({
        method,
        path: origin.pathname.replace(/\/$/, '') + path,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': contentType }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    },
    close: () => pool.destroy(),
  };
}
