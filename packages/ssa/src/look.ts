import { deepEqual, type KubeObject, keyOf, type ObjectMeta, type Resource, type Unstructured } from '@gotk/apimachinery';
import { isNotFound, type KubeClient } from '@gotk/kube';

/** An object as it is, and as it would be if it were applied. */
export interface Comparison {
  readonly live: Unstructured;
  readonly outlook: Unstructured;
  /** Whether applying it would change nothing but who manages what. */
  readonly isSame: boolean;
}

/** Holds an object against the live one, by a dry-run; undefined when there is none. Throws what the server says. */
export async function compare(
  resource: Resource,
  object: Unstructured,
  { client, fieldManager, signal }: { readonly client: KubeClient; readonly fieldManager: string; readonly signal: AbortSignal },
): Promise<Comparison | undefined> {
  try {
    const live = await client.get<Unstructured>(resource as Resource<Unstructured>, keyOf(object), { signal });
    const { object: outlook } = await client.apply(resource as Resource<Unstructured>, object, {
      fieldManager,
      force: true,
      dryRun: true,
      signal,
    });
    return { live, outlook, isSame: deepEqual(bare(live), bare(outlook)) };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Without what a write changes in any case. */
function bare(object: KubeObject): KubeObject {
  const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as ObjectMeta };
}
