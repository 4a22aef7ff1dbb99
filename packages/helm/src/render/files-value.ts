import {
  BYTES,
  define,
  FunctionError,
  fromBytes,
  type GoFunction,
  type GoMap,
  type GoValue,
  mapOf,
  named,
  STRING,
  sliceOf,
  Typed,
} from '@gotk/gotemplate';
import type { ChartFile } from '../chart/chart.ts';
import { yamlText } from './functions/yaml.ts';
import { matchGlob } from './glob.ts';

const LINES = sliceOf(STRING);

/** `.Files`: what a chart holds besides templates and charts, by its path. */
export function filesValue(files: readonly ChartFile[]): GoValue {
  return new Typed(FILES, new Map(files.map(({ name, data }) => [name, new Typed(BYTES, data)])));
}

type Method = (files: GoMap) => GoFunction;

const METHODS: Readonly<Record<string, Method>> = {
  Get: (files) => define({ params: [STRING], result: STRING }, ([name]) => textOf(files, name)),
  GetBytes: (files) => define({ params: [STRING], result: BYTES }, ([name]) => new Typed(BYTES, bytesOf(files, name))),
  Glob: (files) =>
    define({ params: [STRING], result: FILES }, ([pattern], context) => {
      const matches = matchGlob(String(pattern));
      context.spend(files.size);
      return new Typed(FILES, new Map([...files].filter(([name]) => matches(String(name)))));
    }),
  AsConfig: (files) =>
    define({ params: [], result: STRING }, (_, context) =>
      yamlText(
        flattened(files, (name) => textOf(files, name)),
        context,
      ),
    ),
  AsSecrets: (files) =>
    define({ params: [], result: STRING }, (_, context) =>
      yamlText(
        flattened(files, (name) => base64(bytesOf(files, name))),
        context,
      ),
    ),
  Lines: (files) =>
    define({ params: [STRING], result: LINES }, ([name], context) => {
      if (!files.has(String(name))) return new Typed(LINES, []);
      // Helm looks at the last byte of whatever is there.
      if (bytesOf(files, name).length === 0) throw new FunctionError('runtime error: index out of range [-1]');
      const lines = textOf(files, name).replace(/\n$/, '').split('\n');
      context.spend(lines.length);
      return new Typed(LINES, lines);
    }),
};

const FILES = named('engine.files', mapOf(STRING, BYTES), {
  methods: new Map(
    Object.entries(METHODS).map(([name, method]) => [
      name,
      (receiver: GoValue) => method(receiver instanceof Typed && receiver.raw instanceof Map ? receiver.raw : new Map()),
    ]),
  ),
});

function bytesOf(files: GoMap, name: GoValue): Uint8Array {
  const file = files.get(String(name));
  return file instanceof Typed && file.raw instanceof Uint8Array ? file.raw : new Uint8Array();
}

const textOf = (files: GoMap, name: GoValue): string => fromBytes(bytesOf(files, name));

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** By the names alone, without directories. */
const flattened = (files: GoMap, contentOf: (name: string) => string): GoMap =>
  new Map([...files.keys()].map((key) => [String(key).slice(String(key).lastIndexOf('/') + 1), contentOf(String(key))]));
