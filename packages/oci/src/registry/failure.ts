import { type JsonObject, type JsonValue, parsePlainJson } from '@gotk/apimachinery';
import { type HttpAnswer, HttpFailure, redact, withoutSecrets } from '@gotk/auth';
import { OciError, type OciErrorKind } from '../oci-error.ts';
import { letGo } from './let-go.ts';

const MAX_PROBLEM_BYTES = 64 * 1024;
const MAX_MESSAGE_CHARACTERS = 500;
const MAX_ERRORS = 5;

/**
 * What a registry says when it does not do what it was asked: `GET https://…: MANIFEST_UNKNOWN: manifest unknown`, as users know it. Reads
 * the answer's body.
 */
export async function failureOf(answer: HttpAnswer, method: string): Promise<OciError> {
  const text = await textOf(answer);
  const said = problemsIn(text) ?? `unexpected status code ${answer.status}${text === '' ? '' : `: ${text}`}`;
  return new OciError(kindOf(answer.status), redact(`${method} ${withoutSecrets(answer.url)}: ${shown(said)}`));
}

function kindOf(status: number): OciErrorKind {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  return status === 408 || status >= 500 ? 'unreachable' : 'protocol';
}

async function textOf(answer: HttpAnswer): Promise<string> {
  const read = await (await letGo(answer)).bytes();
  return read.toString('utf8', 0, MAX_PROBLEM_BYTES).trim();
}

/** The errors of a registry's answer (distribution specification, "Error Codes"); undefined when it has none. */
function problemsIn(text: string): string | undefined {
  const errors = errorsIn(text);
  if (errors.length === 0) return undefined;
  const messages = errors.slice(0, MAX_ERRORS).map((error) => {
    const [code, message] = [textIn(error.code), textIn(error.message)];
    return message === '' ? code : `${code}: ${message}`;
  });
  return messages.length === 1 ? messages[0] : `multiple errors returned: ${messages.join('; ')}`;
}

function errorsIn(text: string): readonly JsonObject[] {
  try {
    const answer = parsePlainJson(text);
    const errors = isObject(answer) ? answer.errors : undefined;
    return Array.isArray(errors) ? errors.filter(isObject) : [];
  } catch {
    return [];
  }
}

const isObject = (value: JsonValue): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a stranger's text must not bring along
const shown = (text: string): string => text.slice(0, MAX_MESSAGE_CHARACTERS).replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');

const KINDS = { unreachable: 'unreachable', 'too-large': 'too-large', redirect: 'protocol', refused: 'refused' } as const;

/** A failure of HTTP in this package's terms; anything else as it is. */
export function ociErrorOf(error: unknown): unknown {
  return error instanceof HttpFailure ? new OciError(KINDS[error.kind], error.message, { cause: error }) : error;
}
