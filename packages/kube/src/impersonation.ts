import type { OutgoingHttpHeaders } from 'node:http';

/** Whom the API server shall take the request for. Needs the right to `impersonate` them. */
export interface Identity {
  /** Such as `system:serviceaccount:apps:deployer`. The groups of a service account come by themselves when none are given. */
  readonly userName: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}

/** The headers that carry an identity. Throws for an empty user name, which would mean no impersonation at all, and for what no header can hold. */
export function identityHeaders({ userName, groups = [], uid }: Identity): OutgoingHttpHeaders {
  for (const text of [userName, ...groups, ...(uid === undefined ? [] : [uid])])
    if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(`cannot impersonate ${JSON.stringify(text.slice(0, 100))}: not a name`);
  return {
    'impersonate-user': userName,
    ...(groups.length === 0 ? {} : { 'impersonate-group': [...groups] }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
  };
}
