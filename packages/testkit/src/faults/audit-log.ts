import { type ApiVerb, parseApiRequest } from './api-request.ts';
import type { RequestRecord } from './request-trace.ts';

/** What we read of an event of the API server's audit log (audit.k8s.io/v1). */
interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly user?: { readonly username?: string };
  readonly impersonatedUser?: { readonly username?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: { readonly name?: string };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

const METHODS: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

/**
 * The requests in an audit log, in the order of their answers; a watch when it was opened. A line that is still being written is left out.
 */
export function readAuditLog(text: string): readonly RequestRecord[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage, verb }) => stage === (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete'))
    .map(recordOf);
}

function recordOf(event: AuditEvent): RequestRecord {
  const { requestURI, userAgent = '', verb, user, impersonatedUser, responseStatus, objectRef } = event;
  const parameters = new URL(requestURI, 'http://localhost').searchParams;
  const request = parseApiRequest(METHODS[verb] ?? 'GET', requestURI, { 'user-agent': userAgent });
  // The log does not say of which type a patch is; server-side apply is the one that says whether to use force.
  const shown = verb === 'patch' && parameters.has('force') ? 'apply' : (verb as ApiVerb);
  const atMs = Date.parse(event.requestReceivedTimestamp);
  return {
    ...request,
    verb: request.resource === '' ? 'get' : shown,
    name: objectRef?.name ?? request.name,
    atMs,
    durationMs: Date.parse(event.stageTimestamp) - atMs,
    status: responseStatus?.code ?? 0,
    forwarded: true,
    requestBytes: 0,
    responseBytes: 0,
    dryRun: parameters.has('dryRun'),
    user: impersonatedUser?.username ?? user?.username ?? '',
  };
}
