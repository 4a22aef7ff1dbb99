import { isRecord, type ManagedFieldsEntry, type ObjectMeta, pointerToken } from '@gotk/apimachinery';
import { LEGACY_ANNOTATIONS, LEGACY_LABELS } from '../owner.ts';
import { type FieldPath, type FieldSet, isLeaf, union, without } from './field-set.ts';

/** Managers whose names begin so, where they have written in this way. */
export interface ManagerRule {
  readonly prefix: string;
  readonly operation: 'Apply' | 'Update';
}

/** What applying takes from others before it applies, so that what is not desired goes, whoever has put it there. */
export interface Takeover {
  /** Whose fields become ours. */
  readonly managers: readonly ManagerRule[];
  /** Every manager's entry is said to be of the version that is applied: one of a version that lacks a new, defaulted field would make the server refuse. */
  readonly migrateApiVersion: boolean;
}

export interface TakeoverOptions extends Takeover {
  readonly fieldManager: string;
  /** `group/version` that the object is applied at. */
  readonly apiVersion: string;
  /** Fields that are nobody's business here. */
  readonly ignored: readonly FieldPath[];
  /** Others may add to the object: nothing is taken from them. */
  readonly merges: boolean;
}

/** `unclean`: fields that we do not desire may be held by others. `outdated`: fields are recorded under another version of the API. */
export type Standing = 'clean' | 'outdated' | 'unclean';

type Metadata = Pick<ObjectMeta, 'labels' | 'annotations' | 'managedFields'>;
type Operation =
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown };

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/**
 * What asks somebody to act, and is no wish about what an object should be. To take back a request for a look would be to lose it; to take back `kubectl rollout
 * restart`, to start all Pods once more as they were before, or to stop halfway.
 */
export const REQUESTS: readonly FieldPath[] = [
  ...['requestedAt', 'forceAt', 'resetAt'].map((name) => ['metadata', 'annotations', `reconcile.fluxcd.io/${name}`]),
  ['spec', 'template', 'metadata', 'annotations', RESTARTED_AT],
].map((path) => path.map((field) => ({ field })));

/** How an object stands, from its metadata alone. Pure. */
export function standingOf(metadata: Metadata, options: TakeoverOptions): Standing {
  if (!options.merges && (legacyPaths(metadata).length > 0 || entriesOf(metadata).some((entry) => isTaken(entry, options))))
    return 'unclean';
  return isOutdated(metadata, options) ? 'outdated' : 'clean';
}

/**
 * The JSON patch that makes an object clean: legacy marks go, the fields of the named managers become ours. Undefined when there is nothing to do. It holds for
 * the version of the object that was looked at alone. Pure.
 */
export function takeoverPatch(
  metadata: Metadata & Pick<ObjectMeta, 'resourceVersion'>,
  options: TakeoverOptions,
): readonly Operation[] | undefined {
  if (standingOf(metadata, options) === 'clean') return undefined;
  const { apiVersion, migrateApiVersion, merges } = options;
  const taken = merges ? entriesOf(metadata) : takenOver(entriesOf(metadata), options);
  const value = migrateApiVersion ? taken.map((entry) => ({ ...entry, apiVersion })) : taken;
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    ...(merges ? [] : legacyPaths(metadata)).map((path) => ({ op: 'remove', path }) as const),
    // An empty list would mean: forget who manages what.
    ...(value.length === 0 ? [] : [{ op: 'replace', path: '/metadata/managedFields', value } as const]),
  ];
}

const entriesOf = ({ managedFields = [] }: Metadata): readonly ManagedFieldsEntry[] => managedFields;

const isOutdated = (metadata: Metadata, { migrateApiVersion, apiVersion }: TakeoverOptions): boolean =>
  migrateApiVersion && entriesOf(metadata).some((entry) => entry.apiVersion !== apiVersion);

const legacyPaths = ({ annotations = {}, labels = {} }: Metadata): readonly string[] => [
  ...[...LEGACY_ANNOTATIONS]
    .filter((name) => Object.hasOwn(annotations, name))
    .map((name) => `/metadata/annotations/${pointerToken(name)}`),
  ...[...LEGACY_LABELS].filter((name) => Object.hasOwn(labels, name)).map((name) => `/metadata/labels/${pointerToken(name)}`),
];

const fieldsOf = ({ fieldsV1 }: ManagedFieldsEntry): FieldSet => (isRecord(fieldsV1) ? fieldsV1 : {});

/** Whether a manager is one of those that may hold nothing beside us, and does. */
export const isTaken = (entry: ManagedFieldsEntry, options: TakeoverOptions): boolean =>
  (entry.subresource ?? '') === '' &&
  !isOurs(entry, options) &&
  options.managers.some(({ prefix, operation }) => entry.operation === operation && entry.manager?.startsWith(prefix) === true) &&
  !isLeaf(takenFrom(entry, options));

const takenFrom = (entry: ManagedFieldsEntry, { ignored }: TakeoverOptions): FieldSet =>
  without(fieldsOf(entry), [...REQUESTS, ...ignored]);

const isOurs = ({ manager, operation, subresource = '' }: ManagedFieldsEntry, { fieldManager }: TakeoverOptions): boolean =>
  manager === fieldManager && operation === 'Apply' && subresource === '';

function takenOver(entries: readonly ManagedFieldsEntry[], options: TakeoverOptions): readonly ManagedFieldsEntry[] {
  const taken = entries.filter((entry) => isTaken(entry, options));
  const ours = entries.find((entry) => isOurs(entry, options));
  const [first] = taken;
  if (first === undefined) return entries;
  const base: ManagedFieldsEntry = ours ?? { ...first, manager: options.fieldManager, operation: 'Apply', fieldsV1: {} };
  const fieldsV1 = taken.reduce((set, entry) => union(set, takenFrom(entry, options)), fieldsOf(base));
  return [...entries.filter((entry) => entry !== ours && !taken.includes(entry)), { ...base, fieldsV1 }];
}
