import {
  ANY,
  BOOL,
  BYTES,
  DICT,
  define,
  defineVariadic,
  FLOAT32,
  FLOAT64,
  FunctionError,
  type GoFunction,
  type GoMap,
  type GoType,
  type GoValue,
  goValue,
  INT,
  INT8,
  INT32,
  INT64,
  LIST,
  mapOf,
  named,
  nameOfType,
  type PointerType,
  pointerTo,
  rawOf,
  STRING,
  Struct,
  type StructType,
  sliceOf,
  sprint,
  Typed,
  toBytes,
  UINT,
  UINT8,
  UINT64,
} from '../src/index.ts';

/** The values and functions of testdata/record/main.go, here. */

const STRINGS = sliceOf(STRING);
const WORDS = named('main.Words', STRINGS, {
  methods: new Map([
    ['Has', (words) => define({ params: [STRING], result: BOOL }, ([word]) => (rawOf(words) as string[]).includes(word as string))],
  ]),
});
const VALUES = named('main.Values', DICT, {
  methods: new Map([['Keys', (values) => define({ params: [], result: INT }, () => BigInt((rawOf(values) as GoMap).size))]]),
});
const LABEL = named('main.Label', STRING, { text: (label) => `<${rawOf(label) as string}>` });
const DURATION = named('time.Duration', INT64, { text: (duration) => `${BigInt(rawOf(duration) as bigint) / 1000000000n}s` });

const POINT: StructType = {
  kind: 'struct',
  name: 'main.Point',
  named: true,
  fields: [
    { name: 'X', type: INT },
    { name: 'Y', type: INT },
  ],
  text: (point) => (point instanceof Struct ? `(${point.fields.get('X')};${point.fields.get('Y')})` : ''),
};

const personFields: { name: string; type: GoType }[] = [];
const PERSON: StructType = {
  kind: 'struct',
  name: 'main.Person',
  named: true,
  fields: personFields,
  methods: new Map([
    [
      'Greet',
      (person: GoValue) =>
        defineVariadic({ params: [STRING, INT], result: STRING }, ([greeting, ...times]) => {
          const name = structOf(person).fields.get('Name') as string;
          return `${greeting as string} ${name}${sprint([new Typed(sliceOf(INT), times)])}`;
        }),
    ],
    [
      'Fails',
      () =>
        define({ params: [], result: STRING }, () => {
          throw new FunctionError('cannot do this');
        }),
    ],
    ['Self', (person: GoValue): GoFunction => define({ params: [], result: PERSON }, () => structOf(person))],
  ]),
};
const PERSON_POINTER: PointerType = pointerTo(PERSON);
personFields.push(
  { name: 'Name', type: STRING },
  { name: 'Age', type: INT },
  { name: 'Tags', type: STRINGS },
  { name: 'Extra', type: ANY },
  { name: 'Friend', type: PERSON_POINTER },
);

