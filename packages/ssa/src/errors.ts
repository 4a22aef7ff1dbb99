import { ApiError, NoMatch } from '@gotk/kube';
import type { ObjectReference } from './inventory.ts';
import { renderReference } from './inventory.ts';

/** One object that the API server would not have. */
export interface Refusal {
  readonly object: ObjectReference;
  readonly message: string;
}

const SHOWN = 10;

/** The set was refused before anything was changed. */
export class SetRefused extends Error {
  override readonly name = 'SetRefused';
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    const shown = refusals.slice(0, SHOWN).map(({ object, message }) => `${renderReference(object)} ${message}`);
    super([...shown, ...(refusals.length > SHOWN ? [`and ${refusals.length - SHOWN} more`] : [])].join('\n'));
    this.refusals = refusals;
  }
}

/** An object could not be applied although its dry-run had passed, or had not been needed. What was applied before it stays, and is in the inventory. */
export class ApplyFailed extends Error {
  override readonly name = 'ApplyFailed';
}

/** An object of the set belongs to somebody else who still wants it. */
export class OwnershipConflict extends Error {
  override readonly name = 'OwnershipConflict';
}

/** Objects did not become healthy. */
export class Unhealthy extends Error {
  override readonly name = 'Unhealthy';
}

/** What was tried, as the message has it. */
export type Attempt = 'dry-run' | 'apply' | 'delete' | 'look';

/** Causes whose messages quote no value. */
const QUOTES_NOTHING: ReadonlySet<string | undefined> = new Set(['FieldValueForbidden', 'FieldValueRequired']);

/**
 * What the server said, for people, in upstream's words. Its messages can quote the object they are about: of a Secret, only the kind of refusal and the fields
 * are shown.
 */
export function explain(error: unknown, object: ObjectReference, attempt: Attempt): string {
  if (error instanceof NoMatch) return `${attempt} failed: ${error.message}; is its CRD installed?`;
  if (!(error instanceof ApiError)) return `${attempt} failed: ${error instanceof Error ? error.message : String(error)}`;
  const what = error.status === 404 ? 'not found' : `${attempt} failed${error.reason === '' ? '' : ` (${error.reason})`}`;
  const isSecret = object.kind === 'Secret' && object.group === '';
  return `${what}: ${isSecret ? (missingRight(error) ?? withoutValues(error)) : error.message}`;
}

/** What the API server's authorizer says is missing, in our own words: of a text that a webhook may have written, one word is taken over and no more. */
function missingRight({ status, message }: ApiError): string | undefined {
  const verb = / cannot (create|delete|get|list|patch|update|watch) resource "secrets" in API group ""/.exec(message)?.[1];
  return status !== 403 || verb === undefined ? undefined : `the account that is acted as cannot ${verb} secrets there`;
}

function withoutValues({ causes, reason, status }: ApiError): string {
  const shown = causes.map((cause) => {
    const { field = 'object', message } = cause;
    return `${field}: ${(QUOTES_NOTHING.has(cause.reason) ? message : undefined) ?? cause.reason ?? 'refused'}`;
  });
  return shown.join(', ') || reason || `status ${status}`;
}
