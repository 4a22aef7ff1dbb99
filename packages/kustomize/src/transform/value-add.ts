import { BuildError } from '../build-error.ts';
import { splitPath } from '../config/field-spec.ts';
import { FieldReader, type Reading } from '../kustomization/field-reader.ts';
import { targetSelector } from '../kustomization/rules.ts';
import { isMap, type JsonMap, setField } from '../resource/resource.ts';
import { compileSelector } from '../resource/selector.ts';
import { readConfigYaml } from '../tree/documents.ts';
import type { Loader } from '../tree/loader.ts';
import { setNamespace } from './namespace.ts';
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
      if (target.fieldPath === 'metadata/namespace')
        for (const resource of selected) setNamespace([resource], { namespace: value, fields: [] });
      else for (const { object } of selected) set(object, target, value);
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

function set(object: JsonMap, { fieldPath, position, at }: ValueTarget, value: string): void {
  const path = splitPath(fieldPath);
  const last = path.at(-1) ?? '';
  let holder = object;
  for (const key of path.slice(0, -1)) {
    const inner = (Object.hasOwn(holder, key) ? holder[key] : undefined) ?? {};
    if (!isMap(inner)) throw new BuildError(`${at}: there is no map at '${key}' of '${fieldPath}'`);
    setField(holder, key, inner);
    holder = inner;
  }
  const current = (Object.hasOwn(holder, last) ? holder[last] : undefined) ?? '';
  if (typeof current === 'object') throw new BuildError(`${at}: '${fieldPath}' is not text`);
  setField(holder, last, position === 0 ? value : withPart(String(current), position - 1, value));
}

/** Puts a part into a path, before the one at that position; behind the last one when there are not so many. */
function withPart(path: string, position: number, part: string): string {
  const parts = path.split('/').filter((each) => each !== '');
  const isAbsolute = path.startsWith('/');
  parts.splice(Math.min(position, parts.length), 0, part);
  return `${isAbsolute ? '/' : ''}${parts.join('/')}`;
}
