import { type Change, type ObjectReference, renderReference } from '@gotk/ssa';

const SHOWN = 100;

/** One line an object that was changed, as in `Deployment/apps/web configured`. */
export function describeChanges(changes: readonly Change[]): string {
  return lines(
    changes.filter(({ action }) => action !== 'unchanged').map(({ reference, action }) => `${renderReference(reference)} ${action}`),
  );
}

export const describeDeleted = (deleted: readonly ObjectReference[]): string =>
  lines(deleted.map((reference) => `${renderReference(reference)} deleted`));

const lines = (all: readonly string[]): string =>
  [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [])].join('\n');
