import { type View, viewsOf } from './decoded-view.ts';
import { createKnownTexts, LONGEST, SHORTEST } from './known-texts.ts';
import { masked, type Span } from './masked-spans.ts';
import { credentialsIn } from './redact.ts';
import { hiddenValuesOf, type SecretValue, secretValuesOf } from './secret-values.ts';

export interface SecretMaskOptions {
  /** How many values are remembered, the latest learned; 10,000. */
  readonly maxValues?: number;
  /** How long they may be together, in all the forms that are looked for, in characters; 8 Mi. */
  readonly maxCharacters?: number;
}

/** The known values of Secrets, and how to keep them out of what leaves the process. */
export interface SecretMask {
  /**
   * Remembers a value. Of a document (JSON, YAML, PEM, several lines) its secret parts; certificates, short numbers, plain addresses and
   * words that everybody uses are no secrets, and neither is what has fewer than six characters.
   */
  learn(value: string | Uint8Array): void;
  /** Remembers a text that is secret as it stands, whatever it looks like: also the lines of a document. */
  hide(text: string): void;
  /**
   * Remembers what a Secret holds, up to 1,000 values. To be called whenever one is read: what was learned longest ago is forgotten first.
   */
  learnSecret(secret: SecretData): void;
  /**
   * Puts `*****` in the place of each known value: as it is, percent-encoded, escaped as in JSON, in base64 with whatever stands before it,
   * and of these one within the other. Takes time in proportion to the text, and none worth mentioning for the number of values.
   */
  mask(text: string): string;
  /**
   * Masks known values as `mask` does, and whatever looks like a credential as the function `redact` does. For every text that leaves the
   * process.
   */
  redact(text: string): string;
  /** How many values are remembered. */
  readonly size: number;
}

/** A mask that can be made smaller. */
export interface ShrinkingMask extends SecretMask {
  /** What `maxCharacters` bounds. */
  readonly characters: number;
  /** Forgets the value that was learned longest ago. */
  forgetOldest(): void;
}

/** The part of a Secret that is secret. */
export interface SecretData {
  readonly type?: unknown;
  /** In base64. */
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly stringData?: Readonly<Record<string, unknown>> | null;
}

/** Longer values are documents, or no secrets that fit into a message. */
const MAX_VALUE_BYTES = 256 * 1024;
/** Of one Secret. Learning takes some 20 microseconds a value, on the thread that serves everybody. */
const MAX_VALUES_AT_ONCE = 1_000;
/** The first so many bytes of a value are looked for in base64; what follows them there is masked with them. */
const BASE64_BYTES = 69;

interface Forms {
  readonly pieces: readonly string[];
  readonly base64: readonly string[];
}

export function createSecretMask({ maxValues = 10_000, maxCharacters = 8 * 1024 * 1024 }: SecretMaskOptions = {}): ShrinkingMask {
  /** The forms of each value by the value, in the order of their learning. */
  const values = new Map<string, Forms>();
  const plain = createKnownTexts();
  const base64 = createKnownTexts();
  let characters = 0;

  const learnValue = ({ text, bytes }: SecretValue): void => {
    const id = text ?? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const known = values.get(id);
    const forms = known ?? { pieces: text === undefined ? [] : piecesOf(text), base64: base64FormsOf(bytes) };
    values.delete(id);
    values.set(id, forms);
    if (known !== undefined) return;
    for (const piece of forms.pieces) plain.add(piece);
    for (const form of forms.base64) base64.add(form);
    characters += weightOf(id, forms);
    while (values.size > maxValues || characters > maxCharacters) forgetOldest();
  };
  const forgetOldest = (): void => {
    const [oldest] = values;
    if (oldest === undefined) return;
    const [id, forms] = oldest;
    values.delete(id);
    characters -= weightOf(id, forms);
    for (const piece of forms.pieces) plain.remove(piece);
    for (const form of forms.base64) base64.remove(form);
  };
  const learnAll = (sources: readonly Uint8Array[], valuesOf = secretValuesOf): void => {
    const sensible = sources.filter(({ length }) => length >= SHORTEST && length <= MAX_VALUE_BYTES);
    let left = MAX_VALUES_AT_ONCE;
    for (const bytes of sensible) {
      const found = valuesOf(bytes).slice(0, left);
      for (const value of found) learnValue(value);
      left -= found.length;
    }
  };

  const spansIn = (view: View): readonly Span[] => {
    const span = (start: number, end: number): Span => ({ start: view.originOf(start), end: view.originOf(end) });
    return [
      ...plain.findIn(view.text).map(({ start, end }) => span(start, end)),
      ...base64.findIn(view.text).map(({ start, end }) => span(runStart(view.text, start), runEnd(view.text, end))),
    ];
  };

  return {
    learn: (value) => learnAll([typeof value === 'string' ? Buffer.from(value, 'utf8') : value]),
    hide: (text) => learnAll([Buffer.from(text, 'utf8')], () => hiddenValuesOf(text)),
    learnSecret({ type, data, stringData }) {
      const texts = (fields: SecretData['data'], encoding: 'base64' | 'utf8') =>
        Object.entries(fields ?? {}).flatMap(([key, value]) =>
          typeof value === 'string' && isSecretKey(key, type) ? [Buffer.from(value, encoding)] : [],
        );
      learnAll([...texts(data, 'base64'), ...texts(stringData, 'utf8')]);
    },
    mask: (text) => (values.size === 0 ? text : masked(text, viewsOf(text).flatMap(spansIn))),
    redact: (text) =>
      masked(
        text,
        viewsOf(text).flatMap((view) => [...(values.size === 0 ? [] : spansIn(view)), ...credentialsIn(view)]),
      ),
    get size() {
      return values.size;
    },
    get characters() {
      return characters;
    },
    forgetOldest,
  };
}

/** The name of the namespace is beside every ServiceAccount's token, and in every message. */
const isSecretKey = (key: string, type: unknown): boolean => !(key === 'namespace' && type === 'kubernetes.io/service-account-token');

const weightOf = (id: string, { pieces, base64 }: Forms): number =>
  [...pieces, ...base64].reduce((sum, form) => sum + form.length, id.length);

/** Parts of about the same length, none too long and none too short to be looked for: a text that was cut off shows none of them. */
function piecesOf(text: string): readonly string[] {
  const count = Math.ceil(text.length / LONGEST);
  const pieces: string[] = [];
  for (let index = 0, start = 0; index < count; index += 1) {
    const end = Math.round(((index + 1) * text.length) / count);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/**
 * What of a value's base64 is the same whatever stands before and after it: one form for each of the three places in a group that it can
 * begin at, in the ordinary alphabet and in that of URLs.
 */
function base64FormsOf(bytes: Uint8Array): readonly string[] {
  const forms = new Set<string>();
  const head = bytes.subarray(0, BASE64_BYTES);
  for (const before of [0, 1, 2]) {
    const group = Buffer.concat([Buffer.alloc(before), head]);
    // A character is the value's alone when all of its six bits are.
    const form = group.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((group.length * 8) / 6));
    if (form.length >= SHORTEST) forms.add(form).add(form.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...forms];
}

const isBase64 = (text: string, index: number): boolean => /[\w+/-]/.test(text.charAt(index));

/** The character before may hold some bits of the value. */
const runStart = (text: string, start: number): number => (isBase64(text, start - 1) ? start - 1 : start);

/** What follows without a break is the rest of the value, or of what it is part of. */
function runEnd(text: string, end: number): number {
  REST.lastIndex = end;
  return REST.test(text) ? REST.lastIndex : end;
}

const REST = /[\w+/-]*={0,2}/y;
