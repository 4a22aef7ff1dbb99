import { BuildError } from '../build-error.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { appliesTo, type FieldSpec, visitPath } from '../config/field-spec.ts';
import type { Referral } from '../config/referral.ts';
import {
  type BuildResource,
  idOf,
  isMap,
  type Json,
  type JsonMap,
  metadataOf,
  originalId,
  pastIds,
  type ResourceId,
  renderId,
  renderObject,
} from '../resource/resource.ts';

/**
 * Rewrites references by name to objects whose names or namespaces were changed by the build. Runs once, at the end, when everything has its last name.
 * A reference to something that is not part of the build, or was never renamed, is left alone. Throws `BuildError` for one that may mean several objects.
 */
export function fixNameReferences(
  resources: readonly BuildResource[],
  referrals: readonly Referral[] = DEFAULT_CONFIG.nameReference,
): void {
  const known = resources.map(knownOf);
  const index = indexOf(known);
  const fieldsOf = byReferrer(referrals);
  for (const referrer of known) {
    const accountNamespaces = namespacesOfAccounts(referrer.resource);
    const { gvk } = referrer.original;
    for (const field of fieldsOf(gvk.kind)) {
      if (!appliesTo(field.spec, gvk)) continue;
      visitPath(referrer.resource.object, { path: field.spec.path }, (holder, key) =>
        follow(holder, key, { ...field, referrer, accountNamespaces, index }),
      );
    }
  }
}

/** What a resource is called and was called: asked for once for every reference that might mean it. */
interface Known {
  readonly resource: BuildResource;
  readonly current: ResourceId;
  readonly original: ResourceId;
  readonly past: readonly ResourceId[];
  readonly isClusterScoped: boolean;
}

function knownOf(resource: BuildResource): Known {
  const current = idOf(resource);
  return {
    resource,
    current,
    original: originalId(resource),
    past: pastIds(resource),
    isClusterScoped: resource.scopes.isClusterScoped(current.gvk),
  };
}

interface Index {
  readonly byFormerName: ReadonlyMap<string, readonly Known[]>;
  readonly byOriginalNamespace: ReadonlyMap<string, readonly Known[]>;
}

function indexOf(known: readonly Known[]): Index {
  const byFormerName = new Map<string, Known[]>();
  for (const one of known) {
    for (const name of new Set(one.past.map((id) => id.name))) {
      const others = byFormerName.get(name);
      if (others === undefined) byFormerName.set(name, [one]);
      else others.push(one);
    }
  }
  return { byFormerName, byOriginalNamespace: Map.groupBy(known, ({ original }) => original.namespace) };
}

interface Field {
  readonly spec: FieldSpec;
  readonly referral: Referral;
}

interface Reference extends Field {
  readonly referrer: Known;
  readonly accountNamespaces: ReadonlySet<string>;
  readonly index: Index;
}

/** The fields that objects of a kind may name others in, in the order of the referrals. */
function byReferrer(referrals: readonly Referral[]): (kind: string) => readonly Field[] {
  const all = referrals.flatMap((referral) => referral.fields.map((spec) => ({ spec, referral })));
  const byKind = new Map<string, readonly Field[]>();
  return (kind) => {
    const known = byKind.get(kind) ?? all.filter(({ spec }) => (spec.kind ?? '') === '' || spec.kind === kind);
    byKind.set(kind, known);
    return known;
  };
}

/** A role binding reaches into the namespaces of the service accounts that it names. */
function namespacesOfAccounts({ object, file }: BuildResource): ReadonlySet<string> {
  const namespaces = new Set<string>();
  if (object.kind !== 'RoleBinding' || !Array.isArray(object.subjects)) return namespaces;
  for (const subject of object.subjects) {
    if (!isMap(subject) || subject.kind !== 'ServiceAccount' || subject.namespace === undefined) continue;
    if (typeof subject.namespace !== 'string') throw new BuildError(`${file}: a subject of ${renderObject(object)} has a blank namespace`);
    namespaces.add(subject.namespace);
  }
  return namespaces;
}

/** A field names an object, or several, or holds the name and the namespace of one. */
function follow(holder: JsonMap, key: string, reference: Reference): void {
  const value = holder[key];
  if (Array.isArray(value)) holder[key] = value.map((item) => followed(item, reference));
  else if (value !== undefined) holder[key] = followed(value, reference);
}

