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

/**
 * What the server said, for people. Its messages can quote the object they are about: of a Secret, only the kind of refusal and the fields are shown.
 */
export function explain(error: unknown, object: ObjectReference): string {
  if (error instanceof NoMatch) return `not applied: ${error.message}; is its CRD installed?`;
  if (!(error instanceof ApiError)) return `not applied: ${error instanceof Error ? error.message : String(error)}`;
  const verb =
    error.status === 403
      ? 'forbidden'
      : error.status === 404
        ? 'namespace not found'
        : error.status === 409
          ? 'in conflict'
          : error.status < 500 || error.reason === ''
            ? 'invalid'
            : 'not applied';
  const right = error.status === 403 ? missingRight(error.message) : undefined;
  if (object.kind === 'Secret' && object.group === '' && right !== undefined) return `${verb}: ${right}`;
  if (object.kind === 'Secret' && object.group === '')
    return `${verb}: ${error.causes.map(({ field, reason }) => `${field ?? 'object'}: ${reason ?? 'refused'}`).join(', ') || error.reason || error.status}`;
  return `${verb}: ${error.message}`;
}

/** What the API server's authorizer says is missing, in our own words: of a text that a webhook may have written, one word is taken over and no more. */
function missingRight(message: string): string | undefined {
  const verb = / cannot (create|delete|get|list|patch|update|watch) resource "secrets" in API group ""/.exec(message)?.[1];
  return verb === undefined ? undefined : `the account that is acted as cannot ${verb} secrets there`;
}
