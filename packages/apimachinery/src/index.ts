export * from './clock.ts';
export * from './condition.ts';
export * from './group-version-kind.ts';
export * from './json.ts';
export * from './json-text.ts';
export * from './object.ts';
export * from './resource.ts';
export * from './system-clock.ts';
