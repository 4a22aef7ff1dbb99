import { compareText } from '@gotk/apimachinery';

/**
 * The order in which Helm parses and renders: deeper ones first, and of one depth those that come last by name. What the chart at the top defines thereby replaces
 * what the charts in it define.
 */
export function compareTemplates(a: string, b: string): number {
  return depthOf(b) - depthOf(a) || compareText(b, a);
}

const depthOf = (path: string): number => path.split('/').length;
