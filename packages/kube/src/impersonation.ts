import type { OutgoingHttpHeaders } from 'node:http';
import type { ObjectKey } from '@gotk/apimachinery';

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

/** Whether a ServiceAccount may have this name: a DNS subdomain, as for most objects. No other text may become part of a user's name. */
export const isServiceAccountName = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);

/** A ServiceAccount as the API server names it as a user. Throws for what cannot be one's namespace and name. */
export function serviceAccountIdentity({ namespace, name }: ObjectKey): Identity {
  if (!isServiceAccountName(name) || !isServiceAccountName(namespace))
    throw new Error(`cannot impersonate ServiceAccount ${JSON.stringify(`${namespace}/${name}`.slice(0, 300))}: not a name`);
  return { userName: `system:serviceaccount:${namespace}:${name}` };
}
