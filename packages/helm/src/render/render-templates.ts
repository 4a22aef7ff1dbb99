import { Budget, type ExecutionLimits, type GoFunction, TemplateError, TemplateSet } from '@gotk/gotemplate';
import { type SprigSources, sprigFunctions } from '@gotk/gotemplate/sprig';
import type { RenderedFiles } from '../manifests/sort-manifests.ts';
import { AUTHOR_ERRORS } from './functions/author-errors.ts';
import { JSON_FUNCTIONS } from './functions/json.ts';
import { type Lookup, lookupFunction } from './functions/lookup.ts';
import { includeFunction, NAME, tplFunction } from './functions/templates.ts';
import { TOML_FUNCTIONS } from './functions/toml.ts';
import { YAML_FUNCTIONS } from './functions/yaml.ts';
import { withoutNoValue } from './no-value.ts';
import { executionError, parseError } from './render-error.ts';
import { isPartial, type ScopedTemplate } from './scope.ts';
import { type ParsedTemplates, parsedOnce } from './template-cache.ts';
import { compareTemplates } from './template-order.ts';
import { valuesMap } from './values-type.ts';

export interface Rendering {
  readonly lookup: Lookup;
  readonly limits: ExecutionLimits;
  readonly sources?: SprigSources | undefined;
  readonly parsed: ParsedTemplates;
}

/** A minute, about. Charts whose parts have certificates of their own, made again in every template that includes them, take a good part of it: for Helm, too. */
const MAX_STEPS = 60_000_000;

/** Parses and executes the templates of a chart. Throws `HelmError`: `invalid-template` with Helm's message, `too-large`. */
export function renderTemplates(templates: readonly ScopedTemplate[], { lookup, limits, sources, parsed }: Rendering): RenderedFiles {
  const sorted = [...templates].sort((a, b) => compareTemplates(a.path, b.path));
  const set: TemplateSet = new TemplateSet({
    name: NAME,
    missingKey: 'zero',
    functions: new Map<string, GoFunction>([
      ...sprigFunctions(sources),
      ...HELM_FUNCTIONS,
      ['include', includeFunction()],
      ['tpl', tplFunction(() => set)],
      ['lookup', lookupFunction(lookup)],
    ]),
  });
  for (const template of sorted) {
    const { path, text } = template;
    inTemplate(path, parseError, () => set.add(parsedOnce(parsed, template, () => set.parse(path, text))));
  }
  const budget = new Budget({ maxSteps: MAX_STEPS, ...limits });
  return new Map(
    sorted
      .filter(({ path }) => !isPartial(path))
      .map(({ path, scope, basePath }) => {
        const place = new Map([
          ['Name', path],
          ['BasePath', basePath],
        ]);
        scope.set('Template', valuesMap(place));
        return [path, withoutNoValue(inTemplate(path, executionError, () => set.execute(path, valuesMap(scope), budget)))];
      }),
  );
}

function inTemplate<T>(path: string, reported: (path: string, error: TemplateError) => Error, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) throw reported(path, error);
    throw error;
  }
}

/** Helm's own, some of them instead of Sprig's. */
const HELM_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map<string, GoFunction>([
  ...YAML_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...TOML_FUNCTIONS,
  ...AUTHOR_ERRORS,
]);
