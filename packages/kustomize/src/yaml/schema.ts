import { CORE_SCHEMA, defineScalarTag, floatCoreTag, intCoreTag, mergeTag, NOT_RESOLVED, nullCoreTag } from 'js-yaml';

const load = { identify: () => false } as const;

// Go's strconv with base 0: decimal, 0x, 0o and 0b, and a leading zero means octal.
const intTag = defineScalarTag<number | bigint>(intCoreTag.tagName, {
  ...load,
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: (source) => {
    const match = /^([-+]?)(0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|0[0-7]+|0|[1-9][0-9]*)$/.exec(source);
    if (match === null) return NOT_RESOLVED;
    const [, sign, digits = ''] = match;
    const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const value = sign === '-' ? -magnitude : magnitude;
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  },
});

const floatTag = defineScalarTag<number>(floatCoreTag.tagName, {
  ...load,
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: (source) => (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(source) ? Number(source) : NOT_RESOLVED),
});

const nullTag = defineScalarTag<null>(nullCoreTag.tagName, {
  ...load,
  implicit: true,
  implicitFirstChars: ['', '~', 'n', 'N'],
  resolve: (source) => (['', '~', 'null', 'Null', 'NULL'].includes(source) ? null : NOT_RESOLVED),
});

/**
 * Scalars as Kubernetes' own YAML reader (go-yaml 3, then JSON) reads them: `on` and `yes` are text, `0777` is octal, dates are text, integers keep all
 * their digits, `<<` merges.
 */
export const KUBERNETES_SCHEMA = CORE_SCHEMA.withTags(intTag, floatTag, nullTag, mergeTag);
