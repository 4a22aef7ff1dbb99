import { fieldsOf, WrongType } from '../fields.ts';
import { goStruct } from '../go-json.ts';
import { type Dependency, readDependency } from './metadata.ts';
import { dependencyJson, listJson } from './metadata-json.ts';

/** A Chart.lock, or requirements.lock. */
export interface Lock {
  /** RFC 3339. */
  readonly generated: string;
  /** Of the dependencies asked for and of those locked: `lockDigest`. */
  readonly digest: string;
  readonly dependencies: readonly Dependency[];
}

/** What Go has for a time that was never set. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** Throws `WrongType`. */
export function readLock(value: unknown): Lock {
  const fields = fieldsOf(value, 'the lock file');
  const dependencies = (fields?.list('dependencies') ?? []).map(readDependency).map((dependency) => {
    if (dependency === null) throw new WrongType('dependencies must not contain empty or null nodes');
    return dependency;
  });
  return { generated: fields?.text('generated') ?? NO_TIME, digest: fields?.text('digest') ?? '', dependencies };
}

export interface LockDigestInput {
  readonly requested: readonly Dependency[];
  readonly locked: readonly Dependency[];
}

/**
 * The digest by which Helm tells whether a lock file belongs to a Chart.yaml: of both lists, in Go's JSON.
 * `sha256` returns hex; the package does no cryptography by itself.
 */
export const lockDigest = ({ requested, locked }: LockDigestInput, sha256: (text: string) => string): string =>
  `sha256:${sha256(listJson([requested, locked].map(dependenciesJson)))}`;

/**
 * Whether a lock file belongs to these dependencies, Helm 2's way of counting included. `helm dependency build` refuses when it does not;
 * Flux, and with it `planDependencies`, takes the lock file's word.
 */
export function isLockInSync(lock: Lock, requested: readonly Dependency[], sha256: (text: string) => string): boolean {
  if (lock.digest === lockDigest({ requested, locked: lock.dependencies }, sha256)) return true;
  return lock.digest === `sha256:${sha256(goStruct([['dependencies', dependenciesJson(requested)]]))}`;
}

const dependenciesJson = (dependencies: readonly Dependency[]): string => listJson(dependencies.map(dependencyJson));
