import type { RawApi } from '@gotk/testkit';

/** Somebody the authorizer is asked about. */
export interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

export const serviceAccount = (namespace: string, name: string): Subject => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

export const person = (user: string): Subject => ({ user, groups: ['system:authenticated'] });

/** Where something is asked for; '' is every namespace at once. */
export interface Question {
  readonly namespace: string;
  /** As `kubectl auth can-i` is asked: `patch gitrepositories.source.toolkit.fluxcd.io/status`. */
  readonly actions: readonly string[];
}

/** Which of the actions the cluster's authorizer allows the subject, and which it does not. */
export async function judge(api: RawApi, subject: Subject, { namespace, actions }: Question) {
  const allowed: string[] = [];
  const denied: string[] = [];
  for (const action of actions) {
    const [verb = '', target = ''] = action.split(' ');
    const [kind = '', subresource = ''] = target.split('/');
    const [resource = '', ...group] = kind.split('.');
    const resourceAttributes = { verb, resource, group: group.join('.'), subresource, namespace };
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { ...subject, resourceAttributes } };
    const answer = await api.request({ method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body: review });
    if (answer.status !== 201) throw new Error(`no verdict on '${action}': ${answer.text}`);
    const { status } = JSON.parse(answer.text) as { readonly status: { readonly allowed: boolean } };
    (status.allowed ? allowed : denied).push(action);
  }
  return { allowed, denied };
}
