import type { BuildResource } from '../resource/resource.ts';
import type { Replacement } from './replacement-rule.ts';
export function applyReplacements(_r: readonly BuildResource[], _x: readonly Replacement[], _at: string): void {}
