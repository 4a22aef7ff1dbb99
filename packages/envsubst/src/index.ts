export * from './envsubst-error.ts';
export type { Lookup } from './evaluate.ts';
export { type Piece, parseTemplate, type Template, type TemplateLimits } from './template.ts';
