import { readFile } from 'node:fs/promises';
import type { Resource } from '@gotk/apimachinery';
import type { Testbed } from './testbed.ts';

const rbac = (kind: string, plural: string): Resource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
});
export const clusterRoleBindings: Resource = { ...rbac('ClusterRoleBinding', 'clusterrolebindings'), namespaced: false };
export const serviceAccounts: Resource = { group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** All of what namespaces of tenants usually hold. */
export const ANYTHING: readonly Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

/**
 * A ServiceAccount that may do this in the test's namespace, and nothing anywhere else. Called again, it changes what it may do. One of another namespace need not be
 * there.
 */
export async function tenant(
  bed: Testbed,
  rules: readonly Rule[],
  { name = 'deployer', namespace = bed.namespace }: { readonly name?: string; readonly namespace?: string } = {},
): Promise<void> {
  if (namespace === bed.namespace) await bed.apply(serviceAccounts, { metadata: { name } });
  await bed.apply(rbac('Role', 'roles'), { metadata: { name }, rules: rules.map((rule) => ({ apiGroups: [''], ...rule })) });
  await bed.apply(rbac('RoleBinding', 'rolebindings'), {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
}

/** What a kustomize-controller has asked of a namespace. */
export interface AuditedRequest {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly code: number;
  /** '' for the controller itself. */
  readonly actingAs: string;
}

interface Line {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly impersonatedUser?: { readonly username: string };
  readonly responseStatus?: { readonly code: number };
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
}

export async function requestsAbout(namespace: string, auditLog: string): Promise<readonly AuditedRequest[]> {
  return (await readFile(auditLog, 'utf8'))
    .split('\n')
    .filter((line) => line.endsWith('}') && line.includes(`"${namespace}"`))
    .map((line) => JSON.parse(line) as Line)
    .filter(({ userAgent, objectRef }) => userAgent?.startsWith('kustomize-controller') && objectRef?.namespace === namespace)
    .map(({ verb, requestURI, impersonatedUser, responseStatus, objectRef }) => ({
      verb,
      resource: objectRef?.resource ?? '',
      name: objectRef?.name ?? '',
      dryRun: requestURI.includes('dryRun='),
      code: responseStatus?.code ?? 0,
      actingAs: impersonatedUser?.username ?? '',
    }));
}
