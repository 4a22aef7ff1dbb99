import { readFile } from 'node:fs/promises';

/** A request as the API server wrote it down. */
export interface AuditedRequest {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly userAgent: string;
  /** Of the answer; 0 when there was none. */
  readonly code: number;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly receivedMs: number;
}

export interface Asked {
  readonly namespace: string;
  /** Its beginning. */
  readonly userAgent: string;
}

interface AuditEvent {
  readonly verb: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

/** What somebody asked for in a namespace, in the order in which the server was done with it. */
export async function auditedRequests(file: string, { namespace, userAgent }: Asked): Promise<readonly AuditedRequest[]> {
  const requests: AuditedRequest[] = [];
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (!line.includes(namespace) || !line.endsWith('}')) continue;
    const event = JSON.parse(line) as AuditEvent;
    if (event.objectRef?.namespace !== namespace || event.userAgent?.startsWith(userAgent) !== true) continue;
    requests.push({
      verb: event.verb,
      resource: event.objectRef.resource ?? '',
      subresource: event.objectRef.subresource ?? '',
      name: event.objectRef.name ?? '',
      userAgent: event.userAgent,
      code: event.responseStatus?.code ?? 0,
      receivedMs: Date.parse(event.requestReceivedTimestamp),
    });
  }
  return requests;
}

const READING: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Requests that may have changed something. */
export const writesAmong = (requests: readonly AuditedRequest[]): readonly AuditedRequest[] =>
  requests.filter(({ verb }) => !READING.has(verb));

/** Names of ConfigMaps that were created more than once. */
export function createdTwice(requests: readonly AuditedRequest[]): readonly string[] {
  const created = requests.filter(({ resource, code }) => resource === 'configmaps' && code === 201).map(({ name }) => name);
  return created.filter((name, index) => created.indexOf(name) !== index);
}
