import { isMap, type Json, type JsonMap } from './resource.ts';

/**
 * The parts of a path like `spec.containers[name=app].ports.0`: separated by dots (`\.` is one in a key), those in brackets by what they say. Brackets may hold
 * dots: `metadata.annotations[example.com/owner]`.
 */
export function splitFieldPath(path: string): readonly string[] {
  const parts = unescapedParts(path);
  const fields: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    let part = parts[index] ?? '';
    if (part.startsWith('[') && !part.endsWith(']')) {
      while (index < parts.length - 1 && !part.endsWith(']')) {
        index += 1;
        part = `${part}.${parts[index] ?? ''}`;
      }
      fields.push(part.includes('=') ? part : part.replace(/^[[\]]+|[[\]]+$/g, ''));
    } else fields.push(part);
  }
  return fields;
}

function unescapedParts(path: string): readonly string[] {
  const [first = '', ...rest] = path.split('.');
  const written = first === '' && rest.length > 0 ? rest : [first, ...rest];
  const parts: string[] = [];
  for (const part of written) {
    const last = parts.at(-1);
    if (last?.endsWith('\\') === true) parts[parts.length - 1] = `${last.slice(0, -1)}.${part}`;
    else parts.push(part);
  }
  return parts;
}

/** What is at a path; undefined when nothing is. */
export function lookup(root: JsonMap, path: readonly string[]): Json | undefined {
  let node: Json | undefined = root;
  for (const part of path.map((each) => each.trim()).filter((each) => each !== '')) {
    if (node === null || node === undefined) return undefined;
    node = step(node, part);
  }
  return node;
}

function step(node: Json, part: string): Json | undefined {
  const element = /^\[(.*)\]$/.exec(part)?.[1];
  if (element === undefined && isMap(node)) return Object.hasOwn(node, part) ? node[part] : undefined;
  if (!Array.isArray(node)) return undefined;
  if (part === '-') return node.at(-1);
  if (element === undefined) return /^\d+$/.test(part) ? node[Number(part)] : undefined;
  const equals = element.indexOf('=');
  const [name, value] = [element.slice(0, Math.max(equals, 0)), element.slice(equals + 1)];
  return node.find((item) =>
    name === '' ? textOf(item) === value : isMap(item) && Object.hasOwn(item, name) && textOf(item[name]) === value,
  );
}

const textOf = (value: Json | undefined): string | undefined =>
  value === null || value === undefined || typeof value === 'object' ? undefined : String(value);
