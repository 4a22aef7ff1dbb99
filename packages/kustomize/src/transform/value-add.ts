import { readPlain, type YamlNode, type YamlScalar } from '@gotk/apimachinery/yaml';
import { BuildError } from '../build-error.ts';
import { splitPath } from '../config/field-spec.ts';
import { FieldReader, type Reading } from '../kustomization/field-reader.ts';
import { targetSelector } from '../kustomization/rules.ts';
import { explained, rootOf, settle } from '../replacement/edit-object.ts';
import { indexIn, isItemSelector } from '../replacement/field-path.ts';
import { step } from '../replacement/lookup.ts';
import { Mismatch, scalar } from '../replacement/node.ts';
import { addField, type Place } from '../replacement/place.ts';
import { type BuildResource, idOf, isMap, type JsonMap, renderId } from '../resource/resource.ts';
import { compileSelector } from '../resource/selector.ts';
import { readConfigYaml } from '../tree/documents.ts';
import type { Loader } from '../tree/loader.ts';
import { cleanPath } from '../tree/path.ts';
import { moveToNamespace } from './namespace.ts';
import { inPlace, type Transform } from './transformers.ts';

interface ValueTarget {
  readonly selector: JsonMap | undefined;
  readonly fieldPath: string;
  /** 0: the value is what the field is; n: the nth part of a path that is there. */
  readonly position: number;
  readonly at: string;
}

/** Puts one value (the name of the directory, when none is given) into fields of many objects. Throws `BuildError`. */
export function addValue(fields: FieldReader, { loader, at }: { readonly loader: Loader; readonly at: string }): Transform {
  const value = fields.string('value')?.trim() || nameOf(loader);
  const targets = [...fields.list('targets', valueTarget), ...targetsIn(fields.string('targetFilePath') ?? '', loader, at)];
  if (targets.length === 0) throw new BuildError(`${at}: needs targets`);
  return inPlace((all) => {
    for (const target of targets) {
      const selected =
        target.selector === undefined
          ? all
          : all.filter(compileSelector(targetSelector(target.selector, `${target.at}.selector`, 'lenient'), target.at));
      // Unlike the transformer of namespaces, this one remembers nothing.
      if (target.fieldPath === 'metadata/namespace')
        for (const resource of selected) moveToNamespace(resource, { namespace: value, fields: [] });
      else for (const resource of selected) set(resource, target, value);
    }
  });
}

const nameOf = ({ directory }: Loader): string => directory.slice(directory.lastIndexOf('/') + 1) || '/';

function targetsIn(path: string, loader: Loader, at: string): readonly ValueTarget[] {
  if (path === '') return [];
  const file = loader.load(path, `${at}.targetFilePath`);
  const [content] = readConfigYaml(file.bytes, file.path);
  return isMap(content) ? new FieldReader(content, file.path, 'lenient').list('targets', valueTarget) : [];
}

function valueTarget(rule: JsonMap, at: string, reading?: Reading): ValueTarget {
  const fields = new FieldReader(rule, at, reading);
  const [selector, fieldPath = ''] = [fields.map('selector'), fields.string('fieldPath')];
  const position = Number(fields.integer('filePathPosition'));
  if (fieldPath === '') throw new BuildError(`${at}: needs a fieldPath`);
  if (position < 0) throw new BuildError(`${at}: filePathPosition must not be negative`);
  return { selector, fieldPath, position, at };
}

function set(resource: BuildResource, { fieldPath, position, at }: ValueTarget, value: string): void {
  const root = rootOf(resource);
  explained(`${at}: field '${fieldPath}' of ${renderId(idOf(resource))}`, () => {
    const parts = splitPath(fieldPath).map((part) => part.trim());
    const place = placeOf(
      root,
      parts.filter((part) => part !== ''),
    );
    if (place.node.kind !== 'scalar') throw new Mismatch('it is not text');
    const text = position === 0 ? value : withPart(place.node.text, position - 1, value);
    place.replace(scalar(text, isQuoted(place.node) ? '!!str' : undefined));
  });
  settle(resource, root, 'the transformer');
}

/** Where a path leads; fields that are not there are made. */
function placeOf(root: Place, parts: readonly string[]): Place {
  let place = root;
  for (const [index, part] of parts.entries()) {
    const next = step(place.node, part) ?? (isField(part) ? addField(place.node, part, made(parts[index + 1])) : undefined);
    if (next === undefined) throw new Mismatch(`there is no item '${part}'`);
    place = next;
  }
  return place;
}

const isField = (part: string): boolean => !isItemSelector(part) && part !== '-' && indexIn(part) === undefined;

const made = (next: string | undefined): YamlNode =>
  next === undefined ? scalar('', undefined) : { kind: 'mapping', tag: '!!map', isFlow: false, entries: [] };

/** A text that would be something else without quotes must have some. What it is replaced by gets them, and nothing else does: a number is a number. */
const isQuoted = ({ text, tag, style }: YamlScalar): boolean =>
  style !== 'plain' || (tag === '!!str' && text !== '' && readPlain(text).tag !== '!!str');

/** Puts a part into a path, before the one at that position; behind the last one when there are not so many. */
function withPart(path: string, position: number, part: string): string {
  const parts = path.replace(/^\/\/?/, '').split('/');
  const joined = cleanPath([...parts.slice(0, position), ...part.split('/'), ...parts.slice(position)]);
  return path.startsWith('/') ? `/${joined}` : joined || '.';
}