const structOf = (value: GoValue): Struct => {
  const raw = rawOf(value);
  if (raw instanceof Struct) return raw;
  throw new FunctionError('runtime error: invalid memory address or nil pointer dereference');
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function person(json: Json): Struct {
  const { Name = '', Age = 0, Tags = null, Extra = null, Friend = null } = json as { readonly [key: string]: Json };
  return new Struct(
    PERSON,
    new Map<string, GoValue>([
      ['Name', Name as string],
      ['Age', BigInt(Age as number)],
      ['Tags', new Typed(STRINGS, Tags as string[] | null)],
      ['Extra', valueOfJson(Extra)],
      ['Friend', new Typed(PERSON_POINTER, Friend === null ? null : person(Friend))],
    ]),
  );
}

const INTEGERS: Readonly<Record<string, GoType>> = {
  int: INT,
  int8: INT8,
  int32: INT32,
  int64: INT64,
  uint: UINT,
  uint8: UINT8,
  uint64: UINT64,
  'time.Duration': DURATION,
};

/** A value of typed JSON: `{"$": type, "value": …}` for what JSON has no type for. */
export function valueOfJson(json: Json): GoValue {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(valueOfJson);
  const fields = json as { readonly [key: string]: Json };
  if (typeof fields.$ === 'string') return typed(fields.$, fields.value ?? null);
  return new Map(Object.entries(fields).map(([key, value]) => [key, valueOfJson(value)]));
}

function typed(name: string, json: Json): GoValue {
  const integer = INTEGERS[name];
  if (integer !== undefined) return goValue(integer, BigInt(json as string));
  const plainMap = (): GoMap | null =>
    json === null ? null : new Map(Object.entries(json as object).map(([key, value]) => [key, valueOfJson(value)]));
  const ints = (): GoValue[] | null => (json === null ? null : (json as number[]).map((each) => BigInt(each)));
  switch (name) {
    case 'float32':
      return goValue(FLOAT32, Math.fround(json as number));
    case 'float64':
      return Number((json as string).replace('Inf', 'Infinity'));
    case 'bytes':
      return new Typed(BYTES, toBytes(json as string));
    case '[]string':
      return new Typed(STRINGS, json as string[] | null);
    case '[]int':
      return new Typed(sliceOf(INT), ints());
    case '[]float64':
      return new Typed(sliceOf(FLOAT64), json as number[]);
    case '[]map[string]interface {}':
      return new Typed(sliceOf(DICT), (json as Json[]).map(valueOfJson));
    case 'map[string]interface {}':
      return goValue(DICT, plainMap());
    case '[]interface {}':
      return goValue(LIST, json === null ? null : (json as Json[]).map(valueOfJson));
    case 'map[string]string':
      return new Typed(mapOf(STRING, STRING), plainMap());
    case 'map[string]int':
      return new Typed(mapOf(STRING, INT), new Map(Object.entries(json as object).map(([key, value]) => [key, BigInt(value as number)])));
    case 'map[int]string':
      return new Typed(mapOf(INT, STRING), new Map(Object.entries(json as object).map(([key, value]) => [BigInt(key), value as string])));
    case 'map[bool]string':
      return new Typed(
        mapOf(BOOL, STRING),
        new Map([
          [true, 'yes'],
          [false, 'no'],
        ]),
      );
    case 'map[interface {}]interface {}':
      return new Typed(
        mapOf(ANY, ANY),
        new Map<string, GoValue>([
          ['a', 1.5],
          ['b', 'x'],
        ]),
      );
    case 'main.Words':
      return new Typed(WORDS, json as string[] | null);
    case 'main.Values':
      return new Typed(VALUES, plainMap());
    case 'main.Label':
      return new Typed(LABEL, json as string);
    case 'main.Person':
      return person(json);
    case '*main.Person':
      return new Typed(PERSON_POINTER, json === null ? null : person(json));
    case 'main.Point': {
      const { X, Y } = json as { readonly X: number; readonly Y: number };
      return new Struct(
        POINT,
        new Map([
          ['X', BigInt(X)],
          ['Y', BigInt(Y)],
        ]),
      );
    }
    case 'func':
      return define({ params: [STRING, INT], result: STRING }, ([a, n]) => `${a as string}${n as bigint}`);
    case 'funcVariadic':
      return defineVariadic({ params: [STRING, ANY], result: ANY }, ([first, ...rest]) => {
        if (first === 'fail') throw new FunctionError('told to fail');
        return BigInt(rest.length);
      });
    case 'seq':
      return {
        ...define({ params: [], result: ANY }, () => null),
        sequence: { pairs: false, iterate: () => [[0n], [10n], [20n]] as const },
      };
    case 'seq2':
      return {
        ...define({ params: [], result: ANY }, () => null),
        sequence: {
          pairs: true,
          iterate: () =>
            [
              ['k0', 0n],
              ['k1', 10n],
              ['k2', 20n],
            ] as const,
        },
      };
    default:
      throw new Error(`no type ${name}`);
  }
}

const same = (type: GoType): GoFunction => define({ params: [type], result: type }, ([value]) => value);

/** The functions that the recorded templates may call. */
export const FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  ['upper', define({ params: [STRING], result: STRING }, ([text]) => upper(text as string))],
  ['join', define({ params: [STRING, STRINGS], result: STRING }, ([sep, parts]) => ((rawOf(parts) ?? []) as string[]).join(sep as string))],
  ['list', defineVariadic({ params: [ANY], result: LIST }, (all) => (all.length === 0 ? goValue(LIST, null) : all))],
  ['dict', defineVariadic({ params: [ANY], result: DICT }, pairs)],
  ['echo', same(ANY)],
  ['text', same(STRING)],
  ['int', same(INT)],
  ['int64', same(INT64)],
  ['uint', same(UINT)],
  ['byte', same(UINT8)],
  ['float', same(FLOAT64)],
  ['truth', same(BOOL)],
  ['keys', define({ params: [DICT], result: INT }, ([map]) => BigInt((rawOf(map) as GoMap | null)?.size ?? 0))],
  ['strings', define({ params: [STRINGS], result: INT }, ([all]) => BigInt((rawOf(all) as string[] | null)?.length ?? 0))],
  [
    'many',
    defineVariadic(
      { params: [STRING, INT], result: STRING },
      ([first, ...rest]) => `${first as string}${sprint([new Typed(sliceOf(INT), rest)])}`,
    ),
  ],
  [
    'fail',
    define({ params: [STRING], result: STRING }, ([message]) => {
      throw new FunctionError(message as string);
    }),
  ],
  ['nilAny', define({ params: [], result: ANY }, () => null)],
  ['nilMap', define({ params: [], result: DICT }, () => goValue(DICT, null))],
  ['person', define({ params: [PERSON_POINTER], result: STRING }, ([pointer]) => structOf(pointer).fields.get('Name'))],
  ['duration', define({ params: [DURATION], result: STRING }, ([duration]) => String(rawOf(duration)))],
  ['kind', define({ params: [ANY], result: STRING }, ([value]) => nameOfType(value))],
]);

/** Character by character, as Go does: where one would become two, it stays. */
function upper(text: string): string {
  return Array.from(text, (character) => {
    const large = character.toUpperCase();
    return Array.from(large).length === 1 ? large : character;
  }).join('');
}

function pairs(all: readonly GoValue[]): GoValue {
  const map: GoMap = new Map();
  for (let at = 0; at + 1 < all.length; at += 2) map.set(sprint([all[at]]), all[at + 1]);
  return map;
}
