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

/** Causes whose messages quote no value, as the API server has them. */
const QUOTES_NOTHING: ReadonlySet<string | undefined> = new Set(['FieldValueForbidden', 'FieldValueRequired']);

/** Causes that need words, which are ours. */
const IN_WORDS: ReadonlyMap<string | undefined, string> = new Map([['NamespaceTerminating', 'it is being terminated']]);

/** The API server's words for why, and for what is wrong with a field. A webhook may say anything in their place. */
const REASON =
  /^(Field|Invalid|BadRequest|Forbidden|Conflict|AlreadyExists|NotFound|Timeout|ServerTimeout|InternalError|RequestEntityTooLarge|Unauthorized|Unprocessable|TooManyRequests|MethodNotAllowed|NotAcceptable|UnsupportedMediaType|ServiceUnavailable|Gone|Expired|StoreReadError|Unknown)[A-Za-z]{0,20}$/;
/** A path of a Secret: what it holds is below `data`, and its keys are no secrets. */
const FIELD = /^\.?(apiVersion|kind|metadata|type|immutable|data|stringData)([.[][\w./[\]-]{0,80})?$/;

/**
 * What the server said, for people, in upstream's words. Its messages can quote the object they are about: of a Secret, only the kind of refusal and the fields
 * are shown.
 */
export function explain(error: unknown, object: ObjectReference, attempt: Attempt): string {
  if (error instanceof NoMatch) return `${attempt} failed: ${error.message}; is its CRD installed?`;
  if (!(error instanceof ApiError)) return `${attempt} failed: ${error instanceof Error ? error.message : String(error)}`;
  const reason = isSecret(object) ? knownReason(error.reason) : error.reason;
  const what = error.status === 404 ? 'not found' : `${attempt} failed${reason === '' ? '' : ` (${reason})`}`;
  return `${what}: ${isSecret(object) ? (missingRight(error) ?? denial(error) ?? withoutValues(error)) : error.message}`;
}

/** What the server remarked on an object, for people; of a Secret, how often it did so. */
export function remarks(warnings: readonly string[], object: ObjectReference): readonly string[] {
  if (!isSecret(object) || warnings.length === 0) return warnings;
  return [`${warnings.length} of a Secret, which they may quote`];
}

const isSecret = ({ kind, group }: ObjectReference): boolean => kind === 'Secret' && group === '';
const knownReason = (reason: string | undefined): string => (reason !== undefined && REASON.test(reason) ? reason : '');

/** What the API server's authorizer says is missing, in our own words: of a text that a webhook may have written, one word is taken over and no more. */
function missingRight({ status, message }: ApiError): string | undefined {
  const verb = / cannot (create|delete|get|list|patch|update|watch) resource "secrets" in API group ""/.exec(message)?.[1];
  return status !== 403 || verb === undefined ? undefined : `the account that is acted as cannot ${verb} secrets there`;
}

/** Which webhook said no, without its words. */
function denial({ message }: ApiError): string | undefined {
  const name = /^admission webhook "([\w.-]{1,253})" denied the request/.exec(message)?.[1];
  return name === undefined ? undefined : `admission webhook "${name}" denied the request, in words that may quote the Secret`;
}

function withoutValues({ causes, reason, status }: ApiError): string {
  const shown = causes.map((cause) => {
    const { field = '', message } = cause;
    const why = IN_WORDS.get(cause.reason) ?? (knownReason(cause.reason) || 'refused');
    return `${FIELD.test(field) ? field : 'object'}: ${(QUOTES_NOTHING.has(cause.reason) ? message : undefined) ?? why}`;
  });
  return shown.join(', ') || knownReason(reason) || `status ${status}`;
}
