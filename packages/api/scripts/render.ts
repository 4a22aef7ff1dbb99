import type { KubeObject } from '@gotk/apimachinery';
import { stringify } from 'yaml';
import { type Definition, renderCrd } from '../src/index.ts';
import type { JsonSchema } from '../src/schema.ts';

export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function crdFile(definition: Definition<KubeObject>): GeneratedFile {
  const { group, plural } = definition.resource;
  return { path: `crds/${group}_${plural}.yaml`, text: stringify(renderCrd(definition), { lineWidth: 0, aliasDuplicateObjects: false }) };
}

/** The reference page of a kind: every field with its type, constraints and meaning. */
export function referenceFile(definition: Definition<KubeObject>): GeneratedFile {
  const { group, version, kind, plural } = definition.resource;
  const text = [
    `# ${kind}`,
    '',
    `\`${group}/${version}\`${shortNamesOf(definition)}. ${definition.description}`,
    '',
    'Generated from the schema in `packages/api`; fields marked * are required.',
    ...section('spec', definition.spec),
    ...section('status', definition.status),
    '',
  ].join('\n');
  return { path: `docs/reference/${plural}.md`, text };
}

function section(name: string, schema: JsonSchema): readonly string[] {
  return ['', `## ${name}`, '', schema.description ?? '', '', '| field | type | meaning |', '| --- | --- | --- |', ...rows(name, schema)];
}

function rows(path: string, schema: JsonSchema): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = `${path}.${name}`;
    const required = schema.required?.includes(name) === true ? ' *' : '';
    const meaning = [field.description ?? '', ...constraints(field)].join(' ');
    const inner = field.type === 'array' ? field.items : field;
    return [
      `| \`${at}\`${required} | ${typeOf(field)} | ${meaning.replaceAll('|', '\\|')} |`,
      ...(inner === undefined ? [] : rows(field.type === 'array' ? `${at}[]` : at, inner)),
    ];
  });
}

function typeOf({ type, items, additionalProperties, format }: JsonSchema): string {
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeOf(items)}`;
  if (additionalProperties !== undefined) return `map of ${typeOf(additionalProperties)}`;
  return format === 'date-time' ? 'time' : type;
}

function constraints({ enum: choices, default: fallback, pattern, minLength, maxLength }: JsonSchema): readonly string[] {
  return [
    ...(choices === undefined ? [] : [`One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`]),
    ...(fallback === undefined ? [] : [`Default \`${JSON.stringify(fallback)}\`.`]),
    ...(pattern === undefined ? [] : [`Pattern \`${pattern}\`.`]),
    ...(minLength === undefined && maxLength === undefined ? [] : [`Length ${minLength ?? 0} to ${maxLength ?? 'any'}.`]),
  ];
}

function shortNamesOf({ shortNames }: Definition<KubeObject>): string {
  if (shortNames.length === 0) return '';
  return `, short ${shortNames.length === 1 ? 'name' : 'names'} ${shortNames.map((name) => `\`${name}\``).join(', ')}`;
}
