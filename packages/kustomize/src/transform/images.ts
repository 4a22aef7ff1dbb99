import type { ImageRule } from '../kustomization-file.ts';
import { type BuildResource, isMap, type Json } from '../resource.ts';

const HOLDERS = new Set(['containers', 'initContainers']);

/** Replaces names, tags and digests of images in every container of every object, wherever the containers are. */
export function replaceImages(resources: readonly BuildResource[], rules: readonly ImageRule[]): void {
  if (rules.length === 0) return;
  for (const { object } of resources) if (object.kind !== 'CustomResourceDefinition') walk(object, rules);
}

function walk(value: Json, rules: readonly ImageRule[]): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, rules);
  } else if (isMap(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (HOLDERS.has(key) && Array.isArray(inner)) for (const container of inner) if (isMap(container)) replaceIn(container, rules);
      walk(inner, rules);
    }
  }
}

function replaceIn(container: Record<string, Json>, rules: readonly ImageRule[]): void {
  for (const rule of rules) {
    if (typeof container.image === 'string') container.image = replaced(container.image, rule);
  }
}

/** The image after the rule, as it was when the rule is about another one. A digest takes the place of any tag. */
export function replaced(image: string, { name, newName, newTag, digest }: ImageRule): string {
  const parts = splitImage(image);
  if (parts.name !== name) return image;
  const next = newName ?? parts.name;
  if (digest !== undefined) return newTag === undefined ? `${next}@${digest}` : `${next}:${newTag}@${digest}`;
  if (newTag !== undefined) return `${next}:${newTag}`;
  return `${next}${parts.tag === '' ? '' : `:${parts.tag}`}${parts.digest === '' ? '' : `@${parts.digest}`}`;
}

/** `registry:port/name:tag@digest`, taken apart. */
function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const at = image.indexOf('@');
  const [rest, digest] = at < 0 ? [image, ''] : [image.slice(0, at), image.slice(at + 1)];
  const colon = rest.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  return colon < rest.lastIndexOf('/') || colon < 0
    ? { name: rest, tag: '', digest }
    : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}
