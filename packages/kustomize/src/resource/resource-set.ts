import { BuildError } from '../build-error.ts';
import { type BuildResource, idOf, keyOf, renderId } from './resource.ts';

/** Far beyond what the inventory of a Kustomization can hold; a few prefixes make a million of one. */
const MAX_OBJECTS = 50_000;

/** Resources in the order in which they were added, no two of one id. */
export class ResourceSet {
  readonly resources: BuildResource[] = [];
  readonly #byId = new Map<string, BuildResource>();
  readonly #at: string;

  /** `at`: the file that brings them together. */
  constructor(resources: readonly BuildResource[], at: string) {
    this.#at = at;
    this.add(resources);
  }

  /** Throws `BuildError` for what is there already, and for more than 50,000 of them. */
  add(resources: readonly BuildResource[]): void {
    for (const resource of resources) {
      const id = idOf(resource);
      const other = this.#byId.get(keyOf(id));
      if (other !== undefined) {
        const where = other.file === resource.file ? resource.file : `${other.file} and ${resource.file}`;
        throw new BuildError(`${this.#at}: ${renderId(id)} is defined twice, in ${where}`);
      }
      this.#byId.set(keyOf(id), resource);
      this.resources.push(resource);
    }
    if (this.resources.length > MAX_OBJECTS) throw new BuildError(`${this.#at}: more than ${MAX_OBJECTS} objects`);
  }
}

/** Throws `BuildError` when two resources have one id; `at` is the file that brings them together. */
export function refuseDuplicates(resources: readonly BuildResource[], at: string): void {
  new ResourceSet(resources, at);
}
