import type { HttpClient } from '../outbound/http-client.ts';
import { HttpFailure } from '../outbound/http-failure.ts';
import type { HttpAnswer, HttpRequest } from '../outbound/http-message.ts';
import { createSecretMask } from '../secret-mask.ts';
import { IdentityError, type IdentityProvider } from './identity-error.ts';

export interface ProviderCall {
  readonly client: HttpClient;
  readonly provider: IdentityProvider;
  /** What is asked for, as `to` it: `exchange the token of the ServiceAccount`. */
  readonly step: string;
  readonly url: URL;
  readonly request: Pick<HttpRequest, 'method' | 'headers' | 'body' | 'authorization' | 'signal'>;
  /** What is sent and must not come back in an error. */
  readonly secrets: readonly string[];
}

/** Of an answer with a token; the largest, of ECR, have some 3 KiB. */
const MAX_BYTES = 256 * 1024;
const MAX_SHOWN = 300;

/** Asks a provider, and gives back the text of a good answer. Throws `IdentityError`, or the signal's reason. */
export async function callProvider(call: ProviderCall): Promise<string> {
  const { provider, step, request, secrets } = call;
  const mask = createSecretMask();
  for (const secret of secrets) mask.learn(secret);
  try {
    const answer = await call.client.request(call.url, { ...request, maxBytes: MAX_BYTES });
    const text = (await answer.bytes()).toString('utf8');
    if (answer.status >= 200 && answer.status < 300) return text;
    const why = mask.redact(reasonIn(text)).slice(0, MAX_SHOWN);
    throw new IdentityError(
      provider,
      kindOf(answer),
      `failed to ${step}: ${call.url.host} answered ${answer.status}${why === '' ? '' : ` (${why})`}`,
    );
  } catch (error) {
    if (error instanceof HttpFailure) throw new IdentityError(provider, 'unreachable', mask.redact(`failed to ${step}: ${error.message}`));
    throw error;
  }
}

const kindOf = ({ status }: HttpAnswer): IdentityError['kind'] =>
  status >= 500 || status === 408 || status === 429 ? 'unreachable' : 'refused';

/** What an error says in the places where the providers put it. */
function reasonIn(text: string): string {
  const json = fieldsOf(text);
  const nested = fieldsOf(JSON.stringify(json.error ?? null));
  const said = [json.error_description, json.message, json.Message, nested.message, json.error].find((value) => typeof value === 'string');
  const xml = /<Message>([^<]{1,1000})<\/Message>/.exec(text)?.[1];
  return String(said ?? xml ?? '').replace(/\s+/g, ' ');
}

/** The fields of a JSON object; none, if it is none. */
export function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** The fields of an object within an object; none, if it is none. */
export const fieldsIn = (fields: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> =>
  fieldsOf(JSON.stringify(fields[name] ?? null));

/** A field that has to be there. The answer itself is not quoted: it is where tokens are. */
export function textField(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  { provider, step }: Pick<ProviderCall, 'provider' | 'step'>,
): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new IdentityError(provider, 'refused', `failed to ${step}: the answer has no '${name}'`);
}

/** A time of an answer, as RFC 3339 or seconds since the epoch, in milliseconds since the epoch. */
export function timeField(value: unknown, { provider, step }: Pick<ProviderCall, 'provider' | 'step'>): number {
  const ms =
    typeof value === 'number'
      ? value * 1000
      : typeof value === 'string'
        ? /^\d+$/.test(value)
          ? Number(value) * 1000
          : Date.parse(value)
        : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new IdentityError(provider, 'refused', `failed to ${step}: the answer does not say how long it is good for`);
}
