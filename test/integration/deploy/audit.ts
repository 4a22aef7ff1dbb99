import { readFileSync } from 'node:fs';

/** A request as the API server recorded it. */
export interface AuditedRequest {
  readonly user: string;
  /** As `kubectl auth can-i` is asked: `patch gitrepositories.source.toolkit.fluxcd.io/status`. */
  readonly action: string;
  readonly code: number;
}

interface Line {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly objectRef?: { readonly resource?: string; readonly apiGroup?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code: number };
}

/** What a user has asked the API server about objects so far, in order. */
export function requestsOf(user: string, auditLog: string): readonly AuditedRequest[] {
  return readFileSync(auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}') && line.includes(user))
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.user.username === user && line.objectRef?.resource !== undefined)
    .map(({ verb, objectRef: { resource = '', apiGroup, subresource } = {}, responseStatus }) => ({
      user,
      action: `${verb} ${[resource, apiGroup].filter(Boolean).join('.')}${subresource === undefined ? '' : `/${subresource}`}`,
      code: responseStatus?.code ?? 0,
    }));
}
