/** One directive of `format`: `%s`, `%.3f`. */
const DIRECTIVE = /%(?:\.(\d{1,3}))?([sdfebxXo%])/g;

/**
 * cel-go's `string.format(list)`: %s any value, %d whole numbers, %f and %e with a precision (6), %b, %o, %x and %X.
 * Throws when there are fewer values than directives, or a value is not of the directive's kind.
 */
export function formatString(template: string, values: readonly unknown[]): string {
  let next = 0;
  return template.replace(DIRECTIVE, (_, precision: string | undefined, directive: string) => {
    if (directive === '%') return '%';
    if (next >= values.length) throw new RangeError(`index ${next} out of range`);
    return render(values[next++], directive, precision === undefined ? 6 : Number(precision));
  });
}

function render(value: unknown, directive: string, precision: number): string {
  switch (directive) {
    case 's':
      return textOf(value);
    case 'f':
      return numberOf(value, directive).toFixed(precision);
    case 'e':
      // Go writes two digits of the exponent at least.
      return numberOf(value, directive)
        .toExponential(precision)
        .replace(/e([+-])(\d)$/, 'e$10$2');
    case 'x':
    case 'X': {
      const hex =
        typeof value === 'string' || value instanceof Uint8Array
          ? Buffer.from(value).toString('hex')
          : wholeOf(value, directive).toString(16);
      return directive === 'X' ? hex.toUpperCase() : hex;
    }
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : wholeOf(value, directive).toString(2);
    case 'o':
      return wholeOf(value, directive).toString(8);
    default:
      return wholeOf(value, directive).toString();
  }
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (value instanceof Map)
    return `{${[...value]
      .map(([key, item]) => `${textOf(key)}: ${textOf(item)}`)
      .sort()
      .join(', ')}}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  return String(value);
}

function numberOf(value: unknown, directive: string): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw new TypeError(`%${directive} needs a number`);
}

function wholeOf(value: unknown, directive: string): bigint {
  if (typeof value === 'bigint') return value;
  throw new TypeError(`%${directive} needs a whole number`);
}
