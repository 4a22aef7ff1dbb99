import type { Definition } from '@gotk/api';
import type { KubeObject } from '@gotk/apimachinery';

export type Schema = Definition<KubeObject>['spec'];
type Path = readonly (string | number)[];

/** What no field should hold: each of these got past a schema that was not there yet, or that said less. */
export const NONSENSE: readonly unknown[] = [
  ...[null, 0, -1, 1.5, 9e18, 2 ** 53 + 2, 9007199254740993n, -9223372036854775808n, true, false],
  ...[
    '',
    ' ',
    '1d',
    '-1s',
    '9e18',
    '1h or so',
    `${'9'.repeat(400)}h`,
    '0s',
    '\0',
    '__proto__',
    'constructor',
    '../..',
    '/etc/passwd',
    '$(id)',
  ],
  ...['x'.repeat(300_000), '1h'.repeat(100_000), `${'1h'.repeat(2_048)} `],
  ...[[], [[]], [null], [5], ['x'], {}, { a: null }, { x: { y: [] } }, [{}], [{ name: 5 }], { name: {} }, { length: -1 }],
  JSON.parse('{"__proto__":{"name":"x"},"then":1}'),
];

/** A value that keeps to the schema, with every field in it. */
export function sampleOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'object':
      if (schema.properties === undefined)
        return schema.additionalProperties === undefined ? {} : { key: sampleOf(schema.additionalProperties) };
      return Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, sampleOf(field)]));
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items)];
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'string': {
      const { enum: choices, pattern = '' } = schema;
      return (
        choices?.[0] ??
        ['text', '5m', 'https://example.dev/app', 'sha256:abc'].find((text) => new RegExp(pattern, 'u').test(text)) ??
        'text'
      );
    }
  }
}

/** The way to every field of a schema, and to the schema's value itself. */
export function pathsOf(schema: Schema, here: Path = []): readonly Path[] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    here,
    ...Object.entries(properties).flatMap(([name, field]) => pathsOf(field, [...here, name])),
    ...(items === undefined ? [] : pathsOf(items, [...here, 0])),
    ...(additionalProperties === undefined ? [] : pathsOf(additionalProperties, [...here, 'key'])),
  ];
}

/** A copy with another value at the end of the way. */
export function withValue(target: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(target)) return target.map((item, index) => (index === step ? withValue(item, rest, value) : item));
  const fields = target as Readonly<Record<string, unknown>>;
  return { ...fields, [step]: withValue(fields[step], rest, value) };
}
