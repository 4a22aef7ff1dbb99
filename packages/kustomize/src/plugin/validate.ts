import { deepEqual } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { type BuildResource, copyOf, isMap, type JsonMap, metadataOf } from '../resource/resource.ts';
import type { PatchContext } from '../transform/patch.ts';
import type { Plugin } from './plugin.ts';
import { transformerOf } from './transformers.ts';

/** The one thing that a validator may leave behind. */
const MARK = 'validated-by';

/** Runs validators: transformers that must not change anything, not even what is known of former names. Throws `BuildError` for one that does. */
export function validate(plugins: readonly Plugin[], resources: readonly BuildResource[], context: Omit<PatchContext, 'field'>): void {
  for (const plugin of plugins) {
    const before = resources.map(({ object, past }) => ({ object: copyOf(object), names: past.length }));
    const after = transformerOf(
      plugin,
      context,
    )(resources).map(({ object, past }) => ({ object: withoutMark(copyOf(object)), names: past.length }));
    if (!deepEqual(before, after)) throw new BuildError(`${plugin.at}: a validator must not change objects`);
  }
}

function withoutMark(object: JsonMap): JsonMap {
  const metadata = metadataOf(object);
  if (isMap(metadata.labels) && Object.hasOwn(metadata.labels, MARK)) {
    delete metadata.labels[MARK];
    if (Object.keys(metadata.labels).length === 0) delete metadata.labels;
  }
  return object;
}
