import type { KubeObject, Resource } from '@gotk/apimachinery';
import type { Bed } from '../subject.ts';

export interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity: string; readonly renewTime: string; readonly leaseDurationSeconds: number };
}

export const leases: Resource<Lease> = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };

/** What the widget controllers of a namespace contend for. */
export const leaseOf = ({ client, namespace }: Bed): Promise<Lease> =>
  client.get(leases, { namespace, name: 'widget-controller-leader-election' }, { signal: AbortSignal.timeout(5_000) });
