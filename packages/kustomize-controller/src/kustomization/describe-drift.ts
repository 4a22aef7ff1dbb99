import { type Drift, type ObjectReference, renderReference, type TakenField } from '@gotk/ssa';

const OBJECTS = 10;
const FIELDS = 5;
const MANAGER_CHARACTERS = 60;
/** What happened so lately has happened now: an event carries its own time, and equal events are counted as one. */
const JUST_NOW_MS = 10_000;

/** One line an object, as in `ConfigMap/apps/web: data.key changed by 'kubectl-edit'`. Names fields and never their values. */
export function describeDrift(
  objects: readonly { readonly reference: ObjectReference; readonly drift: Drift }[],
  options: { readonly nowMs: number },
): string {
  const lines = objects.slice(0, OBJECTS).map(({ reference, drift }) => `${renderReference(reference)}: ${describe(drift, options.nowMs)}`);
  return [...lines, ...(objects.length > OBJECTS ? [`and ${objects.length - OBJECTS} more`] : [])].join('\n');
}

function describe(drift: Drift, nowMs: number): string {
  if (drift.kind === 'deleted') return 'deleted';
  const { fields, more } = drift;
  if (fields.length === 0) return 'changed';
  const shown = fields.slice(0, FIELDS);
  const byDeed = Map.groupBy(shown, (field) => deedOf(field, nowMs));
  const left = fields.length - shown.length + more;
  return [
    ...[...byDeed].map(([deed, those]) => `${those.map(({ path }) => path).join(', ')} ${deed}`),
    ...(left > 0 ? [`and ${left} more fields`] : []),
  ].join('; ');
}

function deedOf({ how, by, at }: TakenField, nowMs: number): string {
  const who = by === undefined ? '' : ` by '${by.slice(0, MANAGER_CHARACTERS)}'`;
  const atMs = Date.parse(at ?? '');
  return `${how}${who}${nowMs - atMs > JUST_NOW_MS ? ` at ${at}` : ''}`;
}
