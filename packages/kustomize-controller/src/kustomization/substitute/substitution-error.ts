import { gvkOf, type Unstructured } from '@gotk/apimachinery';

/** Variables that cannot be put into an object. Its message is the whole of what is said of it; no value is in it. */
export class SubstitutionError extends Error {
  override readonly name = 'SubstitutionError';

  constructor(object: Unstructured, what: string) {
    super(`post build failed for '${renderKind(object)}/${object.metadata.name}': ${what}`);
  }
}

/** As kustomize names a kind: `Deployment.v1.apps`. */
function renderKind(object: Unstructured): string {
  const { group, version, kind } = gvkOf(object);
  return [kind, version, group || '[noGrp]'].join('.');
}
