import type { Resource } from '@gotk/apimachinery';
import type { ObjectReference } from './inventory.ts';

/** An object to wait for. */
export interface HealthTarget {
  readonly resource: Resource;
  readonly reference: ObjectReference;
}

/** What one watch is asked for. */
export interface Question {
  readonly resource: Resource;
  readonly selectors: { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string };
  /** By `namespace/name`. */
  readonly members: ReadonlyMap<string, HealthTarget>;
}

export interface QuestionOptions {
  /** Selects the targets among the objects of their kind, if they all carry it; else each is watched by its name. */
  readonly labelSelector?: string | undefined;
  /** Whoever asks may be allowed to look at single namespaces alone. */
  readonly byNamespace?: boolean | undefined;
}

/** One watch a kind (and namespace) where a label selects the targets, one an object where only its name does. */
export function questionsAbout(targets: readonly HealthTarget[], options: QuestionOptions): readonly Question[] {
  const byKey = new Map<string, Question & { readonly members: Map<string, HealthTarget> }>();
  for (const target of targets) {
    const { resource, reference } = target;
    const selectors = selectorsFor(reference, options);
    const key = JSON.stringify([resource.group, resource.version, resource.kind, selectors]);
    const question = byKey.get(key) ?? { resource, selectors, members: new Map<string, HealthTarget>() };
    question.members.set(`${reference.namespace}/${reference.name}`, target);
    byKey.set(key, question);
  }
  return [...byKey.values()];
}

function selectorsFor(
  { namespace, name }: ObjectReference,
  { labelSelector, byNamespace = false }: QuestionOptions,
): Question['selectors'] {
  const within = namespace === '' ? {} : { namespace };
  if (labelSelector === undefined) return { ...within, fieldSelector: `metadata.name=${name}` };
  return { ...(byNamespace ? within : {}), labelSelector };
}
