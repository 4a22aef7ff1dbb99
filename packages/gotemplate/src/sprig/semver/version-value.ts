import { define } from '../../value/function.ts';
import { type GoFunction, type GoType, type GoValue, type PointerType, Struct, type StructType, Typed } from '../../value/model.ts';
import { BOOL, INT, pointerTo, STRING, UINT64 } from '../../value/type.ts';
import { goValue, rawOf } from '../../value/value.ts';
import { nilDereference } from '../nil-dereference.ts';
import { compareSemantic, parseSemantic, refuseMetadata, refusePrerelease, renderSemantic, type SemanticVersion } from './version.ts';

/** Where a value keeps what it was made from; templates see fields that begin with a capital only. */
const ORIGINAL = 'original';

type Method = (receiver: GoValue) => GoFunction;

/** A method without arguments. */
const asks =
  (result: GoType, answer: (version: SemanticVersion) => GoValue): Method =>
  (receiver) =>
    define({ params: [], result }, () => answer(versionOf(receiver)));

/** A method that takes another version. */
const comparing =
  (result: GoType, answer: (order: bigint) => GoValue): Method =>
  (receiver) =>
    define({ params: [POINTER], result }, ([other]) => answer(compareSemantic(versionOf(receiver), versionOf(other))));

type Change = (version: SemanticVersion) => Partial<SemanticVersion>;

const incremented =
  (change: Change): Method =>
  (receiver) =>
    define({ params: [], result: STRUCT }, () => changed(versionOf(receiver), change));

const replacing =
  (change: (text: string) => Partial<SemanticVersion>): Method =>
  (receiver) =>
    define({ params: [STRING], result: STRUCT }, ([text]) => changed(versionOf(receiver), () => change(String(text))));

function changed(version: SemanticVersion, change: Change): Struct {
  const next = { ...version, ...change(version) };
  return structOf(`${version.original.startsWith('v') ? 'v' : ''}${renderSemantic(next)}`);
}

const uint64 = (value: bigint): GoValue => goValue(UINT64, value);

/** Of a version itself, which the changing ones give. */
const METHODS: ReadonlyMap<string, Method> = new Map([
  ['Major', asks(UINT64, ({ major }) => uint64(major))],
  ['Minor', asks(UINT64, ({ minor }) => uint64(minor))],
  ['Patch', asks(UINT64, ({ patch }) => uint64(patch))],
  ['Prerelease', asks(STRING, ({ prerelease }) => prerelease)],
  ['Metadata', asks(STRING, ({ metadata }) => metadata)],
  ['String', asks(STRING, renderSemantic)],
  ['IncMajor', incremented(({ major }) => ({ major: major + 1n, minor: 0n, patch: 0n, prerelease: '', metadata: '' }))],
  ['IncMinor', incremented(({ minor }) => ({ minor: minor + 1n, patch: 0n, prerelease: '', metadata: '' }))],
  ['IncPatch', incremented(({ patch, prerelease }) => ({ patch: prerelease === '' ? patch + 1n : patch, prerelease: '', metadata: '' }))],
  [
    'SetPrerelease',
    replacing((prerelease) => {
      refusePrerelease(prerelease);
      return { prerelease };
    }),
  ],
  [
    'SetMetadata',
    replacing((metadata) => {
      refuseMetadata(metadata);
      return { metadata };
    }),
  ],
]);

/** Of a pointer to one, which `semver` gives. */
const POINTER_METHODS: ReadonlyMap<string, Method> = new Map([
  ...METHODS,
  ['Original', asks(STRING, ({ original }) => original)],
  ['Compare', comparing(INT, (order) => order)],
  ['Equal', comparing(BOOL, (order) => order === 0n)],
  ['LessThan', comparing(BOOL, (order) => order < 0n)],
  ['LessThanEqual', comparing(BOOL, (order) => order <= 0n)],
  ['GreaterThan', comparing(BOOL, (order) => order > 0n)],
  ['GreaterThanEqual', comparing(BOOL, (order) => order >= 0n)],
]);

const textOf = (receiver: GoValue): string => renderSemantic(versionOf(receiver));

const STRUCT: StructType = {
  kind: 'struct',
  name: 'semver.Version',
  named: true,
  fields: [],
  methods: METHODS,
  text: textOf,
  json: textOf,
};
const POINTER: PointerType = { ...pointerTo(STRUCT), methods: POINTER_METHODS };

/** `*semver.Version`. */
export const VERSION_TYPE: GoType = POINTER;

const structOf = (original: string): Struct => new Struct(STRUCT, new Map([[ORIGINAL, original]]));

/** What is left of a copy, which has nothing that its original does not show. */
const NO_VERSION: SemanticVersion = { major: 0n, minor: 0n, patch: 0n, prerelease: '', metadata: '', original: '' };

function versionOf(receiver: GoValue): SemanticVersion {
  const raw = rawOf(receiver);
  if (!(raw instanceof Struct)) throw nilDereference();
  const original = raw.fields.get(ORIGINAL);
  return typeof original === 'string' ? parseSemantic(original) : NO_VERSION;
}

/** Throws `FunctionError` for what is no version. */
export function versionValue(original: string): GoValue {
  parseSemantic(original);
  return new Typed(POINTER, structOf(original));
}
