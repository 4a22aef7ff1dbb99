import { Reason } from '@gotk/api';
import type { KubeObject } from '@gotk/apimachinery';
import { Stalled } from '../controller/outcome.ts';

/** An object that another one names. */
export interface Reference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Who may refer to an object from another namespace: those whose namespace has all labels of one of the selectors. (`spec.accessFrom`) */
export interface AccessFrom {
  readonly namespaceSelectors: readonly { readonly matchLabels?: Readonly<Record<string, string>> }[];
}

/**
 * Holds an object to its own namespace when `--no-cross-namespace-refs` says so. To be asked before anything is read of what is referred to: whether it exists is
 * nobody's business there. Throws `Stalled` with reason AccessDenied.
 */
export function checkCrossNamespace(
  { metadata }: KubeObject,
  { kind, namespace, name }: Reference,
  options: { readonly allowed: boolean },
): void {
  if (options.allowed || namespace === metadata.namespace) return;
  throw denied(`can't access '${kind}/${namespace}/${name}', cross-namespace references have been blocked`);
}

/**
 * Holds an object to what the referred object allows. An object of the same namespace is always allowed; without `accessFrom` nobody else is; an empty selector allows
 * every namespace. Throws `Stalled` with reason AccessDenied.
 */
export function checkAccessFrom(
  { metadata }: KubeObject,
  { namespace, name }: Reference,
  {
    accessFrom,
    namespaceLabels,
  }: { readonly accessFrom: AccessFrom | undefined; readonly namespaceLabels: Readonly<Record<string, string>> },
): void {
  if (namespace === metadata.namespace) return;
  if (accessFrom === undefined) throw denied(`'${namespace}/${name}' can't be accessed due to missing ACL labels on 'accessFrom'`);
  const matches = ({ matchLabels = {} }: AccessFrom['namespaceSelectors'][number]): boolean =>
    Object.entries(matchLabels).every(([key, value]) => Object.hasOwn(namespaceLabels, key) && namespaceLabels[key] === value);
  if (accessFrom.namespaceSelectors.some(matches)) return;
  throw denied(`'${namespace}/${name}' can't be accessed due to ACL labels mismatch on namespace '${metadata.namespace}'`);
}

const denied = (message: string) => new Stalled({ reason: Reason.AccessDenied, message });
