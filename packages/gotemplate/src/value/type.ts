import type { Described, GoType, IntegerKind, Kind, MapType, PlainType, PointerType, ScalarKind, ScalarType, SliceType } from './model.ts';

const scalar = (kind: ScalarKind): ScalarType => ({ kind, name: kind, named: true });

export const BOOL = scalar('bool');
export const STRING = scalar('string');
export const INT = scalar('int');
export const INT8 = scalar('int8');
export const INT16 = scalar('int16');
export const INT32 = scalar('int32');
export const INT64 = scalar('int64');
export const UINT = scalar('uint');
export const UINT8 = scalar('uint8');
export const UINT16 = scalar('uint16');
export const UINT32 = scalar('uint32');
export const UINT64 = scalar('uint64');
export const FLOAT32 = scalar('float32');
export const FLOAT64 = scalar('float64');
/** `interface {}`, also known as `any`. */
export const ANY: PlainType = { kind: 'interface', name: 'interface {}', named: false };
/** Takes any value as it is, also none: for functions that ask what kind of nothing they got. */
export const VALUE: PlainType = { kind: 'value', name: 'reflect.Value', named: true };

/** As `VALUE`, of functions that do not look behind `interface {}`: they get `null` for whatever is known as no more than that. */
export const CONCRETE: PlainType = { ...VALUE };

export function sliceOf(elem: GoType): SliceType {
  return { kind: 'slice', name: `[]${elem.name}`, named: false, elem };
}

export function mapOf(key: GoType, elem: GoType): MapType {
  return { kind: 'map', name: `map[${key.name}]${elem.name}`, named: false, key, elem };
}

/** A pointer has the methods of what it points to. */
export function pointerTo(elem: GoType): PointerType {
  return { kind: 'ptr', name: `*${elem.name}`, named: false, elem, methods: elem.methods, text: elem.text, json: elem.json };
}

/** A type of its own that is made like another: `named('time.Duration', INT64, …)`. */
export function named<T extends GoType>(name: string, like: T, own: Pick<Described, 'methods' | 'text' | 'json'> = {}): T {
  return { ...like, methods: undefined, text: undefined, json: undefined, ...own, name, named: true };
}

export const LIST = sliceOf(ANY);
export const DICT = mapOf(STRING, ANY);
export const BYTES = sliceOf(UINT8);

const INTEGERS: ReadonlySet<Kind> = new Set([
  'int',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
] as const);

export const isInteger = (kind: Kind | undefined): kind is IntegerKind => kind !== undefined && INTEGERS.has(kind);
export const isUnsigned = (kind: Kind | undefined): boolean => isInteger(kind) && kind.startsWith('u');
export const isFloat = (kind: Kind | undefined): kind is 'float32' | 'float64' => kind === 'float64' || kind === 'float32';

/** Whether nil is a value of the type. */
export function canBeNil({ kind }: GoType): boolean {
  return kind === 'interface' || kind === 'map' || kind === 'slice' || kind === 'ptr' || kind === 'func' || kind === 'value';
}

/** Whether a value of the type `from` may stand where `to` is wanted, without a conversion. */
export function isAssignable(from: GoType, to: GoType): boolean {
  if (from === to || from.name === to.name || (to.kind === 'interface' && to.name === ANY.name)) return true;
  return !(from.named && to.named) && unnamed(from) === unnamed(to);
}

function unnamed(type: GoType): string {
  switch (type.kind) {
    case 'slice':
      return `[]${type.elem.name}`;
    case 'map':
      return `map[${type.key.name}]${type.elem.name}`;
    default:
      return type.name;
  }
}

/** Whether Go shows a field of that name to other packages: to templates, and to whatever encodes a struct. */
export const isExported = (name: string): boolean => /^\p{Lu}/u.test(name);
