import { BuildError } from './build-error.ts';
import { isClusterScoped } from './cluster-scoped.ts';
import { appliesTo, type FieldSpec, visitPath } from './field-path.ts';
import { REFERRALS, type Referral } from './referrals.ts';
import { type BuildResource, idOf, isMap, type Json, type JsonMap, metadataOf, originalId, pastIds, renderId } from './resource.ts';

/**
 * Rewrites references by name to objects whose names or namespaces were changed by the build. Runs once, at the end, when everything has its last name.
 * A reference to something that is not part of the build, or was never renamed, is left alone. Throws `BuildError` for one that may mean several objects.
 */
export function fixNameReferences(resources: readonly BuildResource[]): void {
  const index = indexOf(resources);
  const referrals = byReferrer();
  for (const referrer of resources) {
    const accountNamespaces = namespacesOfAccounts(referrer);
    if (index.byFormerName.size === 0) continue;
    const { gvk } = originalId(referrer);
    for (const field of referrals.get(gvk.kind) ?? []) {
      if (!appliesTo(field.spec, gvk)) continue;
      visitPath(referrer.object, field.spec, (holder, key) => follow(holder, key, { ...field, referrer, accountNamespaces, index }));
    }
  }
}

interface Index {
  readonly byFormerName: ReadonlyMap<string, readonly BuildResource[]>;
  readonly byOriginalNamespace: ReadonlyMap<string, readonly BuildResource[]>;
}

function indexOf(resources: readonly BuildResource[]): Index {
  const byFormerName = new Map<string, BuildResource[]>();
  for (const resource of resources) {
    for (const name of new Set(resource.past.map((id) => id.name))) {
      const others = byFormerName.get(name);
      if (others === undefined) byFormerName.set(name, [resource]);
      else others.push(resource);
    }
  }
  return { byFormerName, byOriginalNamespace: Map.groupBy(resources, (resource) => originalId(resource).namespace) };
}

interface Field {
  readonly spec: FieldSpec;
  readonly referral: Referral;
}

interface Reference extends Field {
  readonly referrer: BuildResource;
  readonly accountNamespaces: ReadonlySet<string>;
  readonly index: Index;
}

function byReferrer(): ReadonlyMap<string, readonly Field[]> {
  const fields = REFERRALS.flatMap((referral) => referral.fields.map((spec) => ({ spec, referral })));
  return Map.groupBy(fields, ({ spec }) => spec.kind ?? '');
}

/** A role binding reaches into the namespaces of the service accounts that it names. */
function namespacesOfAccounts({ object, file }: BuildResource): ReadonlySet<string> {
  const namespaces = new Set<string>();
  if (object.kind !== 'RoleBinding' || !Array.isArray(object.subjects)) return namespaces;
  for (const subject of object.subjects) {
    if (!isMap(subject) || subject.kind !== 'ServiceAccount' || subject.namespace === undefined) continue;
    if (typeof subject.namespace !== 'string')
      throw new BuildError(`${file}: a subject of ${renderId(idOf(object))} has a blank namespace`);
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
    const target = choose(index.byFormerName.get(value) ?? [], reference, ({ object }) => idOf(object).name);
    return target === undefined ? value : idOf(target.object).name;
  }
  if (!isMap(value)) return value;
  if (value.name === undefined) throw new BuildError(`${referrer.file}: ${renderId(idOf(referrer.object))} names something without a name`);
  const candidates = inNamespace(index.byFormerName.get(String(value.name)) ?? [], value.namespace, reference);
  const target = choose(candidates, reference, ({ object }) => `${String(metadataOf(object).namespace)}/${idOf(object).name}`);
  if (target === undefined) return value;
  const { name, namespace } = metadataOf(target.object);
  return { ...value, name: String(name), ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}) };
}

// What a namespace was called when the reference was written counts first, for all objects that are in it.
function inNamespace(candidates: readonly BuildResource[], namespace: Json | undefined, reference: Reference): readonly BuildResource[] {
  if (namespace === undefined) return candidates;
  const isOriginal = reference.index.byOriginalNamespace.get(String(namespace))?.some((other) => isInReach(other, reference)) === true;
  return candidates.filter((candidate) => (isOriginal ? originalId(candidate) : idOf(candidate.object)).namespace === namespace);
}

function isInReach(candidate: BuildResource, { referrer, accountNamespaces }: Reference): boolean {
  const [from, to] = [idOf(referrer.object), idOf(candidate.object)];
  const { namespace } = metadataOf(candidate.object);
  return (
    isClusterScoped(from.gvk) ||
    isClusterScoped(to.gvk) ||
    from.namespace === to.namespace ||
    (typeof namespace === 'string' && accountNamespaces.has(namespace))
  );
}

/** The one object that a reference means; what tells candidates of one name apart are the prefixes and suffixes that they share with the referrer. */
function choose(
  named: readonly BuildResource[],
  reference: Reference,
  written: (candidate: BuildResource) => string,
): BuildResource | undefined {
  const { referrer } = reference;
  let candidates = named.filter((candidate) => mayBeMeant(candidate, reference));
  if (candidates.length > 1) candidates = candidates.filter((candidate) => sharesContext(candidate, referrer, { emptyMatches: true }));
  if (candidates.length > 1) candidates = candidates.filter((candidate) => sharesContext(candidate, referrer, { emptyMatches: false }));
  const [first, ...others] = candidates;
  if (first === undefined || others.every((other) => written(other) === written(first))) return first;
  const names = candidates.map(({ object }) => renderId(idOf(object))).join(', ');
  throw new BuildError(`${referrer.file}: a reference in ${renderId(idOf(referrer.object))} may mean any of ${names}`);
}

function mayBeMeant(candidate: BuildResource, reference: Reference): boolean {
  if (!isInReach(candidate, reference)) return false;
  const { referral, spec, referrer } = reference;
  const past = pastIds(candidate);
  if (!past.some(({ gvk }) => appliesTo({ ...referral, path: [] }, gvk))) return false;
  const { roleRef } = referrer.object;
  if (spec.path[0] === 'roleRef' && isMap(roleRef) && roleRef.apiGroup !== undefined && roleRef.kind !== undefined) {
    const { apiGroup, kind } = roleRef;
    if (!past.some(({ gvk }) => (apiGroup === '' || gvk.group === apiGroup) && gvk.kind === kind)) return false;
  }
  const [from, to] = [idOf(referrer.object), idOf(candidate.object)];
  // A role binding may name a service account of another namespace.
  return isClusterScoped(from.gvk) || isClusterScoped(to.gvk) || to.gvk.kind === 'ServiceAccount' || from.namespace === to.namespace;
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
