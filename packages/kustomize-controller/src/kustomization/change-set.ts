import { type Change, type ObjectReference, renderReference } from '@gotk/ssa';

const SHOWN = 100;

/** One line an object that was changed, as in `Deployment/apps/web configured`, and the fields that it could not have. */
export function describeChanges(changes: readonly Change[]): string {
  return lines(
    changes
      .filter(({ action }) => action !== 'unchanged')
      .map(({ reference, action, leftOut }) => `${renderReference(reference)} ${action}${describeLeftOut(leftOut)}`),
  );
}

const NAMED = 5;

function describeLeftOut(paths: readonly string[]): string {
  if (paths.length === 0) return '';
  const more = paths.length > NAMED ? [`${paths.length - NAMED} more`] : [];
  return ` without what its kind does not have: ${[...paths.slice(0, NAMED), ...more].join(', ')}`;
}

export const describeDeleted = (deleted: readonly ObjectReference[]): string =>
  lines(deleted.map((reference) => `${renderReference(reference)} deleted`));

const LOGGED = 1_000;

/** What the log says was done: what to each object, or grouped, which objects by what was done. The names of objects are then no keys, of which there may be many. */
export function changeLog(
  changes: readonly Change[],
  { grouped }: { readonly grouped: boolean },
): Readonly<Record<string, string | readonly string[]>> {
  const logged = changes.slice(0, LOGGED).map(({ reference, action }) => [renderReference(reference), action] as const);
  if (!grouped) return Object.fromEntries(logged);
  const byAction = Map.groupBy(logged, ([, action]) => action);
  return Object.fromEntries([...byAction].map(([action, those]) => [action, those.map(([object]) => object)]));
}

const lines = (all: readonly string[]): string =>
  [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [])].join('\n');
