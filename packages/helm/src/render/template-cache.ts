import { latest } from '@gotk/apimachinery';
import type { ParsedTemplate } from '@gotk/gotemplate';

interface Kept {
  readonly text: string;
  readonly parsed: ParsedTemplate;
}

/** What is parsed of one chart, by the paths of its templates. */
export type ParsedTemplates = Map<string, Kept>;

/** Parsed templates of the charts that were rendered last: the same chart is rendered again and again, with other values. */
export interface TemplateCache {
  /** `digest` names a chart with all that is in it: two that differ must not share one, or they only parse each other's templates anew. */
  of(digest: string): ParsedTemplates;
}

/** For 16 charts when not told otherwise; a large one takes some megabytes. */
export function createTemplateCache(maxCharts = 16): TemplateCache {
  const charts = latest<string, ParsedTemplates>(maxCharts);
  return {
    of(digest) {
      const templates = charts.get(digest) ?? new Map<string, Kept>();
      charts.set(digest, templates);
      return templates;
    },
  };
}

/** What a template is parsed to: what is kept, if its text is still the same. What `parse` throws is not kept. */
export function parsedOnce(
  templates: ParsedTemplates,
  { path, text }: { readonly path: string; readonly text: string },
  parse: () => ParsedTemplate,
): ParsedTemplate {
  const known = templates.get(path);
  if (known?.text === text) return known.parsed;
  const parsed = parse();
  templates.set(path, { text, parsed });
  return parsed;
}
