import { compareText, type GroupVersionKind, LEGACY_ORDER, ranksOf } from '@gotk/apimachinery';
import { isStateless } from '@gotk/kstatus';

/** What decides when an object is applied. */
interface Kind {
  readonly group: string;
  readonly kind: string;
}

/** Within a stage, what others refer to comes before them, as in kustomize; definitions, which have the first stage to themselves, have no place in it. */
const RANKS = ranksOf({
  ...LEGACY_ORDER,
  first: LEGACY_ORDER.first.filter((kind) => kind !== 'Namespace' && kind !== 'CustomResourceDefinition'),
});

export const STAGES = [0, 1, 2, 3] as const;
export type Stage = (typeof STAGES)[number];

/** Kinds with a stage of their own before all others, as `groupKinds` has them. */
export type StageKinds = ReadonlySet<string>;

/** Reads `group/Kind`, or `Kind` alone of the core group, as `--custom-apply-stage-kinds` has them. */
export const groupKinds = (texts: readonly string[]): StageKinds =>
  new Set(texts.map((text) => text.trim()).map((text) => (text.includes('/') ? text : `/${text}`)));

/**
 * The stage an object is applied in. Definitions first (CRDs, Namespaces, ClusterRoles), because others cannot exist without them; then kinds that end in
 * `Class`; then those that somebody has named; then the rest.
 */
export function stageOf({ group, kind }: Kind, stageKinds: StageKinds): Stage {
  const definition =
    (kind === 'CustomResourceDefinition' && group === 'apiextensions.k8s.io') ||
    (kind === 'Namespace' && group === '') ||
    (kind === 'ClusterRole' && group === 'rbac.authorization.k8s.io');
  if (definition) return 0;
  if (kind.endsWith('Class')) return 1;
  return stageKinds.has(`${group}/${kind}`) ? 2 : 3;
}

/** Whether those that come after it have to wait until it is ready; what has no status is ready as soon as it is there. */
export const isAwaited = (kind: GroupVersionKind): boolean => {
  const isNamespace = kind.kind === 'Namespace' && kind.group === '';
  return stageOf(kind, NO_KINDS) < 2 && !isNamespace && !isStateless(kind);
};

const NO_KINDS: StageKinds = new Set();

const rankOf = ({ kind }: Kind): number => RANKS.get(kind) ?? 0;

/** Sorts into the order of application; equal kinds by namespace and name, so that the order never depends on the source. */
export function inApplyOrder<T>(
  items: readonly T[],
  describe: (item: T) => Kind & { readonly namespace: string; readonly name: string },
  stageKinds: StageKinds,
): readonly T[] {
  const keyed = items.map((item) => ({ item, key: describe(item) }));
  keyed.sort(
    (a, b) =>
      stageOf(a.key, stageKinds) - stageOf(b.key, stageKinds) ||
      rankOf(a.key) - rankOf(b.key) ||
      compareText(a.key.kind, b.key.kind) ||
      compareText(a.key.namespace, b.key.namespace) ||
      compareText(a.key.name, b.key.name),
  );
  return keyed.map(({ item }) => item);
}
