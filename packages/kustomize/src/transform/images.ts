import { RE2JS } from 're2js';
import { BuildError } from '../build-error.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { appliesTo, type FieldSpec, visitPath } from '../config/field-spec.ts';
import type { ImageRule } from '../kustomization/rules.ts';
import { type BuildResource, gvkIn, isMap, type Json, type JsonMap } from '../resource/resource.ts';

const HOLDERS = new Set(['containers', 'initContainers']);

/** Replaces name, tag or digest of an image in every container of every object, wherever the containers are, and in image volumes. */
export function replaceImages(
  resources: readonly BuildResource[],
  rule: ImageRule,
  fields: readonly FieldSpec[] = DEFAULT_CONFIG.images,
): void {
  const replace = replacer(rule);
  const replaceIn = (holder: JsonMap, key: string) => {
    const image = holder[key];
    if (typeof image === 'string') holder[key] = replace(image);
    else if (isMap(image) || Array.isArray(image)) throw new BuildError(`'${key}' is not the name of an image`);
  };
  // Two passes, as in kustomize: a rule that changes its own result (a tag suffix does) shows it.
  for (const resource of resources) {
    const { object } = resource;
    if (object.kind === 'CustomResourceDefinition') continue;
    const gvk = gvkIn(object);
    walk(object, replaceIn);
    // An image that is not there cannot have the name that the rule is about.
    for (const spec of fields) if (appliesTo(spec, gvk)) visitPath(object, { path: spec.path }, replaceIn);
  }
}

function walk(value: Json, replaceIn: (holder: JsonMap, key: string) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, replaceIn);
  } else if (isMap(value)) {
    for (const [key, inner] of Object.entries(value)) {
      walk(inner, replaceIn);
      if (HOLDERS.has(key) && Array.isArray(inner)) for (const container of inner) if (isMap(container)) replaceIn(container, 'image');
    }
  }
}

/** No registry has a longer one; the time that a pattern takes grows with what it is held against. */
const MAX_IMAGE_CHARACTERS = 4_096;

/**
 * What a rule makes of an image: itself when the rule is about another one. The rule's name is a regular expression for the name of the image (RE2: linear
 * in time), and one that is no expression is about no image; a tag or a digest takes the place of both.
 */
export function replacer({ name, newName, newTag, tagSuffix, digest }: ImageRule): (image: string) => string {
  const pattern = compile(name);
  return (image) => {
    if (image.length > MAX_IMAGE_CHARACTERS || pattern?.matcher(image).find() !== true) return image;
    const parts = splitImage(image);
    const next = newName ?? parts.name;
    if (newTag !== undefined || digest !== undefined) return render(next, newTag ?? '', digest ?? '');
    return tagSuffix === undefined ? render(next, parts.tag, parts.digest) : render(next, `${parts.tag}${tagSuffix}`, '');
  };
}

function compile(name: string): RE2JS | undefined {
  try {
    return RE2JS.compile(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$`);
  } catch {
    return undefined;
  }
}

const render = (name: string, tag: string, digest: string): string =>
  `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;

/** `registry:port/name:tag@digest`, taken apart. */
function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const at = image.indexOf('@');
  const [rest, digest] = at < 0 ? [image, ''] : [image.slice(0, at), image.slice(at + 1)];
  // A colon before the first slash belongs to the registry's port.
  const colon = rest.indexOf(':', Math.max(rest.indexOf('/'), 0));
  return colon < 0 ? { name: rest, tag: '', digest } : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}
