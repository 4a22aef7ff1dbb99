import {
  binaryTag,
  boolCoreTag,
  CORE_SCHEMA,
  defineScalarTag,
  floatCoreTag,
  intCoreTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  seqTag,
} from 'js-yaml';

const load = { identify: () => false } as const;

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

// Go's strconv with base 0, after go-yaml dropped the underscores: decimal, 0x, 0o and 0b, and a leading zero means octal. What fits no 64
// bits is rounded, as a decimal number, or text.
const intTag = defineScalarTag<number | bigint>(intCoreTag.tagName, {
  ...load,
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: resolveInteger,
});

function resolveInteger(source: string): number | bigint | typeof NOT_RESOLVED {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]+|0|[1-9][0-9]*)$/.exec(source.replaceAll('_', ''));
  if (match === null) return NOT_RESOLVED;
  const [, sign, digits = ''] = match;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < INT64_MIN || value > UINT64_MAX) return /^0./.test(digits) ? NOT_RESOLVED : Number(value);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

const floatTag = defineScalarTag<number>(floatCoreTag.tagName, {
  ...load,
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: resolveFloat,
});

function resolveFloat(source: string): number | typeof NOT_RESOLVED {
  // They have no form in JSON: the reader refuses what these become.
  if (/^[-+]?\.(inf|Inf|INF)$/.test(source)) return Number.POSITIVE_INFINITY;
  if (/^\.(nan|NaN|NAN)$/.test(source)) return Number.NaN;
  const digits = source.replaceAll('_', '');
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) return NOT_RESOLVED;
  const value = Number(digits);
  return Number.isFinite(value) ? value : NOT_RESOLVED;
}

const nullTag = defineScalarTag<null>(nullCoreTag.tagName, {
  ...load,
  implicit: true,
  implicitFirstChars: ['', '~', 'n', 'N'],
  resolve: (source) => (['', '~', 'null', 'Null', 'NULL'].includes(source) ? null : NOT_RESOLVED),
});

const TIMESTAMP = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ](\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?(Z|[-+]\d{2}:\d{2})?)?$/;

// kustomize prints what it takes for a time in full. Text when there is no such day.
const timestampTag = defineScalarTag<string>('tag:yaml.org,2002:timestamp', {
  ...load,
  implicit: true,
  implicitFirstChars: [...'0123456789'],
  resolve: resolveTimestamp,
});

function resolveTimestamp(source: string): string | typeof NOT_RESOLVED {
  const match = TIMESTAMP.exec(source);
  if (match === null) return NOT_RESOLVED;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  // go-yaml wants a zone behind a T, and none behind a space.
  if (zone === undefined ? /[Tt]/.test(source) : source.includes(' ')) return NOT_RESOLVED;
  const pad = (part: string) => part.padStart(2, '0');
  const full = `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}`;
  const time = new Date(`${full}Z`);
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 19) !== full) return NOT_RESOLVED;
  const digits = fraction.replace(/\.?0*$/, '');
  return `${full}${digits}${zone === undefined || zone === '+00:00' || zone === '-00:00' ? 'Z' : zone}`;
}

const legacyBoolTag = defineScalarTag<boolean>(boolCoreTag.tagName, {
  ...load,
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: resolveLegacyBool,
});

function resolveLegacyBool(source: string): boolean | typeof NOT_RESOLVED {
  if (/^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(source)) return true;
  return /^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(source) ? false : NOT_RESOLVED;
}

// What go-yaml does not know a tag of: text, a list or a map, as it is written.
const ofAnyTag = { tagName: '', matchByTagPrefix: true } as const;
const textOfAnyTag = defineScalarTag<string>('', { ...load, matchByTagPrefix: true, resolve: (source) => source });
const listOfAnyTag = { ...seqTag, ...ofAnyTag };
const mapOfAnyTag = { ...mapTag, ...ofAnyTag };

const binaryTextTag = defineScalarTag<string>(binaryTag.tagName, {
  ...load,
  resolve: (source) => {
    const base64 = source.replaceAll(/[\r\n]/g, '');
    const isSound = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64);
    return isSound ? Buffer.from(base64, 'base64').toString() : NOT_RESOLVED;
  },
});

/**
 * Scalars as kustomize reads them in manifests (go-yaml 3, then JSON): `on` and `yes` are text, `0777` is octal, times are text in one
 * form, integers of 64 bits keep all their digits, `<<` merges.
 */
export const MANIFEST_SCHEMA = CORE_SCHEMA.withTags(intTag, floatTag, nullTag, timestampTag, mergeTag);

/**
 * Scalars as kustomize reads them in its own files and in JSON 6902 patches, and Helm everywhere (go-yaml 2): `y`, `on` and `yes` are true, tags that
 * nobody knows say nothing, and `!!binary` is the text that is encoded.
 */
export const CONFIG_SCHEMA = CORE_SCHEMA.withTags(
  legacyBoolTag,
  intTag,
  floatTag,
  nullTag,
  mergeTag,
  binaryTextTag,
  textOfAnyTag,
  listOfAnyTag,
  mapOfAnyTag,
);

/** Whether go-yaml 2 would take the text for something else than text if it stood there without quotes. */
export function needsQuotes(text: string): boolean {
  if (['', '~', 'null', 'Null', 'NULL'].includes(text)) return true;
  // Sexagesimal numbers are text to go-yaml, which quotes them for the readers to whom they are not.
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return true;
  if (resolveLegacyBool(text) !== NOT_RESOLVED) return true;
  return /^[-+.0-9]/.test(text) && [resolveInteger, resolveFloat, resolveTimestamp].some((resolve) => resolve(text) !== NOT_RESOLVED);
}

export interface PlainScalar {
  readonly tag: '!!null' | '!!bool' | '!!int' | '!!float' | '!!timestamp' | '!!merge' | '!!str';
  readonly value: null | boolean | number | bigint | string;
}

/** What a text means in a manifest when it stands there without quotes. Infinity and not-a-number are numbers here. */
export function readPlain(text: string): PlainScalar {
  if (['', '~', 'null', 'Null', 'NULL'].includes(text)) return { tag: '!!null', value: null };
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return { tag: '!!bool', value: /^t/i.test(text) };
  if (text === '<<') return { tag: '!!merge', value: text };
  const readers = [
    ['!!timestamp', resolveTimestamp],
    ['!!int', resolveInteger],
    ['!!float', resolveFloat],
  ] as const;
  for (const [tag, resolve] of readers) {
    const value = resolve(text);
    if (value !== NOT_RESOLVED) return { tag, value };
  }
  return { tag: '!!str', value: text };
}