function followed(value: Json, reference: Reference): Json {
  const { referrer, index } = reference;
  if (typeof value === 'string') {
    const target = choose(index.byFormerName.get(value) ?? [], reference, ({ current }) => current.name);
    return target === undefined ? value : target.current.name;
  }
  if (!isMap(value)) return value;
  if (value.name === undefined)
    throw new BuildError(`${referrer.resource.file}: ${renderId(referrer.current)} names something without a name`);
  const candidates = inNamespace(index.byFormerName.get(String(value.name)) ?? [], value.namespace, reference);
  const target = choose(candidates, reference, ({ resource, current }) => `${String(namespaceOf(resource))}/${current.name}`);
  if (target === undefined) return value;
  const namespace = namespaceOf(target.resource);
  return { ...value, name: target.current.name, ...(namespace === undefined ? {} : { namespace }) };
}

/** As it is written: `default` is another thing than none. */
function namespaceOf({ object }: BuildResource): string | undefined {
  const { namespace } = metadataOf(object);
  return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
}

// What a namespace was called when the reference was written counts first, for all objects that are in it.
function inNamespace(candidates: readonly Known[], namespace: Json | undefined, reference: Reference): readonly Known[] {
  if (namespace === undefined) return candidates;
  const isOriginal = reference.index.byOriginalNamespace.get(String(namespace))?.some((other) => isInReach(other, reference)) === true;
  return candidates.filter(({ original, current }) => (isOriginal ? original : current).namespace === namespace);
}

function isInReach(candidate: Known, { referrer, accountNamespaces }: Reference): boolean {
  if (referrer.isClusterScoped || candidate.isClusterScoped || referrer.current.namespace === candidate.current.namespace) return true;
  const namespace = namespaceOf(candidate.resource);
  return namespace !== undefined && accountNamespaces.has(namespace);
}

/** The one object that a reference means; what tells candidates of one name apart are the prefixes and suffixes that they share with the referrer. */
function choose(named: readonly Known[], reference: Reference, written: (candidate: Known) => string): Known | undefined {
  const { referrer } = reference;
  let candidates = named.filter((candidate) => mayBeMeant(candidate, reference));
  for (const emptyMatches of [true, false]) {
    if (candidates.length < 2) break;
    candidates = candidates.filter(({ resource }) => sharesContext(resource, referrer.resource, { emptyMatches }));
  }
  const [first, ...others] = candidates;
  if (first === undefined || others.every((other) => written(other) === written(first))) return first;
  const names = candidates.map(({ current }) => renderId(current)).join(', ');
  throw new BuildError(`${referrer.resource.file}: a reference in ${renderId(referrer.current)} may mean any of ${names}`);
}

function mayBeMeant(candidate: Known, reference: Reference): boolean {
  const { referral, spec, referrer } = reference;
  if (!isInReach(candidate, reference) || !candidate.past.some(({ gvk }) => appliesTo(referral, gvk))) return false;
  const { roleRef } = referrer.resource.object;
  if (spec.path.join('/').endsWith('roleRef/name') && isMap(roleRef) && roleRef.apiGroup !== undefined && roleRef.kind !== undefined) {
    const { apiGroup, kind } = roleRef;
    if (!candidate.past.some(({ gvk }) => (apiGroup === '' || gvk.group === apiGroup) && gvk.kind === kind)) return false;
  }
  // A role binding may name a service account of another namespace.
  return (
    referrer.isClusterScoped ||
    candidate.isClusterScoped ||
    candidate.current.gvk.kind === 'ServiceAccount' ||
    referrer.current.namespace === candidate.current.namespace
  );
}

function sharesContext(a: BuildResource, b: BuildResource, { emptyMatches }: { readonly emptyMatches: boolean }): boolean {
  const shares = (left: readonly string[], right: readonly string[]) =>
    (emptyMatches && (left.length === 0 || right.length === 0)) || haveSameEnd(left, right);
  return shares(a.prefixes, b.prefixes) && shares(a.suffixes, b.suffixes);
}

function haveSameEnd(left: readonly string[], right: readonly string[]): boolean {
  const length = Math.min(left.length, right.length);
  if (length === 0) return left.length === right.length;
  return left.slice(-length).every((item, index) => item === right.slice(-length)[index]);
}
