import { isMap, type Json, type JsonMap } from '../resource/resource.ts';
import type { Twins } from '../resource/twins.ts';

/** Brings twins to what one of them was changed to. Those that are not there any more are left out. Returns the twins that remain. */
export function settleTwins(object: JsonMap, all: readonly Twins[]): readonly Twins[] {
  return all.flatMap(({ paths, value }) => {
    const present = paths.flatMap((path) => {
      const holder = holderAt(object, path);
      const key = path.at(-1) ?? '';
      return holder !== undefined && Object.hasOwn(holder, key) ? [{ path, holder, key }] : [];
    });
    const next = present.map(({ holder, key }) => holder[key] ?? null).find((current) => current !== value);
    if (next !== undefined) for (const { holder, key } of present) holder[key] = next;
    return present.length < 2 ? [] : [{ paths: present.map(({ path }) => path), value: next ?? value }];
  });
}

function holderAt(object: JsonMap, path: readonly string[]): JsonMap | undefined {
  let node: Json | undefined = object;
  for (const key of path.slice(0, -1)) {
    if (Array.isArray(node)) node = node[Number(key)];
    else node = isMap(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  }
  return isMap(node) ? node : undefined;
}
