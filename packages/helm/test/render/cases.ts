import type { RenderCase } from './case.ts';
import { CHART_SHAPES } from './chart-cases.ts';
import { OBJECT_CASES } from './object-cases.ts';
import { RECURSIONS, TEMPLATE_CASES } from './template-cases.ts';
import { TEXT_CASES } from './text-cases.ts';

export const RENDERS: Readonly<Record<string, RenderCase>> = {
  ...OBJECT_CASES,
  ...TEXT_CASES,
  ...TEMPLATE_CASES,
  ...CHART_SHAPES,
  ...RECURSIONS,
};
