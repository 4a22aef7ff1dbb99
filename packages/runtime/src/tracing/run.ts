import type { KubeObject } from '@gotk/apimachinery';
import type { Outcome } from '../controller/outcome.ts';
import type { Span } from './span.ts';

export interface TracedRun<T> {
  readonly reconcileID: string;
  readonly work: (span: Span) => Promise<T>;
}

/** One run of one object as one span: `reconcile Kustomization`, with the object and the outcome as attributes. */
export function traceRun<T extends { readonly outcome: Outcome } | undefined>(
  root: Span,
  { kind, metadata: { name, namespace, generation } }: KubeObject,
  { reconcileID, work }: TracedRun<T>,
): Promise<T> {
  const run = async (span: Span): Promise<T> => {
    const ended = await work(span);
    if (ended === undefined) return ended;
    const { outcome } = ended;
    span.set({ 'gotk.outcome': outcome.kind });
    if (outcome.kind === 'failed' || outcome.kind === 'stalled') span.fail(outcome.by.message);
    return ended;
  };
  return root.run(`reconcile ${kind}`, run, {
    'gotk.kind': kind,
    'gotk.name': name,
    'k8s.namespace.name': namespace,
    'gotk.generation': generation,
    'gotk.reconcile_id': reconcileID,
  });
}
