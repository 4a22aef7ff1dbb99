import type { IncomingHttpHeaders } from 'node:http';

export interface HttpRequest {
  /** GET unless told. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Of the answer's body, after decompression. */
  readonly maxBytes: number;
  /** How many redirects are followed at most; 0 unless told: a redirect is an answer like any other. */
  readonly redirects?: number;
  /** Takes the place of the login: for protocols with tokens of their own. Sent to the request's own origin only. */
  readonly authorization?: string;
  /** Sends basic credentials to every host that is asked, but not from https to http: what `passCredentials` of a HelmRepository wants. */
  readonly passCredentials?: boolean;
  /** Lets the server compress its answer with gzip. Unless told, a body is handed on as it comes, whatever its Content-Encoding says. */
  readonly compressed?: boolean;
}

export interface HttpAnswer {
  /** What answered, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Can be read once. Throws `HttpFailure` when it is larger than allowed or breaks off, or the signal's reason. */
  readonly body: AsyncIterable<Buffer>;
  /** The whole body. */
  bytes(): Promise<Buffer>;
  /** Gives up the rest, when the status says it all. Whoever neither reads nor discards holds the connection, for five minutes at most. */
  discard(): void;
}
