import { isUtf8 } from 'node:buffer';
import { isRecord, type Unstructured } from '@gotk/apimachinery';

/** A mask knows neither shorter nor longer texts. */
const [MIN_LENGTH, MAX_LENGTH] = [6, 256 * 1024];
/** Of one build: the thread that serves everybody learns a line in some 20 microseconds. */
const [MAX_LINES, MAX_CHARACTERS] = [1_000, 1024 * 1024];
const VARIABLE = /\$\{[^}]{0,1000}\}/;

/**
 * What must not be shown of what was decrypted: the values themselves, what is between the variables in them, and what has become of them in
 * Secrets. What objects are called is on record in any case.
 */
export function secretTextsOf(objects: readonly Unstructured[], revealed: ReadonlySet<string>): readonly string[] {
  if (revealed.size === 0) return [];
  const names = new Set(objects.flatMap(({ apiVersion, kind, metadata: { name, namespace } }) => [apiVersion, kind, name, namespace]));
  const sensible = (text: string) => text.length >= MIN_LENGTH && text.length <= MAX_LENGTH && !names.has(text);
  const texts = [...new Set(candidates(objects, revealed))].filter(sensible).map((text) => ({ text, lines: text.split('\n').length }));
  let [lines, characters] = [0, 0];
  // A large document must not leave passwords out.
  return texts
    .toSorted((one, other) => one.lines - other.lines)
    .filter(({ text, lines: more }) => {
      const fits = lines + more <= MAX_LINES && characters + text.length <= MAX_CHARACTERS;
      if (fits) [lines, characters] = [lines + more, characters + text.length];
      return fits;
    })
    .map(({ text }) => text);
}

function* candidates(objects: readonly Unstructured[], revealed: ReadonlySet<string>): Generator<string> {
  for (const text of revealed) yield* text.length <= MAX_LENGTH && text.includes('${') ? [text, ...text.split(VARIABLE)] : [text];
  for (const { kind, apiVersion, data, stringData } of objects) {
    if (kind !== 'Secret' || apiVersion !== 'v1') continue;
    yield* textsIn(stringData);
    for (const value of textsIn(data)) yield decoded(value);
  }
}

const textsIn = (fields: unknown): readonly string[] =>
  isRecord(fields) ? Object.values(fields).filter((value) => typeof value === 'string') : [];

/** What is no text is not met otherwise than in base64. */
function decoded(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : base64;
}
